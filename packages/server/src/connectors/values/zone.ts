const zoned = /(z|utc|gmt|[+-]\d\d:?(\d\d)?\]?)$/i

/** Does a text that tells a time name its zone? A date alone ends like an offset: 2024-05-01. */
export function hasZone(text: string): boolean {
  return zoned.test(text) && text.includes(':')
}

/**
 * How far a clock in this zone (an IANA name or an offset like +02:00) is ahead of UTC at what it shows, both in ms. Throws a
 * RangeError on a zone that does not exist.
 */
export function offsetIn(zone: string): (local: number) => number {
  const fixed = /^([+-])(\d\d):?(\d\d)$/.exec(zone)
  if (fixed !== null) {
    const ms = (Number(fixed[2]) * 60 + Number(fixed[3])) * 60_000
    return () => (fixed[1] === '-' ? -ms : ms)
  }
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
  const at = (instant: number): number => {
    const name =
      format.formatToParts(instant).find((part) => part.type === 'timeZoneName')?.value ?? ''
    const parts = /([+-])(\d\d):(\d\d)/.exec(name)
    if (parts === null) return 0
    const ms = (Number(parts[2]) * 60 + Number(parts[3])) * 60_000
    return parts[1] === '-' ? -ms : ms
  }
  // The offset is that of the instant, which the offset gives: twice is enough but for the hour that a change repeats.
  return (local) => at(local - at(local))
}

const known = new Map<string, (local: number) => number>()

/** What a clock in this zone shows, ms, as ms UTC. Throws a RangeError on a zone that does not exist. */
export function fromZone(local: number, zone: string): number {
  let offset = known.get(zone)
  if (offset === undefined) {
    offset = offsetIn(zone)
    // Zones come from settings and are few; whoever sends others must not fill the memory.
    if (known.size < 1_000) known.set(zone, offset)
  }
  return local - offset(local)
}

/** Is there a zone of this name, or is it an offset? */
export function isZone(zone: string): boolean {
  try {
    offsetIn(zone)
    return true
  } catch {
    return false
  }
}
