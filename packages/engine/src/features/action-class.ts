import type { EnrichedEvent } from '@gatewatch/schema'
import { isAuthentication } from './read.ts'

/** Classes of actions: 0 is none, 1 a sign-in, 2 one that failed, the others share operations by their names. */
export const ACTION_CLASSES = 256
/** Actions that a sequence reaches back to, the one that is judged among them. */
export const SEQUENCE = 8

const FIRST = 3

/**
 * Class of what an event does, 1-255: the same in every organisation, so that a model can be taken from one to another. Operations
 * are dealt out by FNV-1a over service and operation; two may share a class.
 */
export function actionClass(input: EnrichedEvent): number {
  const { event } = input
  if (isAuthentication(input)) return event.status_id === 1 ? 1 : 2
  const { api } = event
  let hash = 0x811c9dc5
  if (api === undefined) {
    hash = mixed(mixed(hash, event.class_uid), event.activity_id)
  } else {
    hash = mixed(hashed(hash, api.service ?? ''), 58)
    hash = hashed(hash, api.operation)
  }
  return FIRST + ((hash >>> 0) % (ACTION_CLASSES - FIRST))
}

function hashed(from: number, text: string): number {
  let hash = from
  for (let i = 0; i < text.length; i++) hash = mixed(hash, text.charCodeAt(i))
  return hash
}

function mixed(hash: number, by: number): number {
  return Math.imul(hash ^ by, 0x01000193)
}
