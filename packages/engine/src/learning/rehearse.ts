import type { EnrichedEvent } from '@gatewatch/schema'
import { hourPoints } from '../detectors/hour.ts'
import { MANAGEMENT, managementHash } from '../detectors/management.ts'
import { createKnown, surprise } from '../detectors/surprise.ts'
import { catalogue, indexOf, REMEMBERED } from '../features/catalogue.ts'
import { keyedHash } from '../features/keyed-hash.ts'
import { isPresence } from '../features/read.ts'
import { REHEARSED } from '../models/contrastive-head.ts'
import { ADD, add } from '../population/delta.ts'
import { type Population, type PopulationDelta, shrink, usersOf } from '../population/population.ts'
import { EXCHANGED, pack, pick, type Rehearsal, STRANGER } from '../population/rehearsals.ts'
import type { Profile } from '../profile/profile.ts'
import { findSlot } from '../profile/slots.ts'
import { IDENTITY } from '../read-event.ts'
import type { Assessment } from '../types.ts'
import { keepSample } from './sample.ts'

const PLACES = REHEARSED.slice(0, EXCHANGED)
const NETWORK = PLACES.filter((i) => catalogue[i]?.group === 'network').length
const OS = indexOf('os')
const COUNTRY = PLACES.indexOf(indexOf('country'))
const PREFIX = PLACES.indexOf(indexOf('prefix'))
const DEVICE = PLACES.indexOf(indexOf('device'))
const MANAGED_AT = PLACES.indexOf(MANAGEMENT)
const APP = PLACES.indexOf(indexOf('app'))

/** Largest share of sign-ins that is rehearsed, and how many are aimed at in the organisation's memory of 46 days. */
const MOST = 1 / 4
const AIM = 1_024
/** Risk from which an event is no example of anybody's usual. */
const TOO_STRANGE = 75
/** A network that so many identities share is not where strangers come from. */
const SHARED = 3
const TRIES = 24

const values = new Uint32Array(REMEMBERED)
const known = createKnown()
const points = new Float64Array(catalogue.length)

/**
 * Keeps what models are refitted on: sign-ins as members of the ensemble saw them (sample.ts), and, for the head, of a few
 * what each surprised with, and what it would have surprised with had another identity's recent context come in this one's
 * name with a device never seen. In turn: from anywhere; from the same country; from the same country with the identity's
 * own kind of client. Nothing is needed but what everybody shows; which sign-ins are taken depends on identity and time
 * alone. Call it between `assess` and `learn`; it changes `delta` only.
 */
export function rehearse(
  input: EnrichedEvent,
  assessment: Assessment,
  profile: Profile,
  population: Population,
  delta: PopulationDelta,
): void {
  const seconds = Math.floor(input.event.time / 1000)
  const chance = mixed(assessment.identity ^ seconds)
  keepSample(seconds, assessment, population, delta, mixed(chance ^ 0x2545f491))
  if (!isExample(input, assessment)) return
  if (chance / 0x1_0000_0000 >= rate(population)) return
  const own = REHEARSED.map((i) => assessment.raw[i] ?? 0)
  const kind = 1 + (mixed(chance) % 3)
  const lender = findLender(kind, chance, assessment, profile, population)
  delta.rehearsals.push({
    time: seconds,
    identity: assessment.identity,
    lender: lender?.identity ?? 0,
    values: Uint32Array.from(PLACES, (i) => assessment.values[i] ?? 0),
    hourBin: assessment.hourBin,
    kind: lender === undefined ? STRANGER.none : kind,
    own: pack(own),
    strange:
      lender === undefined
        ? new Int8Array(0)
        : strangerPoints(kind, chance, lender, input, assessment, profile, population),
  })
}

/**
 * Takes an identity out of everything that is kept under its hash up to `time` (ms): before it is erased. What others
 * still add of it by then is not kept, whatever order it comes in; members are due to be fitted anew.
 */
export function withdrawRehearsals(
  entityKey: string,
  time: number,
  population: Population,
  delta: PopulationDelta,
): void {
  const hash = keyedHash(population.key, IDENTITY, 0, entityKey)
  add(delta, ADD.forget, 0, hash, Math.ceil(time / 1000), 1)
}

function isExample(input: EnrichedEvent, { risk, signals, isLate, isFuture }: Assessment): boolean {
  return (
    input.event.status_id === 1 &&
    input.entity.class !== 'service' &&
    isPresence(input) &&
    risk < TOO_STRANGE &&
    signals.history >= 1 &&
    !isLate &&
    !isFuture
  )
}

/** Share of sign-ins to rehearse: the larger the organisation, the smaller. */
function rate(population: Population): number {
  const signIns = (population.judged[0] ?? 0) * shrink(population)
  return Math.min(MOST, AIM / Math.max(1, signIns))
}

function findLender(
  kind: number,
  chance: number,
  { identity, values: own }: Assessment,
  profile: Profile,
  population: Population,
): Rehearsal | undefined {
  const { rehearsals } = population
  const prefixAt = PLACES[PREFIX] ?? 0
  let dice = chance
  for (let n = 0; n < TRIES && rehearsals.length > 0; n++) {
    dice = mixed(dice)
    const one = pick(rehearsals, dice)
    if (one === undefined || one.identity === identity) continue
    if (kind !== STRANGER.anywhere && one.values[COUNTRY] !== own[PLACES[COUNTRY] ?? 0]) continue
    // an office that both sit in makes nobody a stranger
    const prefix = one.values[PREFIX] ?? 0
    if (prefix === 0 || findSlot(profile, prefixAt, prefix) >= 0) continue
    if (usersOf(population, prefixAt, prefix) >= SHARED) continue
    return one
  }
  return undefined
}

function strangerPoints(
  kind: number,
  chance: number,
  lender: Rehearsal,
  input: EnrichedEvent,
  assessment: Assessment,
  profile: Profile,
  population: Population,
): Int8Array {
  values.set(assessment.values)
  const last = kind === STRANGER.sameCountryAndClient ? NETWORK : EXCHANGED
  for (let k = 0; k < last; k++) {
    // whoever comes in a name opens what that person opens
    if (k === APP || k === MANAGED_AT) continue
    values[PLACES[k] ?? 0] = lender.values[k] ?? 0
  }
  // where sign-ins carry no device, a stranger's would not either
  const device = PLACES[DEVICE] ?? 0
  values[device] = (assessment.values[device] ?? 0) === 0 ? 0 : mixed(chance ^ 0x5bd1e995)
  // and none that the employer manages
  values[MANAGEMENT] = managementHash(population, values[OS] ?? 0, 'not managed')
  surprise(input.event.time, values, profile, population, points, known)
  const hour = assessment.hourBin
  // whoever copies the client copies the hours too
  if (kind !== STRANGER.sameCountryAndClient) assessment.hourBin = lender.hourBin
  points[indexOf('hour')] = hourPoints(input, profile, population, assessment)
  assessment.hourBin = hour
  return pack(REHEARSED.map((i) => points[i] ?? 0))
}

/** A 32-bit mix (splitmix32, finaliser by Degski) that leaves no pattern of its input; never 0. */
function mixed(x: number): number {
  let z = (x + 0x9e3779b9) | 0
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
  return (z ^ (z >>> 15)) >>> 0 || 1
}
