import type { EnrichedEvent, Verdict } from '@gatewatch/schema'
import { assess, createAssessment } from './assess.ts'
import { counterfactual } from './counterfactual.ts'
import { decide, draftAlert } from './decide.ts'
import { explain } from './explain.ts'
import { learn } from './learn.ts'
import { rehearse } from './learning/rehearse.ts'
import type { Population, PopulationDelta } from './population/population.ts'
import { seenBy } from './population/seen.ts'
import { encodeProfile } from './profile/codec.ts'
import type { Profile } from './profile/profile.ts'
import type { AlertDraft, Assessment, Judgement, Models, Policy } from './types.ts'

const scratch = createAssessment()
const again = createAssessment()

const never = () => false

/** Risk under which an event is ordinary: 99 of 100 are, and every decision and alert lies above. */
const ORDINARY = 50

/**
 * Assesses, decides, explains and learns one event, in that order: the profile in place, the tenant into `delta`.
 * Of an event with risk under 50 the verdict names the strongest reasons and adds up the rest. An event that raises an alert
 * is judged twice where `isCase` says so of its draft and risk, for what is needed to judge it a third time (`seen`).
 */
export function judge(
  input: EnrichedEvent,
  profile: Profile,
  population: Population,
  models: Models,
  policy: Policy,
  delta: PopulationDelta,
  isCase: (draft: AlertDraft, risk: number) => boolean = never,
): Judgement {
  assess(input, profile, population, models, scratch)
  decide(input, scratch, policy)
  const verdict =
    scratch.alerted || scratch.risk >= ORDINARY
      ? inWords(scratch, input, profile, population, models, policy)
      : explain(input, scratch, profile, population, 'brief')
  const alert = draftAlert(input, scratch)
  const kept = alert !== null && isCase(alert, scratch.risk)
  const profileBefore = kept ? encodeProfile(profile) : null
  const seen = kept
    ? seenBy(population, input, profile, scratch, () =>
        judgeInto(again, input, profile, population, models, policy),
      )
    : null
  rehearse(input, scratch, profile, population, delta)
  const learned = learn(input, scratch, profile, delta)
  return { verdict, alert, profileBefore, seen, learned }
}

/** The judgement of an event without learning anything from it: of one that raises an alert the same verdict as `judge` gives. */
export function peek(
  input: EnrichedEvent,
  profile: Profile,
  population: Population,
  models: Models,
  policy: Policy,
): Verdict {
  return judgeInto(scratch, input, profile, population, models, policy)
}

function judgeInto(
  out: Assessment,
  input: EnrichedEvent,
  profile: Profile,
  population: Population,
  models: Models,
  policy: Policy,
): Verdict {
  assess(input, profile, population, models, out)
  decide(input, out, policy)
  return inWords(out, input, profile, population, models, policy)
}

function inWords(
  out: Assessment,
  input: EnrichedEvent,
  profile: Profile,
  population: Population,
  models: Models,
  policy: Policy,
): Verdict {
  const verdict = explain(input, out, profile, population)
  if (!out.alerted) return verdict
  const otherwise = counterfactual(input, out, profile, population, models, policy)
  return otherwise === undefined ? verdict : { ...verdict, counterfactual: otherwise }
}
