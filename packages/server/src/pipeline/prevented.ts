import {
  assess,
  copyProfile,
  createAssessment,
  createDelta,
  decide,
  decodeProfile,
  draftAlert,
  type Judges,
  type Profile,
  profileLastTime,
  teach,
} from '@gatewatch/engine'
import type { EnrichedEvent } from '@gatewatch/schema'
import { hasPrecedents, isCoveredBy } from '../ports/precedent.ts'
import type { KnownAlert } from '../ports/store.ts'

const DAY = 86_400_000

/** What an event taught without a verdict, and what it teaches with it. */
export interface Difference {
  readonly input: EnrichedEvent
  readonly before: number
  readonly after: number
}

const scratch = createAssessment()

/**
 * Which of these alerts the verdict safe on one of them, `id`, would have prevented: those that it stands for as a precedent; and their strangest events are judged again as their identity was known then,
 * by what is known of the organisation now, without the verdict and with it; an alert counts where it is raised without it only. What
 * has no profile from before is passed over.
 */
export function preventedBy(
  id: string,
  alerts: readonly KnownAlert[],
  lessons: readonly Difference[],
  judges: Judges,
): readonly KnownAlert[] {
  const safe = alerts.find(({ alert }) => alert.id === id)
  return alerts.filter((one) => {
    if (one === safe) return false
    if (one.group === safe?.group && hasPrecedents(one.group) && isCoveredBy(safe, one)) return true
    const { input, profileBefore } = one
    const own = lessons.filter((one) => one.input.entity.key === input.entity.key)
    if (profileBefore === null || own.length === 0) return false
    const profile = decodeProfile(profileBefore)
    if (!raises(input, profile, judges)) return false
    const known = copyProfile(profile)
    const clock = profileLastTime(profile)
    for (const { input: lesson, before, after } of own) {
      const weight = lesson.event.time <= clock ? after - before : after
      if (weight !== 0)
        teach(heardBefore(lesson, input), weight, known, createDelta(), judges.population)
    }
    return !raises(input, known, judges)
  })
}

function raises(input: EnrichedEvent, profile: Profile, judges: Judges): boolean {
  assess(input, profile, judges.population, judges.models, scratch)
  decide(input, scratch, judges.policyOf(input))
  return draftAlert(input, scratch) !== null
}

/** The lesson as if it had come before an event: moved back by whole days, for what it says of hours stays. */
function heardBefore(lesson: EnrichedEvent, { event }: EnrichedEvent): EnrichedEvent {
  const days = Math.ceil((lesson.event.time - event.time) / DAY)
  if (days <= 0) return lesson
  return { ...lesson, event: { ...lesson.event, time: lesson.event.time - days * DAY } }
}
