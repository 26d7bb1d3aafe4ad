import type { EnrichedEvent } from '@gatewatch/schema'
import { indexOf } from '../features/catalogue.ts'
import { numericSurprise, type Usual } from '../features/numeric.ts'
import { isAuthentication } from '../features/read.ts'
import { type Population, shrink } from '../population/population.ts'
import { dayOf, growth } from '../profile/decay.ts'
import { CLOCK, NUMERIC, NUMERIC_SUMS } from '../profile/layout.ts'
import type { Profile } from '../profile/profile.ts'
import { COUNTER, countOf } from '../profile/short-memory.ts'
import type { Assessment } from '../types.ts'

const AT = {
  bytesOut: indexOf('bytes_out'),
  bytesIn: indexOf('bytes_in'),
  identityRate: indexOf('identity_rate'),
}

/** What a sum of a tenant's numbers starts from: log1p of about 20 kB, and of two sign-ins and twenty calls an hour. */
const SHIPPED: readonly Usual[] = [
  { mean: 10, sd: 2.5 },
  { mean: 9, sd: 2.5 },
  { mean: 0.9, sd: 0.4 },
  { mean: 2.5, sd: 1.2 },
]

/** Bytes in a day below which nobody is alarmed. */
export const LARGE_DAY = 1e8

/** Surprise of bytes and of the rate of events, nats, into `points`; NaN where the event has no such number. */
export function numericPoints(
  input: EnrichedEvent,
  profile: Profile,
  population: Population,
  { points, signals }: Pick<Assessment, 'points' | 'signals'>,
): void {
  const { traffic, time } = input.event
  const group = input.entity.class === 'service' ? 1 : 0
  const left = 1 / growth(profile, Math.max(dayOf(time), dayOf(profile.f64[CLOCK >> 1] ?? 0)))
  const surpriseOf = (which: number, x: number): number => {
    if (Number.isNaN(x)) return Number.NaN
    const at = NUMERIC_SUMS + 3 * which
    const { f32 } = profile
    const own = {
      n: (f32[at] ?? 0) * left,
      sum: (f32[at + 1] ?? 0) * left,
      squares: (f32[at + 2] ?? 0) * left,
    }
    return numericSurprise(x, own, usualOf(population, group, which))
  }
  const sent = surpriseOf(0, Math.log1p(traffic?.bytes_out ?? Number.NaN))
  // many objects of usual size make an unusual day; what every small event of that day would repeat is no evidence
  const isLargeDay = signals.bytesOut24h >= LARGE_DAY && signals.bytesOutSurprise > 0
  points[AT.bytesOut] = isLargeDay ? Math.max(sent, signals.bytesOutSurprise) : sent
  points[AT.bytesIn] = surpriseOf(1, Math.log1p(traffic?.bytes_in ?? Number.NaN))
  const signIn = isAuthentication(input)
  const counter = signIn ? COUNTER.signIns : COUNTER.events
  const rate = Math.log1p(countOf(profile, counter, time) + (input.event.count ?? 1))
  // few events in an hour are no evidence for anybody: only more than usual is strange
  points[AT.identityRate] = Math.max(0, surpriseOf(signIn ? 2 : 3, rate))
}

/** Mean and deviation of a number in the organisation, shrunk to the shipped one with 20 pseudo-observations. */
function usualOf(population: Population, group: number, which: number): Usual {
  const shipped = SHIPPED[which] ?? { mean: 0, sd: 1 }
  const at = (group * NUMERIC + which) * 3
  const now = shrink(population)
  // sums are kept of x in 32nds
  const n = (population.numbers[at] ?? 0) * now + 20
  const sum = ((population.numbers[at + 1] ?? 0) * now) / 32
  const squares = ((population.numbers[at + 2] ?? 0) * now) / 1024
  const mean = (sum + 20 * shipped.mean) / n
  const square = (squares + 20 * (shipped.sd ** 2 + shipped.mean ** 2)) / n
  return { mean, sd: Math.sqrt(Math.max(0.1, square - mean * mean)) }
}
