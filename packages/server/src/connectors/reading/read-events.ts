import type { AccessEvent } from '@gatewatch/schema'
import type { Connector, Origin } from '../connector.ts'
import { type Outcome, reject } from '../outcome.ts'
import { connectorOf, recognise, unknownFormat } from '../registry.ts'
import { isFields, parseJson } from '../values/fields.ts'
import type { Meter } from './bytes.ts'
import type { Piece } from './piece.ts'
import { splitFile } from './split-file.ts'

/** A stretch of a file that became no event: where it is, why, and how it reads. */
export interface Letter {
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly reason: string
  /** As it stands in the file; the first 64 KiB where it is longer than a record may be. */
  readonly raw: Uint8Array
}

/** What some hundred kilobytes of a file gave. `raw` of letters is good until the next batch is asked for. */
export interface EventBatch {
  readonly events: readonly AccessEvent[]
  readonly letters: readonly Letter[]
  /** Why records were left out that are understood and are no events, with how many. */
  readonly skipped: ReadonlyMap<string, number>
}

/** How a file is to be read. */
export interface Reading {
  /** The connector, or null to recognise the format by its content, record by record where a file mixes several. */
  readonly connector: Connector | null
  readonly delimiter?: string | undefined
  readonly origin: Origin
  readonly meter: Meter
}

/** A row of a table, which is text throughout, without its empty cells and with what stands in JSON in the others; anything else as it stands. */
function withOpenCells(row: unknown): unknown {
  if (!isFields(row)) return row
  const cells: [string, unknown][] = []
  for (const name in row) {
    const cell = row[name]
    if (typeof cell !== 'string') return row
    if (cell !== '') cells.push([name, /^[[{]/.test(cell) ? jsonOr(cell) : cell])
  }
  return Object.fromEntries(cells)
}

function jsonOr(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return text
  }
}

/** The events of one file, in the order of the file. Every record is an event, a letter or counted as skipped. Never throws for what the file holds. */
export async function* readEvents(path: string, reading: Reading): AsyncGenerator<EventBatch> {
  let likely: Connector | undefined
  for await (const pieces of splitFile(path, reading)) {
    const events: AccessEvent[] = []
    const letters: Letter[] = []
    const skipped = new Map<string, number>()
    for (const piece of pieces) {
      const outcome = read(piece)
      if (outcome.kind === 'ok') events.push(outcome.value)
      else if (outcome.kind === 'skip')
        skipped.set(outcome.why, (skipped.get(outcome.why) ?? 0) + 1)
      else letters.push({ file: path, line: piece.line, reason: outcome.why, raw: piece.raw })
    }
    yield { events, letters, skipped }
  }

  function read(piece: Piece): Outcome<AccessEvent> {
    if (piece.reason !== undefined) return reject(piece.reason)
    const { connector } = reading
    if (connector !== null) {
      const isMapped = connectorOf(connector.format) !== connector
      const value = isMapped ? piece.value : withOpenCells(piece.value)
      return connector.normalise(value, reading.origin)
    }
    const value = withOpenCells(piece.value)
    // What nobody knows among records of one format is most likely an odd one of these.
    const found = recognise(value, likely) ?? likely
    if (found === undefined) return reject(unknownFormat(value))
    likely = found
    return found.normalise(value, reading.origin)
  }
}
