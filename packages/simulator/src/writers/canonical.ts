import type { SimulatedEvent } from '../truth.ts'
import type { Piece } from './piece.ts'

/** Canonical AccessEvents, one JSON object a line. */
export function* writeCanonical(events: Iterable<SimulatedEvent>): Generator<Piece> {
  for (const { event, truth } of events)
    yield { text: `${JSON.stringify(event)}\n`, row: { uid: event.uid, truth } }
}
