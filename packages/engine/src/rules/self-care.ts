import type { EnrichedEvent } from '@gatewatch/schema'
import { remembered } from '../remembered.ts'

/** A change of one's own factors: Okta, Entra ID, AWS, Google. */
const FACTOR =
  /^(?:user\.mfa\.factor\.\w+|User (?:registered|deleted|changed default) (?:all required )?security info|(?:Enable|Deactivate)MFADevice|2sv_(?:enroll|disable))$/
/** A change of one's own password. */
const PASSWORD =
  /^(?:user\.account\.(?:update|reset)_password|(?:Change|Reset) (?:user )?password(?: \(self-service\))?|ChangePassword|password_edit)$/

/** What the vendor's name for an activity changes. */
const careOfName = remembered((name): 'factor' | 'password' | 'nothing' => {
  if (FACTOR.test(name)) return 'factor'
  return PASSWORD.test(name) ? 'password' : 'nothing'
})

/**
 * What an event changes of how its own actor signs in, by the activity of its class (OCSF 3001: 3, 4 passwords; 10, 11 factors) or
 * the vendor's name for it; null for anything else, for what failed, and for what is done to others.
 */
export function selfCare({ event, entity }: EnrichedEvent): 'factor' | 'password' | null {
  if (event.class_uid === 3002 || event.status_id !== 1) return null
  const target = event.target?.key ?? event.target?.uid
  if (target !== undefined && target !== entity.key && target !== event.actor.uid) return null
  const named = careOfName(event.activity)
  if (named !== 'nothing') return named
  if (event.class_uid !== 3001) return null
  if (event.activity_id === 10 || event.activity_id === 11) return 'factor'
  return event.activity_id === 3 || event.activity_id === 4 ? 'password' : null
}
