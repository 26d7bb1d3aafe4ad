import type { EnrichedEvent } from '@gatewatch/schema'
import { followActions, judgesActions } from './actions.ts'
import { collectCodes } from './codes.ts'
import {
  histogramOf,
  holdsSignIns,
  judgedIn,
  riskOf,
  SHORT,
  scoresIn,
  tailProbability,
} from './combine/calibrate.ts'
import { entryWeight } from './combine/entry.ts'
import { restrained } from './combine/restrain.ts'
import { crowdPoints } from './detectors/crowd.ts'
import { hourPoints, travelPoints } from './detectors/hour.ts'
import { UNVOUCHED, unvouchedPoints } from './detectors/management.ts'
import { createKnown, surprise } from './detectors/surprise.ts'
import { followSession } from './detectors/takeover-session.ts'
import { joinPatterns, positivePoints } from './detectors/together.ts'
import { numericPoints } from './detectors/volume.ts'
import { SEQUENCE } from './features/action-class.ts'
import { catalogue, indexOf, REMEMBERED } from './features/catalogue.ts'
import { defaultModels } from './models/shipped.ts'
import { hasVector, readVector, VECTOR } from './models/vector.ts'
import { judgedRate, type Population } from './population/population.ts'
import type { Profile } from './profile/profile.ts'
import { createSession } from './profile/session.ts'
import { readEvent } from './read-event.ts'
import { evaluateRules } from './rules/index.ts'
import { readSignals } from './signals.ts'
import type { Assessment, Models, Signals } from './types.ts'

const AT = {
  hour: indexOf('hour'),
  travel: indexOf('travel'),
}

/** Terms of members of the ensemble. */
const ENSEMBLE = [...catalogue.keys()].filter((i) => catalogue[i]?.group === 'ensemble')

/** Terms that say where somebody comes from. */
const NETWORK = [...catalogue.keys()].filter((i) => catalogue[i]?.group === 'network')

/**
 * What is left of the surprise of a network that the organisation says is its own: it is no habit of the identity's yet, and whoever
 * stole a way in comes from there as well. Device, hour, actions, rules and campaigns count whole.
 */
const OWN_SHARE = 0.25

/** The risk of a newcomer stays below 86 as long as no rule speaks. */
const SHORT_MOST_RISK = 85

/** Share of benign events that the default policy lets raise an alert. */
const BUDGET = 1e-3

/**
 * An empty assessment; made once and given to every `assess`. Its numbers that are not always small and whole are NaN at first: a
 * field that begins as a whole number and becomes another one later costs all compiled code that reads the object.
 */
export function createAssessment(): Assessment {
  return {
    score: Number.NaN,
    risk: Number.NaN,
    probability: Number.NaN,
    decision: 'allow',
    signals: emptySignals(),
    points: new Float64Array(catalogue.length),
    raw: new Float64Array(catalogue.length),
    findings: [],
    notAssessed: [],
    values: new Uint32Array(REMEMBERED),
    known: createKnown(),
    identity: Number.NaN,
    target: Number.NaN,
    attempt: Number.NaN,
    zone: 0,
    hourBin: 0,
    histogram: 0,
    vector: new Float64Array(VECTOR.length).fill(Number.NaN),
    actions: new Float64Array(SEQUENCE),
    models: defaultModels,
    isLate: false,
    isFuture: false,
    alerted: false,
    entryWeight: Number.NaN,
    session: createSession(),
    alertShift: Number.NaN,
  }
}

