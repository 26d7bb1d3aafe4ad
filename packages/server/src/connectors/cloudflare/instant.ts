import { numberOf } from '../values/text.ts'
import { readEpoch, readTime } from '../values/time.ts'

/** A time as Logpush writes it, ms UTC: RFC 3339, seconds or nanoseconds, as the job is set; NaN where it is none. */
export function cloudflareTime(said: unknown): number {
  const number = numberOf(said)
  if (number === undefined) return readTime(said)
  return readEpoch(said, number > 1e14 ? 'ns' : 's')
}
