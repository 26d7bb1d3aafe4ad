import {
  type AlertSummary,
  type ChannelHours,
  type ChannelRoute,
  type Notice,
  SEVERITIES,
  type TuningHours,
} from '@gatewatch/schema'
import { isEnding, type Plan, type StoredChannel } from '../ports/outbox.ts'

const MINUTE = 60_000

/** When and how a channel is told of a notice, planned at `now` (ms); null: it is not its business. */
export function planDelivery(notice: Notice, channel: StoredChannel, now: number): Plan | null {
  const { enabled, route } = channel
  if (!enabled) return null
  // Of another channel's trouble everybody hears; of their own they would not.
  if (notice.about !== 'alert') {
    if (notice.about === 'channel' && notice.channel === channel.id) return null
    return { due: now, digest: null, escalates: false }
  }
  if (!isRouted(notice.alert, route) || !route.changes.includes(notice.change)) return null
  const isWaited = route.escalate_minutes !== undefined && !isEnding(notice)
  const from = now + (isWaited ? (route.escalate_minutes ?? 0) * MINUTE : 0)
  const due = route.hours === undefined ? from : nextWithin(route.hours, notice.alert, from)
  if (route.digest_minutes === undefined) return { due, digest: null, escalates: isWaited }
  const span = route.digest_minutes * MINUTE
  const digest = (Math.floor(due / span) + 1) * span
  return { due: digest, digest, escalates: isWaited }
}

function isRouted(alert: AlertSummary, { min_severity, entities, techniques }: ChannelRoute) {
  if (SEVERITIES.indexOf(alert.severity) < SEVERITIES.indexOf(min_severity)) return false
  const isOne = (patterns: readonly string[], names: readonly string[]) =>
    patterns.some((pattern) => names.some((name) => fits(name, pattern)))
  if (entities !== undefined && !isOne(entities, [alert.entity, alert.entity_name])) return false
  return techniques === undefined || isOne(techniques, alert.techniques)
}

/** Does the name fit the pattern, in which * stands for anything? Case does not matter. Takes time linear in both. */
export function fits(name: string, pattern: string): boolean {
  const text = name.toLowerCase()
  const [first = '', ...rest] = pattern.toLowerCase().split('*')
  const last = rest.pop()
  if (last === undefined) return text === first
  if (!text.startsWith(first)) return false
  let at = first.length
  for (const part of rest) {
    const found = text.indexOf(part, at)
    if (found === -1) return false
    at = found + part.length
  }
  return text.length - last.length >= at && text.endsWith(last)
}

/** The first moment (ms) from `time` on that lies within the hours, to the minute; `time` itself for what does not wait. */
function nextWithin(hours: ChannelHours, { severity }: AlertSummary, time: number): number {
  if (SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(hours.always_from)) return time
  const zone = zoneOf(hours)
  if (isWithin(hours, zone, time)) return time
  // A quarter of an hour is as fine as clocks change; the last one is looked through by the minute.
  const step = 15 * MINUTE
  let at = Math.floor(time / step) * step + step
  for (let steps = 0; steps < 8 * 96; steps++, at += step) {
    if (!isWithin(hours, zone, at)) continue
    for (let earlier = Math.max(time, at - step); earlier < at; earlier += MINUTE) {
      if (isWithin(hours, zone, earlier)) return earlier
    }
    return at
  }
  return time
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** Reads the clock and the day of a week in the time zone of some hours; made once and asked often. */
export function zoneOf({ time_zone }: Pick<TuningHours, 'time_zone'>): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone: time_zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
}

/** Does a time (ms) lie within the hours? `zone` is theirs. */
export function isWithin(hours: TuningHours, zone: Intl.DateTimeFormat, time: number): boolean {
  const parts = new Map(zone.formatToParts(time).map(({ type, value }) => [type, value]))
  const day = DAYS.indexOf(parts.get('weekday') ?? '') + 1
  const clock = `${parts.get('hour')}:${parts.get('minute')}`
  const { from, until, days } = hours
  if (from < until) return days.includes(day) && clock >= from && clock < until
  // Over midnight: what lies before the end belongs to the day before.
  const before = day === 1 ? 7 : day - 1
  return (clock >= from && days.includes(day)) || (clock < until && days.includes(before))
}
