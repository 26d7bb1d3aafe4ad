import { StringDecoder } from 'node:string_decoder'
import { auditJoiner, type Joined } from '../envelopes/join-audit.ts'
import { recognise } from '../registry.ts'
import { isReadProblem, type Meter, readBytes } from './bytes.ts'
import { MAX_RAW, megabytes, type Piece, type Splitter } from './piece.ts'
import { csvSplitter, delimiterOf } from './split-csv.ts'
import { jsonSplitter } from './split-json.ts'
import { isEventXml, xmlSplitter } from './split-xml.ts'

const HEAD = 16 * 1024
/** Longest line of a log that is text, in characters. */
const LONGEST_LINE = 256 * 1024
/** Lines at the beginning of a file that tell whether it is a log that is text. */
const LOOKED_AT = 20
const bom = [0xef, 0xbb, 0xbf]

/**
 * The records of a file, in pieces of a few hundred kilobytes, whatever its form: JSON in any layout or a table, plain or gzip.
 * Never throws for what is in the file: a file that cannot be read to its end yields what it held and a last piece with the
 * reason.
 */
export async function* splitFile(
  path: string,
  options: { readonly delimiter?: string | undefined; readonly meter: Meter },
): AsyncGenerator<readonly Piece[]> {
  yield* splitBytes(readBytes(path, options.meter), options.delimiter)
}

/** As `splitFile`, of plain bytes. Throws what they throw, unless that is a ReadProblem. */
export async function* splitBytes(
  bytes: AsyncIterable<Uint8Array>,
  delimiter?: string,
): AsyncGenerator<readonly Piece[]> {
  let splitter: Splitter | null = null
  let head: Uint8Array = new Uint8Array()
  let last = 1
  try {
    for await (const chunk of bytes) {
      if (splitter !== null) {
        yield remember(splitter.push(chunk))
        continue
      }
      head = head.length === 0 ? chunk : Buffer.concat([head, chunk])
      if (head.length < HEAD) continue
      splitter = splitterFor(head, delimiter)
      yield remember(splitter.push(withoutBom(head)))
    }
    if (splitter === null && head.length > 0) {
      splitter = splitterFor(head, delimiter)
      yield remember(splitter.push(withoutBom(head)))
    }
    if (splitter === null) yield [note('the file is empty')]
    else yield remember(splitter.end())
  } catch (error) {
    if (!isReadProblem(error)) throw error
    if (splitter === null && head.length > 0) {
      splitter = splitterFor(head, delimiter)
      yield remember(splitter.push(withoutBom(head)))
    }
    if (splitter !== null) yield remember(splitter.end())
    yield [note(error.message)]
  }

  function remember(pieces: readonly Piece[]): readonly Piece[] {
    last = pieces.at(-1)?.line ?? last
    return pieces
  }
  function note(reason: string): Piece {
    return { line: last, raw: new Uint8Array(), reason }
  }
}

function withoutBom(bytes: Uint8Array): Uint8Array {
  return bom.every((byte, i) => bytes[i] === byte) ? bytes.subarray(3) : bytes
}

function splitterFor(head: Uint8Array, delimiter: string | undefined): Splitter {
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) {
    return refuse('the file is UTF-16; save it as UTF-8')
  }
  const text = Buffer.from(withoutBom(head)).toString('utf8', 0, HEAD)
  if (delimiter === undefined && isEventXml(text)) return xmlSplitter()
  // Lines of a log may hold whatever separates the columns of a table.
  const isLog = text.split('\n', LOOKED_AT).some((one) => recognise(one.trimEnd()) !== undefined)
  if (delimiter === undefined && isLog) return lineSplitter()
  if (delimiter === undefined && /^\s*[[{]/m.test(text)) {
    // A table may hold JSON in its cells: its first line decides.
    const [first = ''] = text.trimStart().split('\n', 1)
    if (/^[[{]/.test(first) || delimiterOf(first) === null || /\n(\{|\[\{)"[^"]/.test(text))
      return jsonSplitter()
  }
  const found = delimiter ?? delimiterOf(text)
  return found === null ? lineSplitter() : csvSplitter(found)
}

/** Every line by itself, as text; lines that are one record of an audit log, together. */
function lineSplitter(): Splitter {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  let dropped = 0
  let line = 0
  const joiner = auditJoiner()
  const whole = ({ line, text }: Joined): Piece => ({ line, raw: Buffer.from(text), value: text })
  const take = (text: string): Piece[] => {
    line++
    const value = text.replace(/\r$/, '')
    const unseen = dropped
    dropped = 0
    if (value.trim() === '') return []
    if (value.length <= LONGEST_LINE) return joiner.push(line, value).map(whole)
    const raw = Buffer.from(value)
    const size = raw.length + unseen
    const reason = `a line of ${megabytes(size)} is longer than the limit of ${megabytes(LONGEST_LINE)}`
    return [{ line, raw: raw.subarray(0, MAX_RAW), reason }]
  }
  return {
    push(chunk) {
      // The rest is only put in front, never searched again: a line may be long and come in many chunks.
      const [first = '', ...others] = decoder.write(chunk).split('\n')
      const lines = [rest + first, ...others]
      rest = lines.pop() ?? ''
      const pieces = lines.flatMap(take)
      if (rest.length > LONGEST_LINE + 1) {
        // Of what is too long already only the beginning is kept: a line may have no end.
        dropped += rest.length - LONGEST_LINE - 1
        rest = rest.slice(0, LONGEST_LINE + 1)
      }
      return pieces
    },
    end: () => [...take(rest + decoder.end()), ...joiner.end().map(whole)],
  }
}

function refuse(reason: string): Splitter {
  return { push: () => [], end: () => [{ line: 1, raw: new Uint8Array(), reason }] }
}
