const modern = /^<\d{1,3}>1 (?:\S{1,255} ){5}/
const traditional =
  /^<\d{1,3}>(?:(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S{8,30}) )?(?:\S{1,255} )?[\w./-]{1,64}(?:\[\d{1,10}\])?: ?/

/**
 * The record in a message of syslog, as one line: what it says where that is JSON, or where the format is none that reads syslog itself; else the message as it
 * came. Line feeds inside become spaces.
 */
export function recordIn(message: Buffer, format: string): string {
  const line = message
    .toString('utf8')
    .replace(/[\r\n\0]+$/, '')
    .replace(/[\r\n]+/g, ' ')
  const said = saidIn(line)
  const readsSyslog = format === 'auto' || format === 'linux' || format === 'auditd'
  return said.startsWith('{') || !readsSyslog ? said : line
}

/** RFC 5424: behind the structured data; RFC 3164: behind the tag. Without header: all of it. */
function saidIn(line: string): string {
  const head = modern.exec(line)
  if (head !== null) return withoutData(line.slice(head[0].length)).replace(/^\uFEFF/, '')
  const old = traditional.exec(line)
  return old === null ? line : line.slice(old[0].length)
}

/** Structured data is a dash, or stands in brackets, one behind another; inside quotes a bracket is no end. */
function withoutData(text: string): string {
  if (text.startsWith('-')) return text.slice(1).trimStart()
  let isQuoted = false
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === '\\') at++
    else if (char === '"') isQuoted = !isQuoted
    else if (char === ']' && !isQuoted && text[at + 1] !== '[')
      return text.slice(at + 1).trimStart()
  }
  return text
}
