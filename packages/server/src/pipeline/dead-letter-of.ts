import type { DeadLetter } from '../ports/dead-letters.ts'
import type { ArrivingEvent } from '../ports/store.ts'

/** The dead letter of an event that was understood but cannot be taken: its record, or the event as JSON where that is the record. */
export function deadLetterOf(arriving: ArrivingEvent, reason: string): DeadLetter {
  return {
    source: arriving.event.source.format,
    line: null,
    reason,
    raw: arriving.raw ?? Buffer.from(JSON.stringify(arriving.event)),
  }
}
