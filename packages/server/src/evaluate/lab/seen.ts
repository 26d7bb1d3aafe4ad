import type { Marked } from './fit-task.ts'
import type { LabTable, TableRow } from './table.ts'

/** A sign-in with its numbers. */
export type Seen = TableRow & { readonly vector: Float64Array }

/** Benign sign-ins that something is measured on, and attacks. */
const MEASURED = 2000

/** Sign-ins of a window that members read. */
export function seenBetween({ rows }: LabTable, from: number, to: number): readonly Seen[] {
  return rows.filter((row): row is Seen => row.vector !== null && row.time >= from && row.time < to)
}

/** So many of something at most, evenly chosen. */
export function some<T>(all: readonly T[], most: number): readonly T[] {
  const step = Math.max(1, all.length / most)
  return all.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step))
}

/** The attacks of a window, at most 2,000, and 2,000 of its other sign-ins. */
export function measuredOn(table: LabTable, from: number, to: number): readonly Seen[] {
  const seen = seenBetween(table, from, to)
  const of = (isAttack: boolean) =>
    some(
      seen.filter(({ label }) => (label !== 'benign') === isAttack),
      MEASURED,
    )
  return [...of(true), ...of(false)]
}

/** The numbers of sign-ins and what they were. */
export function markedOf(rows: readonly Seen[]): Marked {
  return {
    vectors: rows.map(({ vector }) => vector),
    isAttack: rows.map(({ label }) => (label === 'benign' ? 0 : 1)),
  }
}
