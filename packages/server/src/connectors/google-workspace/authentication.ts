import type { AccessEvent, AuthDetail } from '@gatewatch/schema'
import { entryOf, known } from '../values/fields.ts'
import type { WorkspaceEventType } from './event-types.ts'
import type { Parameters } from './parameters.ts'

type Status = Pick<AccessEvent, 'status_id' | 'status_code' | 'failure_class'>
type FailureClass = NonNullable<AccessEvent['failure_class']>

const failures: Readonly<Record<string, FailureClass>> = {
  login_failure_invalid_password: 'bad_credentials',
  login_failure_invalid_second_factor: 'mfa_failed',
  login_failure_account_disabled: 'disabled',
  login_failure_access_code_disallowed: 'policy_blocked',
  login_failure_unknown: 'other',
}

/** How an activity ended: sign-ins by their name, challenges by what became of them, everything else happened. */
export function statusOf(name: string, type: WorkspaceEventType, parameters: Parameters): Status {
  if (type.stage === 'mfa') return challenged(parameters)
  if (type.status_id === 2) {
    const code = parameters.text('login_failure_type', 255) ?? parameters.text('failure_type', 255)
    const otherwise = type.stage === 'sso' ? 'other' : 'bad_credentials'
    const failure_class = code === undefined ? otherwise : (entryOf(failures, code) ?? 'other')
    return known<Status>({ status_id: 2, status_code: code, failure_class })
  }
  if (/_FAILED$/.test(name)) return { status_id: 2, failure_class: 'other' }
  return { status_id: type.status_id ?? 1 }
}

function challenged(parameters: Parameters): Status {
  const said = parameters.text('login_challenge_status', 64)
  if (said === undefined) return { status_id: 99 }
  if (/pass/i.test(said)) return { status_id: 1, status_code: said }
  return { status_id: 2, status_code: said, failure_class: 'mfa_failed' }
}

const methods: Readonly<Record<string, NonNullable<AuthDetail['factors']>[number]>> = {
  password: 'password',
  google_authenticator: 'otp',
  offline_otp: 'otp',
  security_key_otp: 'otp',
  google_prompt: 'push',
  idv_any_phone: 'sms',
  idv_preregistered_phone: 'sms',
  internal_two_factor: 'webauthn',
  security_key: 'webauthn',
  passkey: 'passkey',
  backup_code: 'recovery',
  device_assertion: 'remembered',
  other: 'other',
}

/** Steps that say something of the person, and prove nothing. */
const weak = new Set(['password', 'none', 'knowledge_employee_id', 'login_location'])

/**
 * What is special about a sign-in; undefined for everything else. Whether there was a second factor is known from the methods
 * alone; the events of one activity are one attempt.
 */
export function authOf(
  type: WorkspaceEventType,
  parameters: Parameters,
  attempt_uid: string | undefined,
): AuthDetail | undefined {
  const { stage } = type
  if (stage === undefined) return undefined
  const used = parameters.all('login_challenge_method')
  const factors = [...new Set(used.flatMap((one) => entryOf(methods, one) ?? []))].slice(0, 16)
  const loginType = parameters.text('login_type', 64)
  const isSaml = stage === 'sso' || loginType === 'saml'
  const second = used.some((one) => one !== 'device_assertion' && !weak.has(one))
  const isMfa = stage === 'mfa' ? parameters.bool('is_second_factor') !== false : second
  const isKnown = stage === 'mfa' || (used.length > 0 && !isSaml)
  return known<AuthDetail>({
    stage,
    attempt_uid,
    is_mfa: isKnown ? isMfa : null,
    factors: factors.length === 0 ? undefined : factors,
    protocol: isSaml ? 'saml' : loginType === 'exchange' ? 'oauth2' : undefined,
  })
}
