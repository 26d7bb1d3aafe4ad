import type { EnrichedEvent, Verdict } from '@gatewatch/schema'
import { assess, createAssessment } from './assess.ts'
import { binOf } from './combine/calibrate.ts'
import { entryWeight, isAccused } from './combine/entry.ts'
import { decide } from './decide.ts'
import { judge } from './judge.ts'
import { learn, learningWeight } from './learn.ts'
import { isProven, vouch } from './learning/settle.ts'
import { settleContributions } from './learning/unteach.ts'
import { ADD, add } from './population/delta.ts'
import {
  applyDelta,
  BINS,
  createDelta,
  mergeDelta,
  type Population,
  type PopulationDelta,
} from './population/population.ts'
import { dayOf } from './profile/decay.ts'
import { copyProfile, type Profile, profileLastTime } from './profile/profile.ts'
import { FIFTHS } from './profile/slots.ts'
import { ruleOf } from './rules/index.ts'
import type { Judgement, Models, Policy } from './types.ts'

/**
 * A judged event as it is stored, with the weight (0-1) it taught. `alerted`: it belongs to an alert; `settled`: a person has
 * judged it, so it stays.
 */
export interface StoredJudgement {
  readonly verdict: Verdict
  readonly learned: number
  readonly alerted: boolean
  readonly settled: boolean
}

/** One event of an identity's story: `stored` is null where it has not been judged yet. */
export interface Telling {
  readonly input: EnrichedEvent
  readonly stored: StoredJudgement | null
}

/** What events are judged with. */
export interface Judges {
  readonly population: Population
  readonly models: Models
  /** The policy that an event is decided by. */
  readonly policyOf: (input: EnrichedEvent) => Policy
}

/** An identity's story told again. `judgements`: of each new event, and of each stored one that is judged otherwise now; else null. */
export interface Retold {
  readonly profile: Profile
  readonly judgements: readonly (Judgement | null)[]
  /** The profile as it was between two events, now and then: `time` is that of the last event in it. */
  readonly checkpoints: readonly { readonly time: number; readonly profile: Profile }[]
}

/** Events between two checkpoints. */
const STRIDE = 64

/** Risk that a verdict must move by to be given anew where nothing follows from it. */
const MATTERS = 1

const scratch = createAssessment()

/**
 * Tells an identity's story from an earlier profile on, with events that came late at their places: `tellings` in the order
 * of time, all later than `base`. What lies before the first new event teaches again exactly what it did. A stored
 * event after it is judged twice, without and with the new ones; where that makes a difference its judgement is given
 * anew, else what is stored stands. Stored events of which `again` is true are held against what is stored of them instead: it
 * may be known by now what they belong to. The organisation gets what new events teach, the scores that are given anew in place of those
 * before, and a profile's contributions as they are now; what else stored events taught it, it keeps. `current` is the profile as it stands; neither it nor `base` changes, and the population only meanwhile.
 */
export function retell(
  base: Profile,
  current: Profile,
  tellings: readonly Telling[],
  judges: Judges,
  delta: PopulationDelta,
  again: (input: EnrichedEvent) => boolean = () => false,
): Retold {
  const { population } = judges
  const own = ownScores(base, tellings, judges, again)
  applyDelta(population, own)
  try {
    return retellAll(base, current, tellings, judges, delta, again)
  } finally {
    applyDelta(population, negated(own))
  }
}

function retellAll(
  base: Profile,
  current: Profile,
  tellings: readonly Telling[],
  judges: Judges,
  delta: PopulationDelta,
  again: (input: EnrichedEvent) => boolean,
): Retold {
  const profile = copyProfile(base)
  const judgements: (Judgement | null)[] = []
  const checkpoints: { time: number; profile: Profile }[] = []
  let without: Profile | null = null
  let since = 0
  for (const { input, stored } of tellings) {
    const clock = profileLastTime(profile)
    if (since >= STRIDE && input.event.time > clock) {
      checkpoints.push({ time: clock, profile: copyProfile(profile) })
      since = 0
    }
    since += 1
    if (stored === null) {
      without ??= copyProfile(profile)
      judgements.push(judgeOver(input, profile, judges, LESSONS, delta))
      continue
    }
    if (stored.settled || isLate(stored)) {
      if (without !== null) relearn(input, stored, without, judges)
      relearn(input, stored, profile, judges)
      judgements.push(null)
      continue
    }
    const anew = again(input)
    if (without === null && !anew) {
      relearn(input, stored, profile, judges)
      judgements.push(null)
      continue
    }
    const before = look(input, without ?? profile, judges)
    if (without !== null) relearn(input, stored, without, judges)
    const now = look(input, profile, judges)
    if (anew ? same(lookOf(stored), now) && !namesMore(now, stored) : same(before, now)) {
      relearn(input, stored, profile, judges)
      judgements.push(null)
    } else {
      if (without === null) {
        without = copyProfile(profile)
        relearn(input, stored, without, judges)
      }
      takeBackScore(input, stored, before, judges, delta)
      judgements.push(judgeOver(input, profile, judges, [ADD.score, ADD.accused], delta))
    }
  }
  settleContributions(current, profile, delta)
  return { profile, judgements, checkpoints }
}

