import { type CsvError, parse } from 'csv-parse/sync'
import { MAX_RAW, MAX_RECORD, megabytes, type Piece, type Splitter } from './piece.ts'

const NEWLINE = 10
const QUOTE = 34
/** Bytes that are parsed at a time. */
const BLOCK = 16 * 1024

interface Fault {
  readonly reason: string
  readonly line: number
  readonly raw: Uint8Array
}

interface Row {
  readonly record: readonly string[]
  readonly raw: string
  readonly info: { readonly lines: number }
}

/**
 * Takes a table apart into one object a row, keyed by the names in the first row; rows of another length, and what no
 * reader of CSV can make sense of, become pieces with the reason. Quoted cells may hold line breaks. Names that occur
 * twice keep the first.
 */
export function csvSplitter(delimiter: string): Splitter {
  let pending: Buffer = Buffer.alloc(0)
  let line = 1
  let names: readonly string[] | null = null
  let pieces: Piece[] = []

  /** Rows are parsed by the block: up to the last line end outside quotes. */
  function takeBlock(isEnd: boolean): void {
    for (let end = rowEnd(pending); end > 0; end = rowEnd(pending)) {
      parseBlock(pending.subarray(0, end))
      pending = pending.subarray(end)
    }
    if (isEnd && pending.length > 0) {
      if (isBalanced(pending)) parseBlock(pending)
      else splitLines(pending)
    } else if (pending.length > MAX_RECORD) takeLines()
  }

  /** A quote that nothing closes: every line stands for itself. */
  function takeLines(): void {
    let from = 0
    for (let to = pending.indexOf(NEWLINE); to !== -1; to = pending.indexOf(NEWLINE, from)) {
      parseBlock(pending.subarray(from, to + 1))
      from = to + 1
    }
    if (from === 0) {
      const reason = `a row of more than ${megabytes(MAX_RECORD)}, which is the limit`
      pieces.push({ line, raw: pending.subarray(0, MAX_RAW), reason })
      from = pending.length
    }
    pending = pending.subarray(from)
  }

  function parseBlock(block: Buffer): void {
    const text = block.toString('utf8')
    const faults: Fault[] = []
    try {
      const rows = parse(text, {
        delimiter,
        raw: true,
        info: true,
        relax_column_count: true,
        skip_empty_lines: true,
        skip_records_with_error: true,
        on_skip: (error, raw) => {
          if (error !== undefined) faults.push(faultOf(error, raw ?? text))
          return undefined
        },
      }) as unknown as readonly Row[]
      let from = 1
      for (const row of rows) {
        take(row, line + from - 1)
        from = row.info.lines + 1
      }
      for (const fault of faults) pieces.push({ ...fault, line: line + fault.line - 1 })
    } catch (error) {
      if (block.indexOf(NEWLINE) === block.length - 1 || !block.includes(NEWLINE)) {
        pieces.push({
          line,
          raw: block.subarray(0, MAX_RAW),
          reason: `not a row of CSV: ${explain(error)}`,
        })
      } else {
        splitLines(block)
        return
      }
    }
    for (const byte of block) if (byte === NEWLINE) line++
  }

  function splitLines(block: Buffer): void {
    for (let from = 0; from < block.length; ) {
      const newline = block.indexOf(NEWLINE, from)
      const to = newline === -1 ? block.length : newline + 1
      parseBlock(block.subarray(from, to))
      from = to
    }
  }

  function take(row: Row, at: number): void {
    const raw = Buffer.from(row.raw)
    if (names === null) {
      names = row.record.map((name) => name.replace(/^\uFEFF/, '').trim())
      return
    }
    if (row.record.length !== names.length) {
      const reason = `${row.record.length} cells where the first row names ${names.length} columns`
      pieces.push({ line: at, raw, reason })
      return
    }
    const value: Record<string, string> = {}
    for (const [i, name] of names.entries()) {
      // No cell may change what an object is.
      if (name === '__proto__' || Object.hasOwn(value, name)) continue
      value[name] = row.record[i] ?? ''
    }
    pieces.push({ line: at, raw, value })
  }

  function done(): readonly Piece[] {
    const taken = pieces
    pieces = []
    return taken
  }
  return {
    push(chunk) {
      pending = Buffer.concat([pending, chunk])
      takeBlock(false)
      return done()
    },
    end() {
      takeBlock(true)
      return done()
    },
  }
}

function isBalanced(bytes: Buffer): boolean {
  let quotes = 0
  for (const byte of bytes) if (byte === QUOTE) quotes++
  return quotes % 2 === 0
}

/** Behind a line end outside quotes: the first beyond the size of a block, else the last; 0 where there is none. */
function rowEnd(bytes: Buffer): number {
  let quotes = 0
  let end = 0
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]
    if (byte === QUOTE) quotes++
    else if (byte === NEWLINE && quotes % 2 === 0) {
      end = i + 1
      if (end >= BLOCK) return end
    }
  }
  return end
}

/** Only what is needed of the error: it holds all that was read before it. */
function faultOf(error: CsvError, raw: string): Fault {
  return {
    reason: `not a row of CSV: ${explain(error)}`,
    line: typeof error.lines === 'number' ? error.lines : 1,
    raw: Buffer.from(raw.slice(0, MAX_RAW)),
  }
}

function explain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  // The line is counted from the beginning of the block, and is given beside.
  return message.replace(/ (at|on) line \d+/g, '').slice(0, 200)
}

/** The delimiter of a table, from its first line: the commonest of comma, semicolon, tab and bar; null where none occurs. */
export function delimiterOf(head: string): string | null {
  const [first = ''] = head.replace(/^\uFEFF/, '').split(/\r?\n/, 1)
  const bare = first.replace(/"[^"]*"/g, '')
  let best: string | null = null
  let most = 0
  for (const one of [',', ';', '\t', '|']) {
    const count = bare.split(one).length - 1
    if (count > most) {
      best = one
      most = count
    }
  }
  return best
}
