import {
  applyDelta,
  assess,
  attribute,
  catalogue,
  createAssessment,
  createDelta,
  createPopulation,
  createProfile,
  decide,
  defaultModels,
  defaultPolicy,
  learn,
  type Profile,
  rehearse,
} from '@gatewatch/engine'
import type { AccessEvent, EnrichedEvent } from '@gatewatch/schema'
import { enrich } from '../pipeline/enrich.ts'
import { createLinkBook } from '../pipeline/link-book.ts'
import { membersSwitchedOn } from '../pipeline/replay/switched-on.ts'
import { type Contender, contenders, type FittedHeads, refitHeads } from './contenders.ts'
import { kindOf } from './rows.ts'
import type { JudgedTruth, Labelled, SignInRow, Trial, TrialOptions } from './trial.ts'

const DAY = 86_400_000
/** Events after which members of the ensemble are fitted anew, and the head for the column that uses it. */
const REFIT_EVERY = 5_000

/** A trial that is fed event by event, in the order of their time. */
export interface RunningTrial {
  /** Judges, records and learns one event; its truth is read after that. */
  take(labelled: Labelled): void
  finish(): Trial
}

/**
 * Plays events in the order of their time through the engine and every contender: score, record, learn. The truth of an
 * event is read only after everybody has judged it and learned from it, and is only written down (the oracle, which is no
 * part of the product, learns from it).
 */
export function runTrial(stream: Iterable<Labelled>, options: TrialOptions): Trial {
  const trial = startTrial(options)
  for (const labelled of stream) trial.take(labelled)
  return trial.finish()
}

/** Begins a trial from a cold start. */
export function startTrial(options: TrialOptions): RunningTrial {
  const { start, days, warmUp, observers = [] } = options
  const counted = start + warmUp * DAY
  const judge = createJudge(options)
  const { rivals, assessment } = judge
  const signIns: SignInRow[] = []
  const activitySignIns: SignInRow[] = []
  const visited = new Set<string>()
  let events = 0
  let attackSignInsInWarmUp = 0
  return {
    take(labelled) {
      const { event } = labelled
      const { input, row } = judge.next(event)
      const truth = judgedTruth(labelled, input.entity.key)
      const counts = event.time >= counted
      if (row !== null) {
        const kind = kindOf(truth.label)
        if (kind !== 'activity') for (const rival of rivals) rival.teach?.(truth)
        const visit = `${truth.campaign} ${truth.victim}`
        const isFirstVisit = kind !== 'benign' && !visited.has(visit)
        if (isFirstVisit) visited.add(visit)
        const rows = kind === 'activity' ? activitySignIns : signIns
        if (counts) rows.push({ ...row, truth, isFirstVisit })
        else if (kind === 'attack') attackSignInsInWarmUp++
      }
      for (const observer of observers) observer.see({ input, assessment, truth, counts })
      events++
      if (events % 20_000 === 0) {
        options.progress?.(events, Math.floor((event.time - start) / DAY))
      }
    },
    finish: () => ({
      names: rivals.filter(({ leftOut }) => leftOut === undefined).map(({ name }) => name),
      leftOut: rivals.flatMap(({ leftOut }, column) =>
        leftOut === undefined ? [] : [{ ...leftOut, column }],
      ),
      signIns,
      activitySignIns,
      counted,
      events,
      attackSignInsInWarmUp,
      days: days - warmUp,
      prevalence: defaultPolicy.prevalence,
      microseconds: events === 0 ? Number.NaN : (judge.spent() / events) * 1000,
    }),
  }
}

interface Judged {
  readonly input: EnrichedEvent
  readonly row: Omit<SignInRow, 'truth' | 'isFirstVisit'> | null
}

function createJudge({ lookups, seed, types = [], models: switchedOn = [] }: TrialOptions) {
  const members = membersSwitchedOn(switchedOn)
  const key = new Uint8Array(16)
  new DataView(key.buffer).setUint32(0, seed)
  const population = createPopulation(key)
  const profiles = new Map<string, Profile>()
  const links = createLinkBook()
  const assessment = createAssessment()
  let spent = 0
  let taken = 0
  let models = members.withFixed(defaultModels)
  let fitted: FittedHeads | null = null
  const rivals: readonly Contender[] = contenders(seed, types, () => fitted)
  return {
    rivals,
    assessment,
    /** Milliseconds spent in the engine. */
    spent: () => spent,
    next(event: AccessEvent): Judged {
      const input = links.follow(enrich(event, lookups))
      const entity = input.entity.key
      let profile = profiles.get(entity)
      if (profile === undefined) {
        profile = createProfile()
        profiles.set(entity, profile)
      }
      let begun = performance.now()
      assess(input, profile, population, models, assessment)
      decide(input, assessment, defaultPolicy)
      spent += performance.now() - begun
      let row: Judged['row'] = null
      if (isSignIn(event)) {
        const { risk, decision, probability, signals, findings } = assessment
        row = {
          scores: Float64Array.from(rivals, (rival) => rival.score(input, assessment)),
          points: Float32Array.from(assessment.points),
          named: findings.reduce((sum, one) => sum + one.points, 0),
          reasons: loudest(assessment),
          risk,
          isAlert: assessment.alerted,
          isStopped: decision !== 'allow',
          probability,
          history: signals.history,
          time: event.time,
        }
        for (const rival of rivals) rival.learn?.(input, assessment)
      }
      begun = performance.now()
      const delta = createDelta()
      rehearse(input, assessment, profile, population, delta)
      learn(input, assessment, profile, delta)
      applyDelta(population, delta)
      spent += performance.now() - begun
      taken++
      if (taken % REFIT_EVERY === 0) {
        models = members.fit(population, models, taken)
        fitted = refitHeads(population, taken)
      }
      return { input, row }
    },
  }
}

/** A successful sign-in of somebody: the unit in which false positives are counted. */
export function isSignIn(event: AccessEvent): boolean {
  if (event.class_uid !== 3002 || event.status_id !== 1) return false
  const stage = event.auth?.stage
  return stage === 'primary' || stage === 'session'
}

/** Codes of the two strongest reasons that raise the score, as a verdict names them: in full from risk 50 on. */
function loudest(assessment: ReturnType<typeof createAssessment>): readonly string[] {
  const { findings, risk } = assessment
  const { points } = risk >= 50 ? attribute(assessment) : assessment
  const reasons = findings.map(({ code, points: nats }) => ({ code, nats }))
  for (const [i, nats] of points.entries())
    if (nats > 0) reasons.push({ code: catalogue[i]?.name ?? '', nats })
  return reasons
    .sort((a, b) => b.nats - a.nats || (a.code < b.code ? -1 : 1))
    .slice(0, 2)
    .map(({ code }) => code)
}

function judgedTruth({ truth }: Labelled, entity: string): JudgedTruth {
  const victim = truth.victim ?? entity
  return { label: truth.label, victim, campaign: truth.campaign ?? victim }
}