/** What takes the scores of those stored events back that are judged anew: none is usual because of itself and what followed. */
function ownScores(
  base: Profile,
  tellings: readonly Telling[],
  judges: Judges,
  again: (input: EnrichedEvent) => boolean,
): PopulationDelta {
  const delta = createDelta()
  let begun = false
  for (const { input, stored } of tellings) {
    begun ||= stored === null || again(input)
    if (!begun || stored === null || stored.settled || isLate(stored)) continue
    takeBackScore(input, stored, look(input, base, judges), judges, delta)
  }
  return delta
}

function negated({ additions }: PopulationDelta): PopulationDelta {
  const opposite = additions.map((value, i) => (i % 5 === 4 ? -value : value))
  return { ...createDelta(), additions: opposite }
}

/** What a new event teaches the organisation; what its profile contributes is counted once, at the story's end. */
const LESSONS = Object.values(ADD).filter((kind) => kind !== ADD.value)

/** Judges and learns an event; of what that adds to the organisation's sums only some kinds count. */
function judgeOver(
  input: EnrichedEvent,
  profile: Profile,
  { population, models, policyOf }: Judges,
  kinds: readonly number[],
  delta: PopulationDelta,
): Judgement {
  const own = createDelta()
  const judgement = judge(input, profile, population, models, policyOf(input), own, () => true)
  const counted: number[] = []
  for (let i = 0; i < own.additions.length; i += 5) {
    if (kinds.includes(own.additions[i] ?? -1)) counted.push(...own.additions.slice(i, i + 5))
  }
  mergeDelta(
    delta,
    kinds === LESSONS ? { ...own, additions: counted } : { ...createDelta(), additions: counted },
  )
  return judgement
}

/** A score that was given too soon must not make the ones that follow look usual. */
function takeBackScore(
  input: EnrichedEvent,
  { verdict: { score, risk, reasons } }: StoredJudgement,
  { histogram }: Look,
  { population }: Judges,
  delta: PopulationDelta,
): void {
  const day = dayOf(input.event.time)
  const named = reasons.filter(({ code }) => ruleOf(code) !== undefined)
  const fifths = Math.round(entryWeight(population, histogram, risk, named) * FIFTHS)
  if (isAccused({ findings: named, risk })) add(delta, ADD.accused, histogram, 0, day, -1)
  if (fifths > 0) add(delta, ADD.score, histogram * BINS + binOf(score), 0, day, -fifths)
}

/** Teaches a profile what a stored event taught it, as it was judged then. */
function relearn(
  input: EnrichedEvent,
  stored: StoredJudgement,
  profile: Profile,
  { population, models, policyOf }: Judges,
): void {
  assess(input, profile, population, models, scratch)
  decide(input, scratch, policyOf(input))
  const { verdict, learned } = stored
  scratch.score = verdict.score
  scratch.risk = verdict.risk
  scratch.decision = verdict.decision
  scratch.isLate ||= isLate(stored)
  learn(input, scratch, profile, createDelta(), learned)
  if (isProven(verdict)) vouch(input, profile, population)
}

/** Taught long memory only, for it came too late to be put at its place. */
function isLate({ verdict }: StoredJudgement): boolean {
  return verdict.not_assessed.includes('late')
}

/** What follows from a judgement, and what it rests on. */
interface Look {
  readonly risk: number
  readonly decision: Verdict['decision']
  readonly alerted: boolean | null
  readonly findings: string | null
  readonly weight: number | null
  readonly histogram: number
}

function look(
  input: EnrichedEvent,
  profile: Profile,
  { population, models, policyOf }: Judges,
): Look {
  assess(input, profile, population, models, scratch)
  decide(input, scratch, policyOf(input))
  const { risk, decision, alerted, findings, histogram } = scratch
  return {
    risk,
    decision,
    alerted,
    findings: findings.map(({ code }) => code).join(),
    weight: learningWeight(input, scratch),
    histogram,
  }
}

const UNKNOWN = { alerted: null, findings: null, weight: null, histogram: 0 }

/** What is stored says nothing of alerts and weights that would still follow from it. */
function lookOf({ verdict }: StoredJudgement): Look {
  const { risk, decision } = verdict
  return { ...UNKNOWN, risk, decision }
}

/** Does it rest on something that is not among the reasons that were given? */
function namesMore({ findings }: Look, { verdict }: StoredJudgement): boolean {
  const codes = findings === null || findings === '' ? [] : findings.split(',')
  return codes.some((code) => !verdict.reasons.some((reason) => reason.code === code))
}

function same(a: Look, b: Look): boolean {
  return (
    a.decision === b.decision &&
    Math.abs(a.risk - b.risk) < MATTERS &&
    (a.alerted ?? b.alerted) === b.alerted &&
    (a.findings ?? b.findings) === b.findings &&
    (a.weight ?? b.weight) === b.weight
  )
}
