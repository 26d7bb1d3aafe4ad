import type { SimulatedEvent, Truth } from '../truth.ts'

/** A bit of a file. `row`, where the text is a record: the identifier a reader will find in it, and what it really was. */
export interface Piece {
  readonly text: string
  readonly row?: { readonly uid: string; readonly truth: Truth }
}

/** Turns events into the text of one file, piece by piece; events that the format cannot say are left out. */
export type Writer = (events: Iterable<SimulatedEvent>) => Generator<Piece>

/** Header of a truth file. */
export const TRUTH_HEADER = 'uid,label,victim,campaign\n'

/** One line of a truth file: which record was what. Kept apart from the records, so that nothing that judges can read it. */
export function truthLine({ uid, truth }: NonNullable<Piece['row']>): string {
  return `${uid},${truth.label},${truth.victim ?? ''},${truth.campaign ?? ''}\n`
}
