import { eventKind, eventOutcome, type Verdict } from '@gatewatch/schema'
import { contributionOf, isOrdinary } from '../../ports/contribution.ts'
import type { JudgedEvent } from '../../ports/store.ts'
import { summarise } from '../../ports/summary.ts'
import { array, plainText } from './arrays.ts'
import type { BatchConnection } from './batch.ts'

const HOUR_MS = 3_600_000

/**
 * Adds a batch to the hourly counts and to the identities' risk, in its own transaction, so that the first screen
 * never counts events. Each connection adds to rows of its own shard.
 */
export async function addRollups(
  { client, tenant, shard }: BatchConnection,
  judged: readonly JudgedEvent[],
): Promise<void> {
  const hours = [...countHours(judged).values()].sort((a, b) => a.hour - b.hour)
  const column = (name: keyof Hour) => array.int8(hours.map((row) => row[name]))
  const places = [...countPlaces(judged).values()].sort(
    (a, b) => a.hour - b.hour || a.lat - b.lat || a.long - b.long,
  )
  const sources = [...countSources(judged)].sort(([a], [b]) => (a < b ? -1 : 1))
  const hourly = client.query({
    ...ADD_HOURS,
    values: [
      tenant,
      shard,
      column('hour'),
      column('events'),
      column('authentications'),
      column('failures'),
      column('highRisk'),
      column('allow'),
      column('challenge'),
      column('deny'),
      array.float8(hours.map((row) => row.maxRisk)),
      array.text(sources.map(([format]) => plainText(format))),
      array.int8(sources.map(([, { events }]) => events)),
      array.int8(sources.map(([, { last }]) => last)),
    ],
  })
  const placed =
    places.length > 0 &&
    client.query({
      ...ADD_PLACES,
      values: [
        tenant,
        shard,
        array.int8(places.map(({ hour }) => hour)),
        array.float8(places.map(({ lat }) => lat)),
        array.float8(places.map(({ long }) => long)),
        array.text(places.map(({ city }) => (city === undefined ? null : plainText(city)))),
        array.text(
          places.map(({ country }) => (country === undefined ? null : plainText(country))),
        ),
        array.int8(places.map(({ events }) => events)),
        array.float8(places.map(({ maxRisk }) => maxRisk)),
      ],
    })
  await Promise.all([hourly, placed, addContributions({ client, tenant }, judged)])
}

/** Moves hourly counts and the identities' risk from what events were judged as (`before`, in the same order) to what they are now. */
export async function moveRollups(
  { client, tenant, shard }: BatchConnection,
  judged: readonly JudgedEvent[],
  before: readonly Verdict[],
): Promise<void> {
  const hours = countHours(judged)
  judged.forEach(({ arriving }, index) => {
    const row = hours.get(hourOf(arriving.event.time))
    const was = before[index]
    if (row === undefined || was === undefined) return
    if (was.risk >= 75) row.highRisk -= 1
    row[was.decision] -= 1
  })
  const rows = [...hours.values()].sort((a, b) => a.hour - b.hour)
  const none = array.int8(rows.map(() => 0))
  const column = (name: keyof Hour) => array.int8(rows.map((row) => row[name]))
  await client.query({
    ...ADD_HOURS,
    values: [
      tenant,
      shard,
      column('hour'),
      none,
      none,
      none,
      column('highRisk'),
      column('allow'),
      column('challenge'),
      column('deny'),
      array.float8(rows.map((row) => row.maxRisk)),
      array.text([]),
      array.int8([]),
      array.int8([]),
    ],
  })
  await client.query(
    `delete from risk_contribution r using unnest($2::text[], $3::int8[], $4::uuid[]) as u(entity, time, key)
     where r.tenant = $1 and r.entity = u.entity and r.time = u.time and r.key = u.key`,
    [
      tenant,
      array.text(judged.map(({ arriving }) => arriving.entity.key)),
      array.int8(judged.map(({ arriving }) => arriving.event.time)),
      array.uuid(judged.map(({ arriving }) => arriving.key)),
    ],
  )
  await addContributions({ client, tenant }, judged)
}

async function addContributions(
  { client, tenant }: Pick<BatchConnection, 'client' | 'tenant'>,
  judged: readonly JudgedEvent[],
): Promise<void> {
  const rows = judged.flatMap(({ arriving, verdict }) => {
    if (isOrdinary(verdict)) return []
    const contribution = contributionOf(summarise(arriving, verdict))
    return contribution === null ? [] : [{ ...contribution, arriving }]
  })
  if (rows.length === 0) return
  await client.query({
    ...ADD_CONTRIBUTIONS,
    values: [
      tenant,
      array.text(rows.map(({ arriving }) => arriving.entity.key)),
      array.int8(rows.map(({ time }) => time)),
      array.uuid(rows.map(({ arriving }) => arriving.key)),
      array.text(rows.map(({ uid }) => plainText(uid))),
      array.text(rows.map(({ code }) => plainText(code))),
      array.text(rows.map(({ text }) => plainText(text))),
      array.float8(rows.map(({ points }) => points)),
    ],
  })
}

