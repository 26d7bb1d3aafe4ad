import type { Challenge, EnrichedEvent, Verdict } from '@gatewatch/schema'
import type { TenantId } from '../ports/store.ts'
import type { BatchParts } from './batch.ts'
import { settleEvents } from './settle-events.ts'

/** A stored event with its verdict, which says what became of the challenge, and the weight 0-1 it has taught by now. */
export interface Answered {
  readonly input: EnrichedEvent
  readonly verdict: Verdict
  readonly learned: number
}

/**
 * Takes what became of a challenge, in one transaction. Passed with a factor that cannot be passed on: the event is learned
 * whole, and its values are trusted. Failed or abandoned: what it taught is taken back. What a person said of it counts
 * more. The same told twice changes nothing; told otherwise, it goes from what was before. Null where there is no such event.
 */
export function settleChallenge(
  parts: BatchParts,
  tenant: TenantId,
  uid: string,
  challenge: Challenge,
): Promise<Answered | null> {
  return settleEvents(
    parts,
    tenant,
    challenge.time,
    async (batch) => {
      const found = await batch.eventOf(uid)
      return found === null ? null : [found]
    },
    ({ verdict, said }) => ({ verdict: answered(verdict, challenge), said }),
    async (batch, weights) => {
      const event = await batch.eventOf(uid)
      if (event === null) throw new Error(`the event ${uid} is gone while it is locked`)
      const verdict = answered(event.verdict, challenge)
      const learned = weights.get(event.key) ?? event.learned
      await batch.settleEvent({ ...event, verdict, learned })
      return { input: event.input, verdict, learned }
    },
  )
}

function answered(verdict: Verdict, challenge: Challenge): Verdict {
  const before = verdict.challenge
  const isSame = before?.outcome === challenge.outcome && before.factor === challenge.factor
  return isSame ? verdict : { ...verdict, challenge }
}
