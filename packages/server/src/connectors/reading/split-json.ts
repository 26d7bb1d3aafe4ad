import { recordBytes, recordsIn } from '../envelopes/records-in.ts'
import { parseJson } from '../values/fields.ts'
import {
  BACKSLASH,
  balance,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  isJson,
  NEWLINE,
  newlines,
  nextBeginning,
  OPEN_BRACE,
  OPEN_BRACKET,
  objectEnd,
  QUOTE,
  seamBetween,
} from './json-bytes.ts'
import { MAX_RAW, MAX_RECORD, megabytes, type Piece, type Splitter } from './piece.ts'
import { wrapperAt } from './wrapper.ts'

const TOO_LONG = `a record of more than ${megabytes(MAX_RECORD)}, which is the limit`
/** Enough of a file to tell how it wraps its records. */
const HEAD = 16 * 1024

/**
 * Takes JSON apart into records, whatever the layout: one record a line, lists, `{"Records":[…]}` and the like, pretty-printed
 * values one after the other, or these mixed. Lists are never held whole. A record that cannot be read becomes a piece with
 * the reason, and reading goes on at the next place where a record seems to begin.
 */
export function jsonSplitter(): Splitter {
  let buffer: Buffer = Buffer.alloc(0)
  /** First byte not yet given out; everything before it is done with. */
  let start = 0
  /** Next byte to look at. */
  let at = 0
  let line = 1
  let pieces: Piece[] = []
  let mode: 'top' | 'list' | 'tail' | 'skip' = 'top'
  /** Open braces around the list of records, to find the end of the wrapper. */
  let around = 0
  let inRecord = false
  let depth = 0
  let inText = false
  /** Line of the first byte at `start`. */
  let startLine = 1
  /** A record was broken: a bracket may belong to it rather than to the list. */
  let broken = false
  /** What stands between two records of this list, from the brace that ends one to the first name of the next. */
  let seam: Buffer | null = null
  /** Have all records of this list begun alike? */
  let isAlike = true
  let skipped = 0
  let skippedHead: Buffer = buffer
  /** Lines of a value that goes on over several lines. */
  let open: { depth: number } | null = null

  function bad(from: number, to: number, at_: number, reason: string): void {
    if (to <= from) return
    pieces.push({ line: at_, raw: buffer.subarray(from, Math.min(to, from + MAX_RAW)), reason })
  }

  function good(from: number, to: number, at_: number): boolean {
    return take(buffer.toString('utf8', from, to), from, to, at_)
  }

  function take(text: string, from: number, to: number, at_: number): boolean {
    try {
      const value = parseJson(text)
      const raw = buffer.subarray(from, to)
      for (const record of recordsIn(value)) {
        pieces.push({
          line: at_,
          raw: record === value ? raw : recordBytes(record),
          value: record,
        })
      }
      return true
    } catch {
      return false
    }
  }

  /**
   * Takes the record at `from` where it ends at the next seam, without looking at each byte: what parses as a whole ends
   * nowhere else. A list whose records do not begin alike is no longer asked.
   */
  function takeToSeam(from: number): boolean {
    if (!isAlike) return false
    if (seam === null) {
      seam = seamBetween(buffer, at, from)
      return false
    }
    const end = buffer.indexOf(seam, from) + 1
    if (end === 0) return false
    const text = end - from > MAX_RECORD ? '' : buffer.toString('utf8', from, end)
    isAlike = take(text, from, end, line)
    if (!isAlike) return false
    for (let i = text.indexOf('\n'); i !== -1; i = text.indexOf('\n', i + 1)) line++
    at = end
    return true
  }

  /** Looks for the next record of a list; false where more bytes are needed. */
  function list(): boolean {
    const bytes = buffer
    const end = bytes.length
    let i = at
    if (!inRecord) {
      for (; i < end; i++) {
        const byte = bytes[i] as number
        if (byte === NEWLINE) line++
        else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) break
        else if (byte === CLOSE_BRACKET && !broken) {
          flushGarbage(i)
          start = at = i + 1
          mode = around === 0 ? 'top' : 'tail'
          depth = around
          return true
        } else if (isGarbage(byte)) {
          if (start < 0) {
            start = i
            startLine = line
          }
        }
      }
      if (i === end) {
        at = i
        if (start >= 0 && end - start > MAX_RECORD) flushGarbage(end)
        return false
      }
      flushGarbage(i)
      if (takeToSeam(i)) return true
      inRecord = true
      inText = false
      depth = 0
      start = i
      startLine = line
    }
    // The hot loop of large files: what it counts with stays in local variables.
    let level = depth
    let lines = line
    let text = inText
    for (; i < end; i++) {
      const byte = bytes[i] as number
      if (text) {
        if (byte === BACKSLASH) i++
        else if (byte === QUOTE) text = false
        else if (byte === NEWLINE) lines++
      } else if (byte === QUOTE) text = true
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) level++
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        if (--level === 0) {
          line = lines
          const isLong = i + 1 - start > MAX_RECORD
          if (isLong || !good(start, i + 1, startLine)) {
            return recover(isLong ? TOO_LONG : 'not valid JSON', i + 1)
          }
          inRecord = false
          at = i + 1
          start = -1
          return true
        }
      } else if (byte === NEWLINE) lines++
    }
    depth = level
    line = lines
    inText = text
    at = i
    if (end - start <= MAX_RECORD) return false
    return recover(TOO_LONG)
  }

  /** Between records only commas and blanks belong. */
  function isGarbage(byte: number): boolean {
    return byte > 32 && byte !== COMMA && byte !== CLOSE_BRACKET && byte !== CLOSE_BRACE
  }

  function flushGarbage(to: number): void {
    if (start >= 0) bad(start, to, startLine, 'not a record: text between the records of a list')
    start = -1
  }

  /**
   * Gives up on the record at `start`, which seems to end at `end` (absent: not yet), and goes on where the next one seems to
   * begin; false where that is not known yet.
   */
  function recover(reason: string, end?: number): boolean {
    broken = true
    const found = nextBeginning(buffer, start + 1, end ?? buffer.length)
    const to = found ?? end ?? buffer.length
    bad(start, to, startLine, reason)
    line = startLine + newlines(buffer, start, to)
    at = to
    start = -1
    inRecord = false
    inText = false
    return found !== null || end !== undefined
  }

  /** Passes over what follows the list inside its wrapper. */
  function tail(): boolean {
    for (; at < buffer.length; at++) {
      const byte = buffer[at] as number
      if (byte === NEWLINE) line++
      if (inText) {
        if (byte === BACKSLASH) at++
        else if (byte === QUOTE) inText = false
      } else if (byte === QUOTE) inText = true
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++
      else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --depth <= 0) {
        start = ++at
        mode = 'top'
        return true
      }
    }
    start = at
    return false
  }

  /** Takes the next line, or enters a list; false where more bytes are needed. */
  function top(isEnd: boolean): boolean {
    if (open === null) {
      while (start < buffer.length && (buffer[start] as number) <= 32) {
        if (buffer[start] === NEWLINE) line++
        start++
      }
      at = Math.max(at, start)
      if (start >= buffer.length) return false
      if (buffer[start] === OPEN_BRACKET) return begin(start + 1, 0)
    }
    const newline = buffer.indexOf(NEWLINE, at)
    const isWhole = newline !== -1 || isEnd
    const to = newline === -1 ? buffer.length : newline
    if (open === null && buffer[start] === OPEN_BRACE) {
      if (isWhole && good(start, to, line)) {
        passLine(to)
        return newline !== -1
      }
      if (buffer.length - start < HEAD && !isEnd) return false
      const found = wrapperAt(buffer.toString('latin1', start, start + HEAD))
      if (found !== null) return begin(start + found.offset, found.braces)
      if (takeGlued(to)) return true
    }
    if (!isWhole) {
      at = buffer.length
      if (buffer.length - start > MAX_RECORD) beginSkip()
      return false
    }
    if (to > lineStart()) takeLine(lineStart(), to)
    passLine(to)
    return newline !== -1
  }

  /** Takes the first of objects that stand in one line with nothing between them, as Firehose writes them. */
  function takeGlued(to: number): boolean {
    const end = objectEnd(buffer, start, to)
    if (end === null || buffer[end] !== OPEN_BRACE || !good(start, end, line)) return false
    start = at = end
    return true
  }

  function passLine(to: number): void {
    line++
    at = to + 1
    if (open === null) start = Math.min(at, buffer.length)
  }

  /** Where the line that ends next begins: behind the last line of an open value, else at `start`. */
  function lineStart(): number {
    return open === null ? start : openEnd
  }
  let openEnd = 0

  function begin(from: number, braces: number): true {
    line += newlines(buffer, start, from)
    mode = 'list'
    around = braces
    at = from
    start = -1
    inRecord = false
    broken = false
    seam = null
    isAlike = true
    return true
  }

  function takeLine(from: number, to: number): void {
    const first = buffer[from] as number
    if (open !== null) {
      const fresh = first === OPEN_BRACE || first === OPEN_BRACKET
      if (fresh && isJson(buffer, from, to)) {
        bad(start, from, startLine, 'not valid JSON: the value ends in the middle')
        open = null
        start = from
      } else {
        open.depth += balance(buffer, from, to)
        openEnd = to + 1
        if (open.depth <= 0 || to - start > MAX_RECORD) close(to)
        return
      }
    }
    if (good(from, to, line)) return
    const left = first === OPEN_BRACE || first === OPEN_BRACKET ? balance(buffer, from, to) : 0
    if (left <= 0) {
      bad(from, to, line, 'not valid JSON')
      return
    }
    open = { depth: left }
    startLine = line
    openEnd = to + 1
  }

  function close(to: number): void {
    if (!good(start, to, startLine)) bad(start, to, startLine, 'not valid JSON')
    open = null
  }

  function beginSkip(): void {
    skippedHead = Buffer.from(buffer.subarray(start, start + MAX_RAW))
    skipped = buffer.length - start
    startLine = open === null ? line : startLine
    open = null
    mode = 'skip'
    start = at = buffer.length
  }

  function skip(isEnd: boolean): boolean {
    const newline = buffer.indexOf(NEWLINE, at)
    const to = newline === -1 ? buffer.length : newline
    skipped += to - at
    at = start = Math.min(to + 1, buffer.length)
    if (newline === -1 && !isEnd) return false
    const reason = `a line of ${megabytes(skipped)} is longer than the limit of ${megabytes(MAX_RECORD)}`
    pieces.push({ line: startLine, raw: skippedHead, reason })
    line++
    mode = 'top'
    return newline !== -1
  }

  function run(isEnd: boolean): void {
    for (;;) {
      const more =
        mode === 'list'
          ? list()
          : mode === 'tail'
            ? tail()
            : mode === 'skip'
              ? skip(isEnd)
              : top(isEnd)
      if (!more) return
    }
  }

  function taken(): readonly Piece[] {
    const done = pieces
    pieces = []
    return done
  }

  return {
    push(chunk) {
      const kept = start < 0 ? at : Math.min(start, at)
      const added = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
      buffer = kept >= buffer.length ? added : Buffer.concat([buffer.subarray(kept), added])
      at -= kept
      openEnd -= kept
      if (start >= 0) start -= kept
      run(false)
      return taken()
    },
    end() {
      run(true)
      while (mode === 'list' && inRecord)
        if (recover('not valid JSON: the file ends in the middle of a record')) run(true)
      if (mode === 'list' && start >= 0) flushGarbage(buffer.length)
      if (mode === 'list' && !broken) {
        pieces.push({
          line,
          raw: new Uint8Array(),
          reason: 'the list of records has no end: the file may be cut off',
        })
      }
      if (open !== null)
        bad(
          start,
          buffer.length,
          startLine,
          'not valid JSON: the file ends in the middle of a record',
        )
      return taken()
    },
  }
}
