import type { EnrichedEvent } from '@gatewatch/schema'

/** Does the event change the very identity that acts, or is behind the role that does? False where the target is unknown or another. */
export function actsOnSelf({ event, entity }: EnrichedEvent): boolean {
  const { actor, target } = event
  if (target === undefined) return false
  return (
    (target.key !== undefined && target.key === actor.key) ||
    (target.uid !== undefined && target.uid === actor.uid) ||
    (target.name !== undefined && (target.name === actor.name || target.name === entity.name))
  )
}

/** Does the event change an identity that is certainly not the one that acts? False where the target is unknown. */
export function actsOnOther(input: EnrichedEvent): boolean {
  const { target } = input.event
  if (target === undefined || actsOnSelf(input)) return false
  return target.key !== undefined || target.uid !== undefined || target.name !== undefined
}
