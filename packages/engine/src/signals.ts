import type { EnrichedEvent } from '@gatewatch/schema'
import { effectsOf } from './effects.ts'
import { indexOf } from './features/catalogue.ts'
import { daySurprise, usualDay } from './features/numeric.ts'
import { isAuthentication, isPresence } from './features/read.ts'
import { HOUR_BINS, localTime } from './features/time-of-week.ts'
import { distanceKm, hasCoordinates, radiusKm, surelyApart } from './features/travel.ts'
import { busyness } from './population/busyness.ts'
import {
  CAMPAIGN,
  failingAt,
  failuresAt,
  periodOf,
  successesAt,
  usualAt,
} from './population/campaign.ts'
import { campaignKey, campaignOf } from './population/campaign-of.ts'
import { type Population, usersOf } from './population/population.ts'
import { campaignAt, MARK, MARKS, markOf, type Wave } from './population/wave.ts'
import { dayOf, growth } from './profile/decay.ts'
import {
  ACTIVE,
  CLOCK,
  DAY_SUMS,
  FACTOR_AT,
  FIRST,
  HALF_LIFE,
  HISTORY,
  HOURS,
  LAST_SUCCESS,
  MOVES,
  PLACE,
  PLACE_TIME,
  RESET_AT,
} from './profile/layout.ts'
import type { Profile } from './profile/profile.ts'
import {
  bytesOf,
  COUNTER,
  countOf,
  failuresWithin,
  isKnownAttempt,
  usualPeak,
} from './profile/short-memory.ts'
import { slotTotal } from './profile/slots.ts'
import type { Assessment, Signals } from './types.ts'

const AT = {
  country: indexOf('country'),
  city: indexOf('city'),
  asn: indexOf('asn'),
  prefix: indexOf('prefix'),
  device: indexOf('device'),
  os: indexOf('os'),
  browser: indexOf('browser'),
  action: indexOf('action'),
  service: indexOf('service'),
  region: indexOf('region'),
}

const HOUR = 3_600_000

const DAY = 86_400_000

/** Active days below which no day of sending is usual or unusual. */
const FEW_DAYS = 7

/** Works out every signal of `types.ts` from what is known before the event, into `out.signals`. */
export function readSignals(
  input: EnrichedEvent,
  profile: Profile,
  population: Population,
  out: Assessment,
): void {
  const { event } = input
  const { signals, values } = out
  const { f64, f32, u16 } = profile
  const time = event.time
  const first = f64[FIRST >> 1] ?? 0
  const lastSuccess = f64[LAST_SUCCESS >> 1] ?? 0
  const left = 1 / growth(profile, Math.max(dayOf(time), dayOf(f64[CLOCK >> 1] ?? 0)))

  signals.history = (f32[HISTORY] ?? 0) * left
  signals.ageDays = first > 0 ? Math.max(0, Math.floor((time - first) / DAY)) : Number.NaN
  signals.idleDays = lastSuccess > 0 ? Math.max(0, (time - lastSuccess) / DAY) : Number.NaN
  signals.activeDays = u16[ACTIVE * 2] ?? 0

  const stage = event.auth?.stage
  signals.resumed = stage === undefined ? null : stage === 'session'
  signals.newCountry = isNew(profile, AT.country, out)
  signals.newCity = isNew(profile, AT.city, out)
  signals.newAsn = isNew(profile, AT.asn, out)
  signals.newPrefix = isNew(profile, AT.prefix, out)
  signals.newDevice = isNew(profile, AT.device, out)
  signals.newOs = isNew(profile, AT.os, out)
  signals.newBrowser = isNew(profile, AT.browser, out)
  signals.newAction = isNew(profile, AT.action, out)
  signals.newService = isNew(profile, AT.service, out)
  signals.newRegion = isNew(profile, AT.region, out)
  signals.countryUsers = users(population, AT.country, values)
  signals.asnUsers = users(population, AT.asn, values)
  signals.prefixUsers = users(population, AT.prefix, values)
  signals.actionUsers = users(population, AT.action, values)

  readTravel(input, profile, signals)
  const moves = f32[MOVES] ?? 0
  signals.travelRate = moves > 0 ? Math.min(1, (f32[MOVES + 1] ?? 0) / moves) : 0

  const effects = effectsOf(input)
  const count = event.count ?? 1
  signals.failures10m = failuresWithin(profile, time, HOUR / 6)
  signals.failures60m = failuresWithin(profile, time, HOUR)
  if (effects.failure && !isKnownAttempt(profile, out.attempt)) {
    signals.failures10m += count
    signals.failures60m += count
  }
  signals.mfaDenied60m = countOf(profile, COUNTER.mfaDenied, time) + (effects.mfaDenied ? count : 0)
  signals.minutesSincePasswordReset = minutesSince(
    profile,
    population,
    RESET_AT,
    0,
    out.identity,
    time,
  )
  signals.minutesSinceMfaChange = minutesSince(
    profile,
    population,
    FACTOR_AT,
    1,
    out.identity,
    time,
  )
  signals.resets60m = countOf(profile, COUNTER.resets, time) + (effects.resetOfAnother ? count : 0)
  signals.creates60m = countOf(profile, COUNTER.creates, time) + (effects.creates ? count : 0)
  signals.deletes60m = countOf(profile, COUNTER.deletes, time) + (effects.deletes ? count : 0)
  signals.usualCreates60m = usualPeak(profile, 0, time)
  signals.usualDeletes60m = usualPeak(profile, 1, time)
  signals.denied60m = countOf(profile, COUNTER.denied, time) + (effects.denied ? count : 0)
  signals.newActions60m =
    countOf(profile, COUNTER.newActions, time) + (signals.newAction === true ? 1 : 0)
  signals.events60m = countOf(profile, COUNTER.events, time) + count
  signals.usualEvents60m = usualPeak(profile, 2, time)

  signals.bytesOut24h = bytesOf(profile, time) + (event.traffic?.bytes_out ?? 0)
  readDayBytes(profile, left, event.traffic?.bytes_out ?? 0, signals)

  const local = localTime(out.zone, time)
  out.hourBin = local.bin
  signals.localHour = local.hour
  signals.localDay = local.day
  readCampaigns(input, population, out)
  let hours = 0
  for (let i = 0; i < HOUR_BINS; i++) hours += f32[HOURS + i] ?? 0
  signals.hourShare = hours > 0 ? (f32[HOURS + local.bin] ?? 0) / hours : Number.NaN
  signals.networkSurprise = 0
  signals.deviceSurprise = 0
}

