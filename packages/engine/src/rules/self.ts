import type { AccessEvent } from '@gatewatch/schema'

/** Does the event change the very identity that acts? False where the target is unknown or another. */
export function actsOnSelf({ actor, target }: AccessEvent): boolean {
  if (target === undefined) return false
  return (
    (target.key !== undefined && target.key === actor.key) ||
    (target.uid !== undefined && target.uid === actor.uid) ||
    (target.name !== undefined && target.name === actor.name)
  )
}

/** Does the event change an identity that is certainly not the one that acts? False where the target is unknown. */
export function actsOnOther(event: AccessEvent): boolean {
  const { target } = event
  if (target === undefined || actsOnSelf(event)) return false
  return target.key !== undefined || target.uid !== undefined || target.name !== undefined
}
