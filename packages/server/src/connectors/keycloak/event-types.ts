import type { AccessEvent, AuthDetail, ChangeFact, FailureClass } from '@gatewatch/schema'

/** What a type of Keycloak event is in OCSF's terms. */
export interface KeycloakType {
  readonly class_uid: AccessEvent['class_uid']
  readonly activity_id: number
  readonly stage?: AuthDetail['stage']
  readonly change?: ChangeFact
  /** Does the client act for itself? */
  readonly isClient?: boolean
  /** A step on the way, neither success nor failure. */
  readonly isBetween?: boolean
}

const signIn = (stage: AuthDetail['stage']): KeycloakType => ({
  class_uid: 3002,
  activity_id: 1,
  stage,
})
const account = (activity_id: number, change?: ChangeFact): KeycloakType =>
  change === undefined ? { class_uid: 3001, activity_id } : { class_uid: 3001, activity_id, change }
const call = (activity_id: number): KeycloakType => ({ class_uid: 6003, activity_id })

const types = new Map<string, KeycloakType>(
  Object.entries({
    LOGIN: signIn('primary'),
    IDENTITY_PROVIDER_LOGIN: signIn('primary'),
    IDENTITY_PROVIDER_POST_LOGIN: signIn('session'),
    IDENTITY_PROVIDER_FIRST_LOGIN: account(1),
    IMPERSONATE: { class_uid: 3002, activity_id: 7, stage: 'session' },
    CLIENT_LOGIN: { ...signIn('token'), isClient: true },
    CODE_TO_TOKEN: signIn('token'),
    REFRESH_TOKEN: signIn('token'),
    TOKEN_EXCHANGE: signIn('token'),
    OAUTH2_DEVICE_CODE_TO_TOKEN: signIn('token'),
    LOGOUT: { class_uid: 3002, activity_id: 2, stage: 'logoff' },
    REGISTER: account(1),
    UPDATE_PASSWORD: account(3),
    RESET_PASSWORD: account(4),
    SEND_RESET_PASSWORD: { ...account(4), isBetween: true },
    UPDATE_EMAIL: account(99),
    UPDATE_PROFILE: account(99),
    UPDATE_TOTP: account(10),
    UPDATE_CREDENTIAL: account(10),
    REMOVE_TOTP: account(11, 'weakens_mfa'),
    REMOVE_CREDENTIAL: account(11, 'weakens_mfa'),
    DELETE_ACCOUNT: account(6),
    USER_DISABLED_BY_PERMANENT_LOCKOUT: account(9),
    USER_DISABLED_BY_TEMPORARY_LOCKOUT: account(9),
    FEDERATED_IDENTITY_LINK: account(99),
    REMOVE_FEDERATED_IDENTITY: account(99),
    GRANT_CONSENT: call(1),
    REVOKE_GRANT: call(4),
    INTROSPECT_TOKEN: call(2),
    USER_INFO_REQUEST: call(2),
    PERMISSION_TOKEN: call(2),
    EXECUTE_ACTIONS: call(99),
    CUSTOM_REQUIRED_ACTION: call(99),
    VERIFY_EMAIL: call(3),
    SEND_VERIFY_EMAIL: call(99),
    CLIENT_REGISTER: call(1),
    CLIENT_UPDATE: call(3),
    CLIENT_DELETE: call(4),
    RESTART_AUTHENTICATION: { ...signIn('policy'), isBetween: true },
  } satisfies Record<string, KeycloakType>),
)

/** What a type is, without the `_ERROR` that failures carry; undefined for one that nobody has described. */
export function keycloakType(name: string): KeycloakType | undefined {
  return types.get(name.replace(/_ERROR$/, ''))
}

const errors = new Map<string, FailureClass>(
  Object.entries({
    invalid_user_credentials: 'bad_credentials',
    invalid_client_credentials: 'bad_credentials',
    password_missing: 'bad_credentials',
    user_not_found: 'unknown_user',
    user_disabled: 'disabled',
    client_disabled: 'disabled',
    user_temporarily_disabled: 'locked',
    expired_code: 'protocol',
    invalid_code: 'protocol',
    cookie_not_found: 'protocol',
    session_expired: 'token_invalid',
    invalid_token: 'token_invalid',
    user_session_not_found: 'token_invalid',
    access_denied: 'policy_blocked',
    not_allowed: 'unauthorized',
    rejected_by_user: 'policy_blocked',
  } satisfies Record<string, FailureClass>),
)

/** Why something failed. Most other errors say that a page was reloaded or a client is set up wrongly. */
export function keycloakFailure(error: string | undefined): FailureClass {
  return errors.get(error ?? '') ?? (error === undefined ? 'other' : 'protocol')
}
