import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { auditJoiner, type Joined } from '../connectors/envelopes/join-audit.ts'
import { recordBytes } from '../connectors/envelopes/records-in.ts'
import type { Piece } from '../connectors/reading/piece.ts'
import { isEventXml, xmlSplitter } from '../connectors/reading/split-xml.ts'
import { parseJson } from '../connectors/values/fields.ts'
import { fault } from '../errors.ts'

/** Largest body taken, as sent: 32 MB. */
export const BODY_LIMIT = 32 * 1024 * 1024
/** Largest body after unpacking gzip: 64 MB, and at most 200 times what was sent (but 1 MB in any case). */
const unpackedLimit = 64 * 1024 * 1024
const expansionLimit = 200
const alwaysUnpacked = 1024 * 1024
/** Longest line that is read as a record: 1 MB. */
export const LINE_LIMIT = 1024 * 1024

const XML_CHUNK = 256 * 1024
const unpack = promisify(gunzip)

/** One record of a body, or why its line is none. `line` counts from 1; in an array it is the element. */
export type BodyRecord =
  | { readonly line: number; readonly value: unknown; readonly raw: () => Buffer }
  | { readonly line: number; readonly broken: string; readonly raw: () => Buffer }

/** The body's bytes, unpacked where it is gzip. Stops a bomb while it unpacks. */
export async function unpackBody(body: Buffer, encoding: string | undefined): Promise<Buffer> {
  if (encoding === undefined || encoding === 'identity') return body
  if (encoding !== 'gzip') {
    throw fault('unsupported_media_type', `Content-Encoding "${encoding}" is not known; use gzip.`)
  }
  const limit = Math.max(alwaysUnpacked, Math.min(unpackedLimit, body.length * expansionLimit))
  try {
    return await unpack(body, { maxOutputLength: limit })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    throw fault(code === 'ERR_BUFFER_TOO_LARGE' ? 'expands_too_much' : 'malformed_gzip')
  }
}

/**
 * Splits a body into records: a JSON array, one JSON object, or one object a line (NDJSON). A line that is no JSON, or
 * is longer than 1 MB, becomes a broken record and spoils no other. Throws where a body that is not lines is no JSON.
 * With `lines` each, every line is a record: JSON, or as it stands where it is none. With text, what begins like neither an object nor a list is a log: each line a record as it stands, but for lines of an audit log and
 * events of Windows in XML, which are records of many lines.
 */
export function* readRecords(
  whole: Buffer,
  lines: 'json' | 'text' | 'each' = 'json',
): Generator<BodyRecord> {
  const body = whole.subarray(0, 3).equals(BYTE_ORDER_MARK) ? whole.subarray(3) : whole
  const first = body.findIndex((byte) => !isSpace(byte))
  if (first === -1) throw fault('empty_body')
  if (lines === 'each') {
    yield* joinedLines(body, jsonOrText)
    return
  }
  if (body[first] === OPEN_ARRAY) {
    yield* elements(parseWhole(body))
    return
  }
  if (lines === 'text' && body[first] !== OPEN_OBJECT) {
    if (isEventXml(body.toString('utf8', 0, 1_000))) yield* eventsOf(body)
    else yield* joinedLines(body, textOf)
    return
  }
  const end = body.indexOf(NEWLINE, first)
  const oneLine = end === -1 || isBlank(body, end)
  if (oneLine && body.length <= LINE_LIMIT)
    yield { line: 1, value: parseWhole(body), raw: () => body }
  else if (!oneLine && isOneObject(body, end))
    yield { line: 1, value: parseWhole(body), raw: () => body }
  else yield* linesOf(body, parse)
}

/** Is this one object written over many lines? Its first line alone is then no JSON. */
function isOneObject(body: Buffer, firstLineEnd: number): boolean {
  if (body.length > LINE_LIMIT || tryParse(body.subarray(0, firstLineEnd)) !== undefined)
    return false
  return tryParse(body) !== undefined
}

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])
const NEWLINE = 0x0a
const OPEN_ARRAY = 0x5b
const OPEN_OBJECT = 0x7b

function* elements(array: unknown): Generator<BodyRecord> {
  if (!Array.isArray(array)) return
  for (const [index, value] of array.entries()) {
    yield { line: index + 1, value, raw: () => recordBytes(value) }
  }
}

function* linesOf(body: Buffer, read: (line: Buffer) => unknown): Generator<BodyRecord> {
  let line = 0
  for (let start = 0; start < body.length; ) {
    const next = body.indexOf(NEWLINE, start)
    const end = next === -1 ? body.length : next
    const bytes = body.subarray(start, end)
    start = end + 1
    line++
    if (isBlank(bytes, 0)) continue
    const raw = () => bytes
    if (bytes.length > LINE_LIMIT) {
      const size = (bytes.length / 1024 / 1024).toFixed(1)
      yield { line, broken: `the line is ${size} MB long; at most 1 MB is read`, raw }
      continue
    }
    try {
      yield { line, value: read(bytes), raw }
    } catch (error) {
      yield { line, broken: `the line is not JSON: ${messageOf(error)}`, raw }
    }
  }
}

const textOf = (line: Buffer): string => line.toString('utf8').replace(/\r$/, '')

/** A line of a log may begin with a bracket. */
function jsonOrText(line: Buffer): unknown {
  const first = line.find((byte) => !isSpace(byte))
  const found = first === OPEN_OBJECT || first === OPEN_ARRAY ? tryParse(line) : undefined
  return found === undefined ? textOf(line) : found.value
}

/** Lines of an audit log that are one record come together, under the number of the first. */
function* joinedLines(body: Buffer, read: (line: Buffer) => unknown): Generator<BodyRecord> {
  const joiner = auditJoiner()
  const whole = ({ line, text }: Joined): BodyRecord => ({
    line,
    value: text,
    raw: () => Buffer.from(text),
  })
  for (const record of linesOf(body, read)) {
    if ('value' in record && typeof record.value === 'string')
      yield* joiner.push(record.line, record.value).map(whole)
    else yield record
  }
  yield* joiner.end().map(whole)
}

function* eventsOf(body: Buffer): Generator<BodyRecord> {
  const splitter = xmlSplitter()
  // Piece by piece: a body may hold millions of events of a few letters.
  for (let from = 0; from < body.length; from += XML_CHUNK)
    yield* splitter.push(body.subarray(from, from + XML_CHUNK)).map(recordOf)
  yield* splitter.end().map(recordOf)
}

function recordOf({ line, raw, ...rest }: Piece): BodyRecord {
  const bytes = () => Buffer.from(raw)
  return rest.reason === undefined
    ? { line, value: rest.value, raw: bytes }
    : { line, broken: rest.reason, raw: bytes }
}

function parseWhole(body: Buffer): unknown {
  try {
    return parse(body)
  } catch (error) {
    throw fault('malformed_json', `The body is not valid JSON: ${messageOf(error)}`)
  }
}

function tryParse(bytes: Buffer): { value: unknown } | undefined {
  try {
    return { value: parse(bytes) }
  } catch {
    return undefined
  }
}

/** Integers beyond 2^53 keep their digits, as identifiers of vendors need them. */
function parse(bytes: Buffer): unknown {
  return parseJson(bytes.toString('utf8'))
}

function messageOf(error: unknown): string {
  // The runtime quotes the text; 200 characters of it tell enough.
  return (error instanceof Error ? error.message : String(error)).slice(0, 200)
}

function isBlank(bytes: Buffer, from: number): boolean {
  for (let at = from; at < bytes.length; at++) if (!isSpace(bytes[at] ?? 0)) return false
  return true
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}
