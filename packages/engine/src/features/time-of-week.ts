import { offsetMinutes, type ZoneCode } from './zone.ts'

/** Bins of a week: 24 hours of a working day, then 24 hours of a day at the weekend. */
export const HOUR_BINS = 48

/** Share of a week's hours that one bin holds: five working days, two at the weekend. */
export function hoursShare(bin: number): number {
  return (bin < 24 ? 5 : 2) / 168
}

/** The local hour 0-23, local day (0 Monday to 6 Sunday) and bin 0-47 of a time (ms) in a zone. */
export function localTime(
  zone: ZoneCode,
  time: number,
): { hour: number; day: number; bin: number } {
  const local = time + offsetMinutes(zone, time) * 60_000
  const days = Math.floor(local / 86_400_000)
  const hour = Math.floor((local - days * 86_400_000) / 3_600_000)
  const day = (((days + 3) % 7) + 7) % 7
  return { hour, day, bin: day >= 5 ? 24 + hour : hour }
}

/** Weight that any hour has of happening, whatever was seen: so that no hour is impossible. */
const UNIFORM = 0.03

/**
 * Density of a bin among counted hours, 0-1: a circular kernel (.2, .5, .2) over the hours of the same kind of day,
 * the rest uniform over the week; 10 % of the kernel's mass is spread over both kinds of day.
 * `total` is the sum of all 48 counts; NaN where it is 0.
 */
export function hourDensity(
  counts: ArrayLike<number>,
  from: number,
  bin: number,
  total: number,
): number {
  if (!(total > 0)) return Number.NaN
  const base = bin < 24 ? 0 : 24
  const hour = bin - base
  const here = counts[from + bin] ?? 0
  const before = counts[from + base + ((hour + 23) % 24)] ?? 0
  const after = counts[from + base + ((hour + 1) % 24)] ?? 0
  const other = counts[from + (24 - base) + hour] ?? 0
  const kernel = (0.5 * here + 0.2 * (before + after) + 0.1 * other) / total
  return UNIFORM * hoursShare(bin) + (1 - UNIFORM) * kernel
}

/** Pseudo-counts that the organisation's week has against an identity's own. */
const PRIOR = 6

/** Sum of the counts of a week, in the scale in which they are kept. */
function weekTotal(counts: ArrayLike<number>, from: number): number {
  let sum = 0
  for (let bin = 0; bin < HOUR_BINS; bin++) sum += counts[from + bin] ?? 0
  return sum
}

/**
 * Surprise of an hour in nats, -3 to 4: ln(share of a week's hours / density), the identity's density shrunk to the
 * organisation's, and that to a uniform week with 24 pseudo-counts. `ownTotal` and `tenantTotal` are the decayed numbers
 * of events; the counts may be in any scale of their own.
 */
export function hourSurprise(
  own: ArrayLike<number>,
  ownFrom: number,
  ownTotal: number,
  tenant: ArrayLike<number>,
  tenantFrom: number,
  tenantTotal: number,
  bin: number,
): number {
  const uniform = hoursShare(bin)
  const known = tenantTotal > 0
  const all = known ? hourDensity(tenant, tenantFrom, bin, weekTotal(tenant, tenantFrom)) : uniform
  const prior = (all * tenantTotal + uniform * 24) / (tenantTotal + 24)
  const mine = ownTotal > 0 ? hourDensity(own, ownFrom, bin, weekTotal(own, ownFrom)) : prior
  const density = (mine * ownTotal + prior * PRIOR) / (ownTotal + PRIOR)
  return Math.max(-3, Math.min(4, Math.log(uniform / density)))
}
