import { ADD, add } from '../population/delta.ts'
import type { PopulationDelta } from '../population/population.ts'
import { NUMERIC, NUMERIC_SUMS } from '../profile/layout.ts'
import type { Profile } from '../profile/profile.ts'
import { FIFTHS } from '../profile/slots.ts'

/**
 * Adds a number (log1p, in 32nds) to an identity's sums, and whole weights to the organisation's. `which` is its index among
 * the numeric sums, `unit` what a weight of 1 adds in the profile's landmark units.
 */
export function addNumber(
  profile: Profile,
  delta: PopulationDelta,
  service: number,
  which: number,
  amount: number,
  fifths: number,
  unit: number,
  day: number,
): void {
  const { f32 } = profile
  const at = NUMERIC_SUMS + 3 * which
  // in 32nds, so that the organisation's sums are whole numbers and add up exactly
  const x = Math.round(Math.log1p(amount) * 32)
  const weight = (fifths / FIFTHS) * unit
  f32[at] = (f32[at] ?? 0) + weight
  f32[at + 1] = (f32[at + 1] ?? 0) + (weight * x) / 32
  f32[at + 2] = (f32[at + 2] ?? 0) + (weight * x * x) / 1024
  if (fifths < FIFTHS) return
  const cell = (service * NUMERIC + which) * 3
  add(delta, ADD.number, cell, 0, day, 1)
  add(delta, ADD.number, cell + 1, 0, day, x)
  add(delta, ADD.number, cell + 2, 0, day, x * x)
}

/** Takes back what `addNumber` added for the same arguments; sums of the identity never fall below 0. */
export function takeNumber(
  profile: Profile,
  delta: PopulationDelta,
  service: number,
  which: number,
  amount: number,
  fifths: number,
  unit: number,
  day: number,
): void {
  const { f32 } = profile
  const at = NUMERIC_SUMS + 3 * which
  const x = Math.round(Math.log1p(amount) * 32)
  const weight = (fifths / FIFTHS) * unit
  f32[at] = Math.max(0, (f32[at] ?? 0) - weight)
  f32[at + 1] = Math.max(0, (f32[at + 1] ?? 0) - (weight * x) / 32)
  f32[at + 2] = Math.max(0, (f32[at + 2] ?? 0) - (weight * x * x) / 1024)
  if (fifths < FIFTHS) return
  const cell = (service * NUMERIC + which) * 3
  add(delta, ADD.number, cell, 0, day, -1)
  add(delta, ADD.number, cell + 1, 0, day, -x)
  add(delta, ADD.number, cell + 2, 0, day, -x * x)
}