function readDayBytes(profile: Profile, left: number, bytes: number, signals: Signals): void {
  const { f32 } = profile
  const sent = {
    n: (f32[DAY_SUMS] ?? 0) * left,
    sum: (f32[DAY_SUMS + 1] ?? 0) * left,
    squares: (f32[DAY_SUMS + 2] ?? 0) * left,
  }
  const usual = usualDay(sent)
  signals.bytesOutUsual = sent.n > 0 ? usual.mean : Number.NaN
  signals.bytesOutUsualSd = sent.n > 0 ? usual.sd : Number.NaN
  // days of sending decay, so active days must not outgrow what is left of daily ones
  const active = Math.min(signals.activeDays, (f32[HALF_LIFE] ?? 0) / Math.LN2)
  // the small events around a large transfer are not what made the day large
  const matters = bytes >= signals.bytesOut24h / 1000
  signals.bytesOutSurprise =
    signals.activeDays < FEW_DAYS || !matters
      ? Number.NaN
      : daySurprise(Math.log1p(signals.bytesOut24h), sent, active)
}

function isNew(
  profile: Profile,
  feature: number,
  { values, known }: Pick<Assessment, 'values' | 'known'>,
): boolean | null {
  const at = known.slots[feature] ?? -1
  if (at >= 0 && (profile.f32[at + 1] ?? 0) > 0) return false
  if (values[feature] === 0 || slotTotal(profile, feature) <= 0) return null
  return at < 0
}

function users(population: Population, feature: number, values: Uint32Array): number {
  const hash = values[feature] ?? 0
  return hash === 0 ? Number.NaN : usersOf(population, feature, hash)
}

function minutesSince(
  profile: Profile,
  population: Population,
  word: number,
  kind: 0 | 1,
  identity: number,
  time: number,
): number {
  const seconds = Math.max(profile.u32[word] ?? 0, population.changes[kind].get(identity) ?? 0)
  const minutes = (time / 1000 - seconds) / 60
  return seconds > 0 && minutes >= 0 && minutes <= 7 * 1440 ? minutes : Number.NaN
}

