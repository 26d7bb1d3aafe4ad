import { readEpoch, readIso, readSlashed, readTime } from '../values/time.ts'
import { hasZone, offsetIn } from '../values/zone.ts'

/** Reads a time, ms UTC; NaN where it is none. */
export type TimeReader = (value: unknown) => number

const named: Readonly<Record<string, TimeReader>> = {
  auto: (value) => readTime(value),
  iso: (value) => (typeof value === 'string' ? readIso(value.trim()) : Number.NaN),
  us: (value) => (typeof value === 'string' ? readSlashed(value.trim(), 'month') : Number.NaN),
  eu: (value) => (typeof value === 'string' ? readSlashed(value.trim(), 'day') : Number.NaN),
  epoch_s: (value) => readEpoch(value, 's'),
  epoch_ms: (value) => readEpoch(value, 'ms'),
  epoch_us: (value) => readEpoch(value, 'us'),
  epoch_ns: (value) => readEpoch(value, 'ns'),
}

/** Names of the time formats that a mapping may use. */
export const TIME_FORMATS = Object.keys(named)

/**
 * A reader that tries the formats in turn. `zone` (an IANA name or an offset like +02:00) is where texts without a zone of
 * their own were written; default UTC. Throws a RangeError on a zone that does not exist.
 */
export function timeReader(formats: readonly string[], zone: string | undefined): TimeReader {
  const readers = formats.map((name) => ({
    read: named[name] ?? (() => Number.NaN),
    epoch: name.startsWith('epoch'),
  }))
  const offset = zone === undefined ? () => 0 : offsetIn(zone)
  return (value) => {
    for (const { read, epoch } of readers) {
      const ms = read(value)
      if (Number.isNaN(ms)) continue
      const isLocal = !epoch && typeof value === 'string' && !hasZone(value.trim())
      return isLocal ? ms - offset(ms) : ms
    }
    return Number.NaN
  }
}
