import type { AccessEvent, EnrichedEvent } from '@gatewatch/schema'
import type { RuleExample } from '../rules/rule.ts'
import type { DetectorInput, Signals } from '../types.ts'

/** Monday 16 June 2025, 09:00 UTC, in ms: when the neutral event happens. */
const MORNING = Date.UTC(2025, 5, 16, 9)

/** Signals of an identity with a year of steady history, about which nothing is strange and nothing unknown but travel. */
export function neutralSignals(): Signals {
  return {
    history: 200,
    ageDays: 365,
    idleDays: 0.7,
    activeDays: 240,
    resumed: false,
    newCountry: false,
    newCity: false,
    newAsn: false,
    newPrefix: false,
    newDevice: false,
    newOs: false,
    newBrowser: false,
    newAction: false,
    newService: false,
    newRegion: false,
    countryUsers: 800,
    asnUsers: 120,
    prefixUsers: 12,
    actionUsers: 300,
    travel: null,
    travelRate: 0,
    runningSessionCountry: null,
    runningSessionHours: Number.NaN,
    failures10m: 0,
    failures60m: 0,
    mfaDenied60m: 0,
    minutesSincePasswordReset: Number.NaN,
    minutesSinceMfaChange: Number.NaN,
    resets60m: 0,
    creates60m: 0,
    deletes60m: 0,
    usualCreates60m: 0,
    usualDeletes60m: 0,
    denied60m: 0,
    newActions60m: 0,
    events60m: 4,
    usualEvents60m: 20,
    bytesOut24h: 0,
    bytesOutUsual: 0,
    bytesOutUsualSd: 1,
    bytesOutSurprise: 0,
    prefixFailingUsers: 0,
    prefixFailures: 0,
    prefixSuccesses: 0,
    asnFailingUsers: 0,
    clientFailingUsers: 0,
    failingUsers: 0,
    prefixFailingUsersUsual: 0,
    asnFailingUsersUsual: 0,
    clientFailingUsersUsual: 0,
    failingUsersUsual: 0,
    strangely: false,
    campaign: 0,
    campaignPrefix: false,
    campaignDevice: false,
    localHour: 9,
    localDay: 0,
    hourShare: 0.1,
    networkSurprise: 0,
    deviceSurprise: 0,
    session: null,
    chains: 0,
  }
}

/** Signals of which nothing is known: NaN for numbers, null for the rest. */
export function unknownSignals(): Signals {
  const signals = neutralSignals()
  for (const name of Object.keys(signals) as (keyof Signals)[]) forget(signals, name)
  return signals
}

/** Makes one signal unknown, in place. */
export function forget(signals: Signals, name: keyof Signals): void {
  const value = signals[name]
  Object.assign(signals, { [name]: typeof value === 'number' ? Number.NaN : null })
}

/** A person's ordinary, successful sign-in from home with a known browser. */
export function neutralEvent(): EnrichedEvent {
  const event: AccessEvent = {
    v: 1,
    uid: 'example',
    uid_kind: 'native',
    revision: 0,
    time: MORNING,
    observed_time: MORNING,
    source: { vendor: 'example', product: 'directory', format: 'generic', connector: 'example' },
    class_uid: 3002,
    activity_id: 1,
    activity: 'sign-in',
    status_id: 1,
    actor: { type: 'user', name: 'ada@example.com', key: 'user:ada@example.com' },
    src: { ip: '192.0.2.10', ip_kind: 'public' },
    auth: { stage: 'primary', is_mfa: true },
  }
  return {
    event,
    context: {
      place: { country: 'DE', city: 'Berlin', provider: 'geoip' },
      network: { prefix: '192.0.2.0/24', asn: 64496, class: 'residential' },
      client: { os: 'Windows', browser: 'Chrome', kind: 'browser' },
      missing: [],
    },
    entity: { key: 'user:ada@example.com', name: 'ada@example.com', class: 'human' },
  }
}

/** What a rule sees in an example: the neutral situation with the example's differences. */
export function exampleInput(example: RuleExample): DetectorInput {
  const neutral = neutralEvent()
  const { actor, src, auth, ...event } = example.event ?? {}
  return {
    input: {
      event: {
        ...neutral.event,
        ...event,
        actor: { ...neutral.event.actor, ...actor },
        src: { ...neutral.event.src, ...src },
        auth: { stage: 'primary', is_mfa: true, ...auth },
      },
      context: { ...neutral.context, ...example.context },
      entity: { ...neutral.entity, ...example.entity },
    },
    signals: { ...neutralSignals(), ...example.signals },
  }
}
