import {
  applyDelta,
  assess,
  createAssessment,
  createDelta,
  createPopulation,
  createProfile,
  decide,
  defaultModels,
  defaultPolicy,
  draftAlert,
  learn,
  type Profile,
  refit,
  rehearse,
} from '@gatewatch/engine'
import type { AccessEvent } from '@gatewatch/schema'
import type { AttackType, SimulatedEvent } from '@gatewatch/simulator'
import { enrich } from '../pipeline/enrich.ts'
import type { NetworkLookup, PlaceLookup } from '../ports/lookup.ts'
import { type Contender, contenders } from './contenders.ts'
import type { IncidentRow } from './measure-campaigns.ts'

const DAY = 86_400_000
/** Events after which the head is fitted anew for the column that uses it. */
const REFIT_EVERY = 10_000

/** Truth as the measures need it: what it was, whose account it happened to, and which attacker's doing it was. */
export interface JudgedTruth {
  readonly label: 'benign' | AttackType
  readonly victim: string
  readonly campaign: string
}

/** What came of one run: a column for each contender over all judged sign-ins, and the days of activity beside them. */
export interface Trial {
  readonly names: readonly string[]
  /** One row for each successful sign-in after the warm-up; scores in the order of `names`. */
  readonly signIns: readonly SignInRow[]
  /** One row for each identity and UTC day with cloud or account activity after the warm-up. */
  readonly activity: readonly ActivityRow[]
  /** Events after the warm-up that raised an alert or were an attacker's. */
  readonly incidents: readonly IncidentRow[]
  /** The first moment that is counted, ms. */
  readonly counted: number
  readonly events: number
  readonly attackSignInsInWarmUp: number
  readonly days: number
  readonly prevalence: number
  /** Mean time of assessing and learning one event, microseconds. */
  readonly microseconds: number
}

/** One judged sign-in. `decision` and `risk` are as shipped. */
export interface SignInRow {
  readonly scores: Float64Array
  readonly risk: number
  readonly isAlert: boolean
  readonly isStopped: boolean
  readonly probability: number
  readonly history: number
  readonly time: number
  readonly truth: JudgedTruth
}

/** The strangest moment of one identity's day. */
export interface ActivityRow {
  readonly entity: string
  readonly day: number
  score: number
  truth: JudgedTruth
}

/** How a trial is run. `start` in ms, UTC; nothing before `start + warmUp` days is counted. */
export interface TrialOptions {
  readonly start: number
  readonly days: number
  readonly warmUp: number
  readonly seed: number
  readonly lookups: { readonly places: PlaceLookup; readonly networks: NetworkLookup }
  readonly progress?: (events: number, day: number) => void
}

/**
 * Plays events in the order of their time through the engine and every contender: score, record, learn. The truth of an
 * event is read only after everybody has judged it and learned from it, and is only written down.
 */
export function runTrial(stream: Iterable<SimulatedEvent>, options: TrialOptions): Trial {
  const counted = options.start + options.warmUp * DAY
  const judge = createJudge(options)
  const { rivals } = judge
  const signIns: SignInRow[] = []
  const activity = new Map<string, ActivityRow>()
  const incidents: IncidentRow[] = []
  let events = 0
  let attackSignInsInWarmUp = 0
  for (const simulated of stream) {
    const { event } = simulated
    const judged = judge.next(event)
    const truth = judgedTruth(simulated, judged.entity)
    events++
    if (events % 20_000 === 0) {
      options.progress?.(events, Math.floor((event.time - options.start) / DAY))
    }
    if (event.time >= counted && (judged.group !== null || truth.label !== 'benign')) {
      const { entity, group, isCampaign } = judged
      incidents.push({ time: event.time, entity, group, isCampaign, truth })
    }
    if (event.time < counted) {
      if (judged.row !== null && truth.label !== 'benign') attackSignInsInWarmUp++
    } else if (judged.row !== null) {
      signIns.push({ ...judged.row, truth })
    } else if (event.class_uid !== 3002) {
      noteActivity(activity, judged, event, truth)
    }
  }
  return {
    names: rivals.map(({ name }) => name),
    signIns,
    activity: [...activity.values()],
    incidents,
    counted,
    events,
    attackSignInsInWarmUp,
    days: options.days - options.warmUp,
    prevalence: defaultPolicy.prevalence,
    microseconds: events === 0 ? Number.NaN : (judge.spent() / events) * 1000,
  }
}

interface Judged {
  readonly entity: string
  readonly score: number
  /** The alert that the event joins, and whether it is a campaign's. */
  readonly group: string | null
  readonly isCampaign: boolean
  readonly row: Omit<SignInRow, 'truth'> | null
}

function createJudge({ lookups, seed }: TrialOptions) {
  const key = new Uint8Array(16)
  new DataView(key.buffer).setUint32(0, seed)
  const population = createPopulation(key)
  const profiles = new Map<string, Profile>()
  const assessment = createAssessment()
  let spent = 0
  let taken = 0
  let fitted = defaultModels
  const rivals: readonly Contender[] = contenders(seed, () => fitted)
  return {
    rivals,
    /** Milliseconds spent in the engine. */
    spent: () => spent,
    next(event: AccessEvent): Judged {
      const input = enrich(event, lookups)
      const entity = input.entity.key
      let profile = profiles.get(entity)
      if (profile === undefined) {
        profile = createProfile()
        profiles.set(entity, profile)
      }
      let begun = performance.now()
      assess(input, profile, population, defaultModels, assessment)
      decide(input, assessment, defaultPolicy)
      spent += performance.now() - begun
      let row: Judged['row'] = null
      if (isSignIn(event)) {
        const { risk, decision, probability, signals } = assessment
        row = {
          scores: Float64Array.from(rivals, (rival) => rival.score(input, assessment)),
          risk,
          isAlert: assessment.alerted,
          isStopped: decision !== 'allow',
          probability,
          history: signals.history,
          time: event.time,
        }
        for (const rival of rivals) rival.learn?.(input, assessment)
      }
      const { score } = assessment
      const group = draftAlert(input, assessment)?.group ?? null
      const isCampaign =
        group !== null && assessment.findings.some(({ campaign }) => campaign === group)
      begun = performance.now()
      const delta = createDelta()
      rehearse(input, assessment, profile, population, delta)
      learn(input, assessment, profile, delta)
      applyDelta(population, delta)
      spent += performance.now() - begun
      taken++
      if (taken % REFIT_EVERY === 0) fitted = refit(population, taken)
      return { entity, score, group, isCampaign, row }
    },
  }
}

/** A successful sign-in of somebody: the unit in which false positives are counted. */
function isSignIn(event: AccessEvent): boolean {
  if (event.class_uid !== 3002 || event.status_id !== 1) return false
  const stage = event.auth?.stage
  return stage === 'primary' || stage === 'session'
}

function judgedTruth({ truth }: SimulatedEvent, entity: string): JudgedTruth {
  const victim = truth.victim ?? entity
  return { label: truth.label, victim, campaign: truth.campaign ?? victim }
}

function noteActivity(
  rows: Map<string, ActivityRow>,
  { entity, score }: Judged,
  event: AccessEvent,
  truth: JudgedTruth,
): void {
  const day = Math.floor(event.time / DAY)
  const key = `${entity} ${day}`
  const row = rows.get(key)
  if (row === undefined) {
    rows.set(key, { entity, day, score, truth })
    return
  }
  row.score = Math.max(row.score, score)
  if (truth.label !== 'benign') row.truth = truth
}
