import type { AccessEvent } from '@gatewatch/schema'
import type { Origin } from '../connectors/connector.ts'
import { recordBytes, recordsIn } from '../connectors/envelopes/records-in.ts'
import type { Outcome } from '../connectors/outcome.ts'
import { readRecord } from '../connectors/registry.ts'
import { contentHash, eventKey } from '../pipeline/keys.ts'
import type { ArrivingEvent } from '../ports/store.ts'
import { type BodyRecord, LINE_LIMIT, readRecords } from './body.ts'

/** Most records of a part. */
const PART = 1_000

/** What a body is and when it came: `now` in ms since 1970, UTC. `zone`: as in `Origin`. `lines`: each of its lines is a record, whatever it begins with. */
export interface BodyOf {
  readonly format: string
  readonly now: number
  readonly zone?: string | undefined
  readonly lines?: boolean
}

/** An event of a body, not yet enriched. `line` counts from 1; in an array it is the element. */
export type ReadEvent = Pick<ArrivingEvent, 'key' | 'content' | 'event' | 'json' | 'raw'> & {
  readonly line: number
}

/** What at most 1,000 records of a body became, in their order; one of an envelope may be many. */
export interface ReadPart {
  readonly events: readonly ReadEvent[]
  /** Records that could not be understood, as they came. */
  readonly refused: readonly {
    readonly line: number
    readonly reason: string
    readonly raw: Uint8Array
  }[]
  readonly skipped: number
}

/** Where records say they came from that were sent to the API. */
export function apiOrigin(now: number): Origin {
  return { connector: 'api', now, mode: 'live' }
}

/**
 * Reads a body, part by part: splits it, checks each record, makes an event of it and names it. A record is kept raw only where
 * it came in another format than ours; of a carrier of many, each by itself.
 * @throws the faults of `readRecords`, for a body that is no JSON as a whole.
 */
export function* readBody(
  body: Buffer,
  { format, now, zone, lines = false }: BodyOf,
): Generator<ReadPart> {
  const origin = { ...apiOrigin(now), ...(zone === undefined ? {} : { zone }) }
  let part = emptyPart()
  let records = 0
  for (const record of readRecords(body, lines ? 'each' : isOwn(format) ? 'json' : 'text')) {
    for (const { outcome, raw } of convert(record, format, origin)) {
      if (outcome.kind === 'ok') {
        const event = outcome.value
        const named = { key: eventKey(event.source, event.uid), content: contentHash(event) }
        const kept = format === 'canonical' ? {} : { raw: raw() }
        part.events.push({ line: record.line, event, ...named, ...kept })
      } else if (outcome.kind === 'skip') part.skipped++
      else part.refused.push({ line: record.line, reason: outcome.why, raw: raw() })
      if (++records % PART === 0) {
        yield part
        part = emptyPart()
      }
    }
  }
  yield part
}

function emptyPart() {
  return {
    events: [] as ReadEvent[],
    refused: [] as { line: number; reason: string; raw: Uint8Array }[],
    skipped: 0,
  }
}

/** Formats that are written for Gatewatch, and come in nothing else. */
function isOwn(format: string): boolean {
  return format === 'canonical' || format === 'predict'
}

/** What the records in a record of the body became, each with the bytes that tell of it alone. */
function convert(
  record: BodyRecord,
  format: string,
  origin: Origin,
): readonly { readonly outcome: Outcome<AccessEvent>; readonly raw: () => Buffer }[] {
  const refuse = (why: string) => [{ outcome: { kind: 'reject', why } as const, raw: record.raw }]
  if ('broken' in record) return refuse(record.broken)
  // A canonical record is checked field by field and not kept raw, so its length needs no look.
  if (format !== 'canonical' && record.raw().length > LINE_LIMIT) {
    return refuse('the record is longer than 1 MB')
  }
  const records = isOwn(format) ? [record.value] : recordsIn(record.value)
  return records.map((one) => ({
    outcome: readRecord(format, one, origin),
    // each with the whole carrier would be stored as often as it carries records
    raw: one === record.value ? record.raw : () => recordBytes(one),
  }))
}