/** Judges an event against what is known. Changes nothing but `out`, which the caller owns. */
export function assess(
  input: EnrichedEvent,
  profile: Profile,
  population: Population,
  models: Models,
  out: Assessment,
): void {
  const { points, signals } = out
  readEvent(input, profile, population, out)
  surprise(input.event.time, out.values, profile, population, points, out.known)
  if (input.context.network?.own !== undefined) calmNetwork(points)
  readSignals(input, profile, population, out)
  points[AT.hour] = hourPoints(input, profile, population, out)
  points[AT.travel] = travelPoints(profile, signals)
  numericPoints(input, profile, population, out)
  crowdPoints(input, population, out)
  const histogram = histogramOf(input, signals)
  out.histogram = histogram
  out.models = models
  const joined = hasVector(histogram)
  if (joined) readVector(out)
  else out.vector.fill(Number.NaN)
  followActions(input, profile, models, out)

  const { raw } = out
  for (let i = 0; i < points.length; i++) {
    // a term that could not be worked out says nothing
    raw[i] = Number.isNaN(points[i]) ? 0 : (points[i] ?? 0)
  }
  joinPatterns(raw)
  raw[UNVOUCHED] = unvouchedPoints(input, profile, out.known, raw)
  for (const i of ENSEMBLE) raw[i] = 0
  const acts = judgesActions(input, out)
  if (joined || acts) {
    for (const member of models.members) {
      const readsActions = member.reads === 'actions'
      if (readsActions ? acts : joined) {
        raw[member.term] = member.points(readsActions ? out.actions : out.vector)
      }
    }
  }
  signals.networkSurprise = positivePoints(raw, 'network')
  signals.deviceSurprise = positivePoints(raw, 'device')
  followSession(input, profile, population, out)
  let score = 0
  for (let i = 0; i < points.length; i++) {
    const weighed = (raw[i] ?? 0) * (models.head[i] ?? 0)
    points[i] = Number.isNaN(weighed) ? 0 : weighed
    score += points[i] ?? 0
  }
  out.findings = restrained(evaluateRules({ input, signals }))
  for (const finding of out.findings) score += finding.points
  out.score = score

  let risk = riskOf(tailProbability(population, histogram, score))
  if (signals.history < SHORT && out.findings.length === 0) risk = Math.min(risk, SHORT_MOST_RISK)
  out.risk = risk
  out.probability = 0
  out.decision = 'allow'
  out.alerted = false
  out.entryWeight = entryWeight(population, histogram, risk, out.findings)
  out.alertShift = alertShift(population, input, histogram)
  collectCodes(input, out, scoresIn(population, histogram), judgedIn(population))
}

function calmNetwork(points: Float64Array): void {
  for (const i of NETWORK) {
    const surprised = points[i] ?? 0
    if (surprised > 0) points[i] = surprised * OWN_SHARE
  }
}

/** False alerts without a finding a day and 1,000 identities that sign-ins, and that everything else, may make. */
const DAILY = [0.5, 0.2] as const

/** Busy organisations see one event in 1,000 often: how much more risk than usual keeps their false alerts few, 0-25. */
function alertShift(population: Population, input: EnrichedEvent, histogram: number): number {
  const rate = judgedRate(population, histogram, input.entity.class === 'service' ? 1 : 0)
  const allowed = DAILY[holdsSignIns(histogram) ? 0 : 1] / 1000
  const excess = (rate * BUDGET) / allowed
  return excess > 1 ? Math.min(25, riskOf(1 / excess)) : 0
}

function emptySignals(): Signals {
  return {
    history: Number.NaN,
    ageDays: Number.NaN,
    idleDays: Number.NaN,
    activeDays: 0,
    resumed: null,
    newCountry: null,
    newCity: null,
    newAsn: null,
    newPrefix: null,
    newDevice: null,
    newOs: null,
    newBrowser: null,
    newAction: null,
    newService: null,
    newRegion: null,
    countryUsers: Number.NaN,
    asnUsers: Number.NaN,
    prefixUsers: Number.NaN,
    actionUsers: Number.NaN,
    travel: null,
    travelRate: Number.NaN,
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
    usualCreates60m: Number.NaN,
    usualDeletes60m: Number.NaN,
    denied60m: 0,
    newActions60m: 0,
    events60m: 0,
    usualEvents60m: Number.NaN,
    bytesOut24h: Number.NaN,
    bytesOutUsual: Number.NaN,
    bytesOutUsualSd: Number.NaN,
    bytesOutSurprise: Number.NaN,
    prefixFailingUsers: Number.NaN,
    prefixFailures: Number.NaN,
    prefixSuccesses: Number.NaN,
    asnFailingUsers: Number.NaN,
    clientFailingUsers: Number.NaN,
    failingUsers: Number.NaN,
    prefixFailingUsersUsual: Number.NaN,
    asnFailingUsersUsual: Number.NaN,
    clientFailingUsersUsual: Number.NaN,
    failingUsersUsual: Number.NaN,
    strangely: false,
    campaign: 0,
    campaignPrefix: false,
    campaignDevice: false,
    localHour: 0,
    localDay: 0,
    hourShare: Number.NaN,
    networkSurprise: Number.NaN,
    deviceSurprise: Number.NaN,
    session: null,
    chains: Number.NaN,
  }
}