/** The two letters of a country packed in 16 bits, and back. */
export function packCountry(country: string | undefined): number {
  return country === undefined ? 0 : (country.charCodeAt(0) << 8) | (country.charCodeAt(1) & 0xff)
}

function unpackCountry(packed: number): string | undefined {
  return packed === 0 ? undefined : String.fromCharCode(packed >> 8, packed & 0xff)
}

function readTravel(input: EnrichedEvent, profile: Profile, signals: Signals): void {
  const { event, context } = input
  const { f32, f64, u16 } = profile
  signals.travel = null
  signals.runningSessionCountry = null
  signals.runningSessionHours = Number.NaN
  const then = f64[PLACE_TIME >> 1] ?? 0
  if (then === 0) return
  const country = unpackCountry(u16[(PLACE + 2) * 2] ?? 0)
  const hours = (event.time - then) / HOUR
  if (country !== undefined && hours >= 0 && hours <= 12) {
    signals.runningSessionCountry = country
    signals.runningSessionHours = hours
  }
  if (!isPresence(input) || !hasCoordinates(context.place)) return
  const radius = radiusKm(input)
  if (Number.isNaN(radius)) return
  const lat = f32[PLACE] ?? 0
  const long = f32[PLACE + 1] ?? 0
  const { place } = context
  const distance = distanceKm(lat, long, place.lat, place.long)
  const apart = surelyApart(distance, u16[(PLACE + 2) * 2 + 1] ?? 0, radius)
  signals.travel = {
    from: country === undefined ? { lat, long, time: then } : { lat, long, country, time: then },
    to: {
      lat: place.lat,
      long: place.long,
      time: event.time,
      ...(place.city === undefined ? {} : { city: place.city }),
      ...(place.country === undefined ? {} : { country: place.country }),
    },
    distance_km: distance,
    min_distance_km: apart,
    speed_kmh: apart / Math.max(1 / 60, Math.abs(hours)),
  }
}

function readCampaigns(input: EnrichedEvent, population: Population, out: Assessment): void {
  const { signals, values } = out
  const period = periodOf(input.event.time)
  const busy = busyness(population, 0, out.hourBin)
  const entry = (kind: number) => campaignOf(population, kind, input, values)
  const unless = (kind: number) => (campaignKey(kind, input, values) === 0 ? Number.NaN : 0)
  const prefix = entry(CAMPAIGN.prefix)
  const asn = entry(CAMPAIGN.asn)
  const client = entry(CAMPAIGN.client)
  const tenant = entry(CAMPAIGN.tenant)
  const none = unless(CAMPAIGN.prefix)
  signals.prefixFailures = prefix ? failuresAt(prefix, period) : none
  signals.prefixSuccesses = prefix ? successesAt(prefix, period) : none
  signals.prefixFailingUsers = prefix ? failingAt(prefix, period) : none
  signals.asnFailingUsers = asn ? failingAt(asn, period) : unless(CAMPAIGN.asn)
  signals.clientFailingUsers = client ? failingAt(client, period) : unless(CAMPAIGN.client)
  signals.failingUsers = tenant ? failingAt(tenant, period) : unless(CAMPAIGN.tenant)
  signals.prefixFailingUsersUsual = prefix ? busy * usualAt(prefix, period) : Number.NaN
  signals.asnFailingUsersUsual = asn ? busy * usualAt(asn, period) : Number.NaN
  signals.clientFailingUsersUsual = client ? busy * usualAt(client, period) : Number.NaN
  signals.failingUsersUsual = tenant ? busy * usualAt(tenant, period) : Number.NaN

  const { prefixSuccesses, prefixFailures, newPrefix, newDevice } = signals
  const isExit = prefixSuccesses >= 3 && prefixSuccesses >= 0.5 * prefixFailures
  signals.strangely =
    isAuthentication(input) && newPrefix !== false && newDevice !== false && !isExit
  signals.campaign = 0
  for (let kind = 0; kind < MARKS; kind++) {
    const known = campaignAt(population.marks[kind] ?? NO_MARKS, markOf(kind, out), period)
    if (kind === MARK.prefix) signals.campaignPrefix = known > 0
    if (kind === MARK.device) signals.campaignDevice = known > 0
    if (known > 0 && (signals.campaign === 0 || known < signals.campaign)) signals.campaign = known
  }
}

const NO_MARKS: ReadonlyMap<number, Wave> = new Map()
