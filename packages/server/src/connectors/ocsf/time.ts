import { type Fields, fieldsOf } from '../values/fields.ts'
import { numberOf } from '../values/text.ts'
import { LATEST, readTime } from '../values/time.ts'

/**
 * When an OCSF event happened, ms UTC, and what the record says of it. The standard counts ms; writers count s and µs too or write ISO
 * 8601, which their size tells apart; 0 is how they say that they do not know, and then `time_dt` and `metadata.original_time` count.
 */
export function ocsfTime(record: Fields): { readonly ms: number; readonly said: unknown } {
  const candidates = [record.time, record.time_dt, fieldsOf(record.metadata).original_time]
  for (const said of candidates) {
    const ms = instant(said)
    if (ms <= LATEST) return { ms, said }
  }
  return { ms: Number.NaN, said: candidates.find((one) => one !== undefined && one !== null) }
}

function instant(said: unknown): number {
  const count = numberOf(said)
  if (count === undefined) return readTime(said)
  if (!(count > 0)) return Number.NaN
  if (count > 1e17) return Math.floor(count / 1e6)
  if (count > 1e14) return Math.floor(count / 1e3)
  return Math.floor(count < 1e11 ? count * 1000 : count)
}
