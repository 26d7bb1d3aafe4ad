import type { FeedParts } from '../ports/feed.ts'

/** How much (characters) is taken at a time. */
const BODY = 1024 * 1024

/** Takes the lines in these texts, about a megabyte at a time. */
export async function takeTexts(
  { take }: Pick<FeedParts, 'take'>,
  texts: Iterable<string>,
): Promise<void> {
  let lines: string[] = []
  let length = 0
  const flush = async () => {
    if (lines.length > 0) await take(Buffer.from(lines.join('\n')))
    lines = []
    length = 0
  }
  for (const text of texts) {
    for (const line of linesIn(text)) {
      lines.push(line)
      length += line.length
      if (length > BODY) await flush()
    }
  }
  await flush()
}

/**
 * The lines in what a record of a stream holds: the messages of an envelope of CloudWatch Logs (none of a control message), an object or list as one line, else its lines.
 * A message of several lines becomes one.
 */
function linesIn(text: string): readonly string[] {
  const trimmed = text.trim()
  if (!/^[[{]/.test(trimmed)) return trimmed.split('\n').filter((line) => line.trim() !== '')
  let parsed: unknown
  try {
    parsed = JSON.parse(trimmed)
  } catch {
    return trimmed.split('\n').filter((line) => line.trim() !== '')
  }
  if (typeof parsed !== 'object' || parsed === null) return [trimmed]
  if ('messageType' in parsed && parsed.messageType === 'CONTROL_MESSAGE') return []
  const isData = 'messageType' in parsed && parsed.messageType === 'DATA_MESSAGE'
  if (!isData || !('logEvents' in parsed) || !Array.isArray(parsed.logEvents))
    return [oneLine(trimmed)]
  return parsed.logEvents.flatMap((one: unknown) =>
    typeof one === 'object' && one !== null && 'message' in one && typeof one.message === 'string'
      ? oneLine(one.message)
      : [],
  )
}

function oneLine(text: string): string {
  return text.trim().replace(/[\r\n]+/g, ' ')
}