interface Hour {
  hour: number
  events: number
  authentications: number
  failures: number
  highRisk: number
  allow: number
  challenge: number
  deny: number
  maxRisk: number
}

function countHours(judged: readonly JudgedEvent[]): Map<number, Hour> {
  const hours = new Map<number, Hour>()
  for (const { arriving, verdict } of judged) {
    const hour = hourOf(arriving.event.time)
    const row = hours.get(hour) ?? emptyHour(hour)
    hours.set(hour, row)
    row.events += 1
    if (eventKind(arriving.event) === 'authentication') {
      row.authentications += 1
      if (eventOutcome(arriving.event) === 'failure') row.failures += 1
    }
    if (verdict.risk >= 75) row.highRisk += 1
    row[verdict.decision] += 1
    row.maxRisk = Math.max(row.maxRisk, verdict.risk)
  }
  return hours
}

function emptyHour(hour: number): Hour {
  return {
    hour,
    events: 0,
    authentications: 0,
    failures: 0,
    highRisk: 0,
    allow: 0,
    challenge: 0,
    deny: 0,
    maxRisk: 0,
  }
}

interface PlaceCount {
  readonly hour: number
  readonly lat: number
  readonly long: number
  readonly city: string | undefined
  readonly country: string | undefined
  events: number
  maxRisk: number
}

/** Events by hour and tenth of a degree, about 11 km. */
function countPlaces(judged: readonly JudgedEvent[]): Map<string, PlaceCount> {
  const places = new Map<string, PlaceCount>()
  for (const { arriving, verdict } of judged) {
    const { lat, long, city, country } = arriving.context.place ?? {}
    if (lat === undefined || long === undefined) continue
    const at = { lat: Math.round(lat * 10) / 10, long: Math.round(long * 10) / 10 }
    const hour = hourOf(arriving.event.time)
    const key = `${hour} ${at.lat} ${at.long}`
    const row = places.get(key) ?? { hour, ...at, city, country, events: 0, maxRisk: 0 }
    places.set(key, row)
    row.events += 1
    row.maxRisk = Math.max(row.maxRisk, verdict.risk)
  }
  return places
}

function countSources(
  judged: readonly JudgedEvent[],
): Map<string, { events: number; last: number }> {
  const sources = new Map<string, { events: number; last: number }>()
  for (const { arriving } of judged) {
    const { format } = arriving.event.source
    const row = sources.get(format) ?? { events: 0, last: arriving.event.time }
    sources.set(format, row)
    row.events += 1
    row.last = Math.max(row.last, arriving.event.time)
  }
  return sources
}

function hourOf(time: number): number {
  return Math.floor(time / HOUR_MS) * HOUR_MS
}

const ADD_HOURS = {
  name: 'add_hours',
  text: `with counted as (
      insert into source_total as s (tenant, format, shard, events, last_event)
      select $1, format, $2, events, last
      from unnest($12::text[], $13::int8[], $14::int8[]) as u(format, events, last)
      on conflict (tenant, format, shard) do update set events = s.events + excluded.events,
        last_event = greatest(s.last_event, excluded.last_event)
    )
    insert into hourly as h (tenant, shard, hour, events, authentications, failures, high_risk,
      allow, challenge, deny, max_risk)
    select $1, $2, * from unnest($3::int8[], $4::int8[], $5::int8[], $6::int8[], $7::int8[],
      $8::int8[], $9::int8[], $10::int8[], $11::float8[])
    on conflict (tenant, hour, shard) do update set events = h.events + excluded.events,
      authentications = h.authentications + excluded.authentications,
      failures = h.failures + excluded.failures, high_risk = h.high_risk + excluded.high_risk,
      allow = h.allow + excluded.allow, challenge = h.challenge + excluded.challenge,
      deny = h.deny + excluded.deny, max_risk = greatest(h.max_risk, excluded.max_risk)`,
}

const ADD_PLACES = {
  name: 'add_places',
  text: `insert into hourly_place as h
      (tenant, shard, hour, lat, long, city, country, events, max_risk)
    select $1, $2, * from unnest($3::int8[], $4::float8[], $5::float8[], $6::text[], $7::text[],
      $8::int8[], $9::float8[])
    on conflict (tenant, hour, lat, long, shard) do update set events = h.events + excluded.events,
      max_risk = greatest(h.max_risk, excluded.max_risk)`,
}

const ADD_CONTRIBUTIONS = {
  name: 'add_contributions',
  text: `insert into risk_contribution (tenant, entity, time, key, uid, code, text, points)
    select $1, * from unnest($2::text[], $3::int8[], $4::uuid[], $5::text[], $6::text[], $7::text[],
      $8::float8[])
    on conflict do nothing`,
}
