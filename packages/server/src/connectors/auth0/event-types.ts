import type { AccessEvent, AuthDetail, ChangeFact, FailureClass } from '@gatewatch/schema'

/** What a type of log event of Auth0 is in OCSF's terms. */
export interface Auth0Type {
  readonly class_uid: AccessEvent['class_uid']
  readonly activity_id: number
  readonly status_id: AccessEvent['status_id']
  readonly failure?: FailureClass
  readonly stage?: AuthDetail['stage']
  readonly protocol?: AuthDetail['protocol']
  readonly factor?: NonNullable<AuthDetail['factors']>[number]
  readonly change?: ChangeFact
  /** Does a program sign in rather than a person? */
  readonly isMachine?: boolean
}

type Rest = Omit<Auth0Type, 'class_uid' | 'activity_id' | 'status_id' | 'failure'>
const fine = (stage: AuthDetail['stage'], rest: Rest = {}): Auth0Type => ({
  ...{ class_uid: 3002, activity_id: stage === 'logoff' ? 2 : 1, status_id: 1, stage },
  ...rest,
})
const failed = (stage: AuthDetail['stage'], failure: FailureClass, rest: Rest = {}): Auth0Type => ({
  ...fine(stage, rest),
  ...{ status_id: 2, failure },
})
const between = (stage: AuthDetail['stage'], rest: Rest = {}): Auth0Type => ({
  ...fine(stage, rest),
  status_id: 99,
})
const account = (activity_id: number, rest: Rest = {}): Auth0Type => ({
  ...{ class_uid: 3001, activity_id, status_id: 1 },
  ...rest,
})
const refused = (activity_id: number, failure: FailureClass = 'other'): Auth0Type => ({
  ...account(activity_id),
  ...{ status_id: 2, failure },
})
const grant = { protocol: 'password_grant' } as const
const machine = { isMachine: true, protocol: 'oauth2' } as const

const types = new Map<string, Auth0Type>(
  Object.entries({
    s: fine('primary'),
    scoa: fine('primary'),
    sens: fine('primary'),
    sepft: fine('primary', grant),
    f: failed('primary', 'other'),
    fp: failed('primary', 'bad_credentials'),
    fu: failed('primary', 'unknown_user'),
    fc: failed('primary', 'other'),
    fco: failed('primary', 'protocol'),
    fcoa: failed('primary', 'bad_credentials'),
    fens: failed('primary', 'token_invalid'),
    fepft: failed('primary', 'bad_credentials', grant),
    fepotpft: failed('primary', 'mfa_failed'),
    sepotpft: fine('primary', { factor: 'otp' }),
    pwd_leak: failed('primary', 'leaked_password'),
    signup_pwd_leak: refused(1, 'leaked_password'),
    reset_pwd_leak: refused(4, 'leaked_password'),
    limit_wc: failed('policy', 'locked'),
    limit_mu: failed('policy', 'rate_limited'),
    limit_sul: failed('policy', 'rate_limited'),
    w: between('policy'),
    ssa: fine('sso'),
    // A page asks whether somebody is signed in; "no" is the usual answer.
    fsa: between('sso'),
    slo: fine('logoff'),
    flo: failed('logoff', 'other'),
    seacft: fine('token'),
    seccft: fine('token', machine),
    sertft: fine('token'),
    sede: fine('token', { protocol: 'device_code' }),
    srrt: fine('token'),
    feacft: failed('token', 'token_invalid'),
    feccft: failed('token', 'token_invalid', machine),
    fertft: failed('token', 'token_invalid'),
    ferrt: failed('token', 'token_invalid'),
    fede: failed('token', 'token_invalid', { protocol: 'device_code' }),
    fdeac: failed('token', 'token_invalid', { protocol: 'device_code' }),
    gd_auth_succeed: fine('mfa'),
    gd_auth_failed: failed('mfa', 'mfa_failed'),
    gd_auth_rejected: failed('mfa', 'mfa_denied'),
    gd_otp_rate_limit_exceed: failed('mfa', 'rate_limited'),
    gd_recovery_succeed: fine('mfa', { factor: 'recovery' }),
    gd_recovery_failed: failed('mfa', 'mfa_failed', { factor: 'recovery' }),
    gd_recovery_rate_limit_exceed: failed('mfa', 'rate_limited', { factor: 'recovery' }),
    gd_start_auth: between('mfa'),
    gd_start_enroll: between('enroll'),
    gd_send_sms: between('mfa', { factor: 'sms' }),
    gd_send_sms_failure: between('mfa', { factor: 'sms' }),
    gd_send_pn: between('mfa', { factor: 'push' }),
    gd_send_pn_failure: between('mfa', { factor: 'push' }),
    gd_send_voice: between('mfa', { factor: 'voice' }),
    gd_send_voice_failure: between('mfa', { factor: 'voice' }),
    gd_send_email: between('mfa', { factor: 'otp' }),
    mfar: between('mfa'),
    cls: between('primary'),
    cs: between('primary'),
    gd_enrollment_complete: account(10),
    gd_unenroll: account(11, { change: 'weakens_mfa' }),
    ss: account(1),
    fs: refused(1),
    scp: account(3),
    fcp: refused(3),
    scpr: account(4),
    fcpr: refused(4),
    scph: account(3),
    sce: account(99),
    fce: refused(99),
    scu: account(99),
    fcu: refused(99),
    sdu: account(6),
    fdu: refused(6),
    sui: account(1),
    ublkdu: account(12),
    sapi: { class_uid: 6003, activity_id: 3, status_id: 1 },
    mgmt_api_read: { class_uid: 6003, activity_id: 2, status_id: 1 },
    fapi: { class_uid: 6003, activity_id: 99, status_id: 2, failure: 'other' },
    api_limit: { class_uid: 6003, activity_id: 99, status_id: 2, failure: 'rate_limited' },
  } satisfies Record<string, Auth0Type>),
)

const unmapped: Auth0Type = { class_uid: 0, activity_id: 99, status_id: 0 }

/** What a type is; types that nobody has described are unmapped. */
export function auth0Type(code: string): Auth0Type {
  return types.get(code) ?? unmapped
}

/** Is this one of Auth0's codes? */
export function isAuth0Code(code: string): boolean {
  return types.has(code)
}

const words: readonly (readonly [RegExp, FailureClass])[] = [
  [
    /wrong (email|username) or password|invalid (user )?credentials|wrong password|incorrect/i,
    'bad_credentials',
  ],
  [/user (is )?blocked|account (is )?blocked/i, 'disabled'],
  [/mfa|otp/i, 'mfa_failed'],
  [/callback|redirect_uri|response_type|scope|parameter|state|origin|client/i, 'protocol'],
  [/access_denied|not allowed|denied|unauthorized/i, 'policy_blocked'],
]

/** Why a sign-in failed that Auth0 calls only `f`, which takes in mistakes of configuration: from its description. */
export function describedFailure(description: string | undefined): FailureClass {
  return words.find(([form]) => form.test(description?.slice(0, 300) ?? ''))?.[1] ?? 'other'
}
