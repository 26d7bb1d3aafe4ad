import type { Policy } from '@gatewatch/engine'
import type { Outcomes } from '@gatewatch/schema'
import type { JudgedEvent } from '../ports/store.ts'

/**
 * What became of people's successful sign-ins, by the version of the models that judged them: what its promises are held
 * against. What is read in from the past is not counted.
 */
export function outcomesOf(
  judged: readonly JudgedEvent[],
  { challengeAt }: Policy,
): ReadonlyMap<number, Outcomes> {
  const outcomes = new Map<number, { judged: number; challenged: number; alerted: number }>()
  for (const { arriving, verdict, alert } of judged) {
    const version = verdict.models
    if (version === undefined || !isCounted(arriving)) continue
    let own = outcomes.get(version)
    if (own === undefined) {
      own = { judged: 0, challenged: 0, alerted: 0 }
      outcomes.set(version, own)
    }
    own.judged += 1
    if (verdict.risk >= challengeAt) own.challenged += 1
    if (alert !== null) own.alerted += 1
  }
  return outcomes
}

function isCounted({ event, entity, backfill }: JudgedEvent['arriving']): boolean {
  const stage = event.auth?.stage
  return (
    !backfill &&
    event.class_uid === 3002 &&
    event.status_id === 1 &&
    entity.class !== 'service' &&
    (stage === undefined || stage === 'primary' || stage === 'session')
  )
}
