import { type AccessEvent, EventsResponse } from '@gatewatch/schema'
import { createWorld } from '@gatewatch/simulator'

/** Events in one request. */
export const CHUNK = 20
/** Events that are sent for each fault, and before the first one. */
const PER_FAULT = 120
const BEFORE = 300
const EVERY_ATTACK = 90
/** Events after which a person is well enough known that a theft is told beyond doubt. */
const KNOWN = 20
/** Other ends of the world. */
const PLACES = [
  { country: 'NZ', city: 'Dunedin', lat: -45.87, long: 170.5 },
  { country: 'CL', city: 'Punta Arenas', lat: -53.16, long: -70.91 },
  { country: 'FJ', city: 'Suva', lat: -18.14, long: 178.44 },
  { country: 'MG', city: 'Toliara', lat: -23.35, long: 43.67 },
  { country: 'PG', city: 'Lae', lat: -6.73, long: 147 },
  { country: 'BO', city: 'Sucre', lat: -19.05, long: -65.26 },
  { country: 'MN', city: 'Khovd', lat: 48.01, long: 91.64 },
]
const DAY = 86_400_000

/**
 * Sign-ins of people whose place is known, so that what they teach depends on nobody else; and now and then one from the other end of the
 * world a few minutes later, on another device, which is told.
 */
export function makeLoad(faults: number): AccessEvent[] {
  const start = Date.now() - 21 * DAY
  const world = createWorld({ seed: 21, people: 70, days: 21, start, attacks: 0, cloud: 0 })
  const honest = Array.from(world.events(), ({ event }) => event)
    .filter(({ actor, src, time, status_id }) => {
      const isPerson = actor.type === 'user' && src.location !== undefined
      return isPerson && status_id === 1 && time < Date.now() - 600_000
    })
    .slice(-(BEFORE + faults * PER_FAULT))
  const seen = new Map<string, number>()
  let due = BEFORE
  return honest.flatMap((event, n) => {
    const person = event.actor.key ?? ''
    const times = (seen.get(person) ?? 0) + 1
    seen.set(person, times)
    if (n < due || times < KNOWN) return [event]
    seen.set(person, Number.NEGATIVE_INFINITY)
    due += EVERY_ATTACK
    return [event, stolen(event, (due - BEFORE) / EVERY_ATTACK)]
  })
}

function stolen(event: AccessEvent, n: number): AccessEvent {
  const time = event.time + 240_000
  return {
    ...event,
    uid: `stolen ${n}`,
    time,
    observed_time: time,
    src: {
      ip: `203.0.${n % 113}.66`,
      ip_kind: 'public',
      location: { ...PLACES[n % PLACES.length], provider: 'vendor' },
    },
    device: { uid: `another device ${n}` },
  }
}

/** When (acknowledged events) the faults of a load are due. */
export function dueTimes(faults: number): number[] {
  return Array.from({ length: faults }, (_, n) => BEFORE + (n + 0.3) * PER_FAULT)
}

/** Posts NDJSON; null where it was not taken, and has to be sent again. */
export async function post(url: string, key: string, body: string): Promise<EventsResponse | null> {
  const response = await fetch(`${url}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' },
    body,
    signal: AbortSignal.timeout(30_000),
  }).catch(() => null)
  if (response === null) return null
  const text = await response.text().catch(() => null)
  if (text === null || response.status >= 500 || response.status === 429) return null
  if (response.status !== 200) throw new Error(`${response.status}: ${text}`)
  return EventsResponse.parse(JSON.parse(text))
}

export function bodyOf(events: readonly AccessEvent[]): string {
  return events.map((event) => JSON.stringify(event)).join('\n')
}

/** Sends each piece until it is acknowledged; `onTaken` hears how many events were, so far. Gives how often a piece was not taken. */
export async function send(
  url: string,
  key: string,
  events: readonly AccessEvent[],
  onTaken: (count: number) => void,
): Promise<number> {
  let refused = 0
  for (let from = 0; from < events.length; ) {
    const piece = events.slice(from, from + CHUNK)
    const answer = await post(url, key, bodyOf(piece))
    if (answer === null) {
      refused += 1
      await pause(50)
      continue
    }
    if (answer.rejected > 0 || answer.updated > 0)
      throw new Error(`changed on its way: ${JSON.stringify(answer)}`)
    from += piece.length
    onTaken(from)
  }
  return refused
}

export function pause(ms: number): Promise<void> {
  return new Promise((later) => setTimeout(later, ms))
}
