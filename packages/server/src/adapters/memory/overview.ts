import type { Decision, Overview, Severity } from '@gatewatch/schema'
import { OVERVIEW_HOURS } from '../../ports/reader.ts'
import type { EventRow, TenantLedger } from './ledger.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Counts of the first screen, by going over all events: memory is for tests and small demonstrations. Times in ms. */
export function memoryOverview(
  own: TenantLedger,
  now: number,
): Omit<Overview, 'demo' | 'top_entities'> {
  const events = [...own.events.values()]
  const end = (Math.floor(now / HOUR_MS) + 1) * HOUR_MS
  const start = end - OVERVIEW_HOURS * HOUR_MS
  const day = events.filter(({ time }) => time >= start && time < end)
  const open_alerts: Record<Severity, number> = { low: 0, medium: 0, high: 0, critical: 0 }
  for (const { alert } of own.alerts.values()) {
    if (alert.status === 'open') open_alerts[alert.severity] += 1
  }
  const decisions_24h: Record<Decision, number> = { allow: 0, challenge: 0, deny: 0 }
  for (const { verdict } of day) decisions_24h[verdict.decision] += 1
  return {
    events_total: events.length,
    events_24h: day.length,
    entities_total: own.profiles.size,
    open_alerts,
    decisions_24h,
    hours: hoursOf(events, now),
    compared: {
      day_before: dayOf(events, start - DAY_MS),
      week_before: dayOf(events, start - 7 * DAY_MS),
    },
    places: placesOf(day),
    sources: sourcesOf(events),
    dead_letters: own.deadLetters.length,
  }
}

function dayOf(events: readonly EventRow[], start: number): Overview['compared']['day_before'] {
  const day = events.filter(({ time }) => time >= start && time < start + DAY_MS)
  return { events: day.length, high_risk: day.filter(({ verdict }) => verdict.risk >= 75).length }
}

function hoursOf(events: readonly EventRow[], now: number): Overview['hours'] {
  const first = (Math.floor(now / HOUR_MS) - OVERVIEW_HOURS + 1) * HOUR_MS
  return Array.from({ length: OVERVIEW_HOURS }, (_, index) => {
    const time = first + index * HOUR_MS
    const within = events.filter((row) => row.time >= time && row.time < time + HOUR_MS)
    const authentications = within.filter(({ verdict }) => verdict.kind === 'authentication')
    return {
      time,
      events: within.length,
      authentications: authentications.length,
      failures: authentications.filter(({ verdict }) => verdict.outcome === 'failure').length,
      max_risk: within.reduce((max, { verdict }) => Math.max(max, verdict.risk), 0),
      high_risk: within.filter(({ verdict }) => verdict.risk >= 75).length,
    }
  })
}

function placesOf(day: readonly EventRow[]): Overview['places'] {
  const places = new Map<string, Overview['places'][number]>()
  for (const { input, verdict } of day) {
    const { lat, long, city, country } = input.context.place ?? {}
    if (lat === undefined || long === undefined) continue
    const at = { lat: Math.round(lat * 10) / 10, long: Math.round(long * 10) / 10 }
    const held = places.get(`${at.lat} ${at.long}`)
    places.set(`${at.lat} ${at.long}`, {
      ...(held ?? {
        ...at,
        ...(city === undefined ? {} : { city }),
        ...(country === undefined ? {} : { country }),
      }),
      events: (held?.events ?? 0) + 1,
      max_risk: Math.max(held?.max_risk ?? 0, verdict.risk),
    })
  }
  return [...places.values()]
    .sort((a, b) => b.max_risk - a.max_risk || b.events - a.events)
    .slice(0, 300)
}

function sourcesOf(events: readonly EventRow[]): Overview['sources'] {
  const sources = new Map<string, { format: string; events: number; last_event: number }>()
  for (const { time, input } of events) {
    const { format } = input.event.source
    const held = sources.get(format) ?? { format, events: 0, last_event: time }
    held.events += 1
    held.last_event = Math.max(held.last_event, time)
    sources.set(format, held)
  }
  return [...sources.values()].sort((a, b) => b.events - a.events)
}
