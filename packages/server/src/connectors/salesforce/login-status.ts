import type { AccessEvent, FailureClass } from '@gatewatch/schema'
import { failureWords } from '../values/failure-words.ts'

/** A challenge or a step that is still to come, in LoginHistory's words and in event log files' codes. */
const interrupts =
  /challenge|2factor|twofactor|identity verification|activation required|verification required|in progress/i

const words: readonly (readonly [RegExp, FailureClass])[] = [
  [/lockout|locked/i, 'locked'],
  [/invalid.?password|pwd_invalid|wrong password/i, 'bad_credentials'],
  [/frozen|inactive|disabled|organization.?closed|no_portal|trial/i, 'disabled'],
  [/password.?expired|must.?reset/i, 'expired'],
  [/rate.?exceeded/i, 'rate_limited'],
  [
    /restricted|ip_?range|security.?token|domain|mobile_?lock|not_allowed|blocked/i,
    'policy_blocked',
  ],
  [/saml|oauth|jwt|token|assertion/i, 'token_invalid'],
  [/user.?not.?found|no.?such.?user|invalid.?user/i, 'unknown_user'],
]

/** How a sign-in went, in the status's words or code; what says neither success nor why it failed is a failure of another kind. */
export function loginOutcome(
  status: string | undefined,
): Pick<AccessEvent, 'status_id' | 'failure_class'> {
  if (status === undefined) return { status_id: 0 }
  if (/^(success|login_no_error)$/i.test(status)) return { status_id: 1 }
  if (interrupts.test(status)) return { status_id: 99 }
  const own = words.find(([form]) => form.test(status))?.[1]
  return { status_id: 2, failure_class: own ?? failureWords(status) ?? 'other' }
}
