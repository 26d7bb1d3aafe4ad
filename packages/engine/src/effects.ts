import type { EnrichedEvent } from '@gatewatch/schema'
import { isFailedSignIn } from './features/read.ts'
import { remembered } from './remembered.ts'
import { hasEffect, isPasswordReset, operationOf } from './rules/sensitive-operations.ts'

/** What an event does to the counters of short memory. */
export interface Effects {
  readonly failure: boolean
  readonly mfaDenied: boolean
  readonly resetOfSelf: boolean
  readonly resetOfAnother: boolean
  readonly factorChange: boolean
  readonly creates: boolean
  readonly deletes: boolean
  readonly denied: boolean
}

const CREATES = /^(?:create|run|launch|insert|requestspot|start(?:instances|notebook))/i
const DELETES = /^(?:delete|terminate|remove|destroy|purge)/i
const DENIED = /access.?denied|unauthori[sz]ed|forbidden|permission.?denied|not.?authorized/i

const creates = remembered((operation) => CREATES.test(operation))
const deletes = remembered((operation) => DELETES.test(operation))
let lastInput: EnrichedEvent | null = null
let lastEffects: Effects | null = null

/** Reads what an event does; each is counted in the hour after it. Asked again of the same event it gives the same answer. */
export function effectsOf(input: EnrichedEvent): Effects {
  if (input === lastInput && lastEffects !== null) return lastEffects
  lastEffects = readEffects(input)
  lastInput = input
  return lastEffects
}

function readEffects(input: EnrichedEvent): Effects {
  const { event, entity } = input
  const succeeded = event.status_id === 1
  const failed = event.status_id === 2
  const failure = event.failure_class
  const call = event.class_uid !== 3002
  const reset = call && succeeded && isPasswordReset(event)
  const target = event.target?.key ?? event.target?.uid
  const another = target !== undefined && target !== entity.key && target !== event.actor.uid
  const operation = call ? operationOf(event) : ''
  return {
    failure: isFailedSignIn(input),
    mfaDenied:
      failure === 'mfa_denied' ||
      failure === 'mfa_timeout' ||
      failure === 'mfa_failed' ||
      failure === 'mfa_fraud_reported',
    resetOfSelf: reset && !another,
    resetOfAnother: reset && another,
    factorChange:
      succeeded &&
      (event.auth?.stage === 'enroll' || (call && hasEffect(event, 'mfa_weaken', 'weakens_mfa'))),
    creates: call && succeeded && creates(operation),
    deletes: call && succeeded && deletes(operation),
    denied:
      call &&
      failed &&
      (failure === 'unauthorized' ||
        failure === 'policy_blocked' ||
        DENIED.test(event.status_code ?? '')),
  }
}
