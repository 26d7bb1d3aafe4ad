import type { AccessEvent, Actor, AuthDetail, Principal } from '@gatewatch/schema'
import type { Connector, Origin } from '../connector.ts'
import { type Outcome, ok, reject } from '../outcome.ts'
import { readAddress } from '../values/address.ts'
import { begin } from '../values/begin.ts'
import { identified } from '../values/derived-uid.ts'
import { entryOf, type Fields, fieldsOf, isFields, known, knownOrNone } from '../values/fields.ts'
import { instantOf } from '../values/instant.ts'
import { loginOf, numberOf, textOf } from '../values/text.ts'
import { readEpoch, readTime } from '../values/time.ts'
import { keycloakFailure, keycloakType } from './event-types.ts'
import { isEventLine, readJsonLog, readLine } from './read-line.ts'

/** Events of Keycloak: the REST API's, administrators' too, and lines of its log, as text or JSON. */
export const keycloak: Connector = {
  format: 'keycloak',
  title: 'Keycloak events and admin events (REST API, log lines, JSON log)',
  recognise(record) {
    if (typeof record === 'string') return isEventLine(record) ? 1 : 0
    if (!isFields(record)) return 0
    if (readJsonLog(record) !== undefined) return 0.98
    const isTyped = typeof record.type === 'string' && /^[A-Z][A-Z0-9_]+$/.test(record.type)
    const hasRealm = record.realmId !== undefined || record.realmName !== undefined
    if (isTyped && hasRealm && record.time !== undefined) return 0.95
    const isAdmin = record.operationType !== undefined && record.resourceType !== undefined
    return isAdmin && isFields(record.authDetails) ? 0.95 : 0
  },
  normalise(record, origin) {
    const own =
      typeof record === 'string'
        ? readLine(record)
        : isFields(record)
          ? (readJsonLog(record) ?? record)
          : undefined
    if (own === undefined) return reject('neither a record nor a line of Keycloak’s events')
    return own.operationType !== undefined && own.authDetails !== undefined
      ? adminEvent(own, origin)
      : eventOf(own, origin)
  },
}

function timeOf(said: unknown): number {
  return numberOf(said) === undefined ? readTime(said) : readEpoch(said, 'ms')
}

function logOf(realm: string | undefined, log_name: string) {
  return {
    vendor: 'keycloak',
    product: 'keycloak',
    format: 'keycloak',
    tenant_uid: realm,
    log_name,
  }
}

function eventOf(record: Fields, origin: Origin): Outcome<AccessEvent> {
  const activity = textOf(record.type, 255)
  if (activity === undefined) return reject('type is missing: not an event of Keycloak')
  if (record.realmId === undefined && record.realmName === undefined)
    return reject('realmId is missing: not an event of Keycloak')
  const when = instantOf(timeOf(record.time), record.time, origin)
  if ('why' in when) return reject(when.why)
  const type = keycloakType(activity)
  const details = fieldsOf(record.details)
  const error = textOf(record.error, 255)
  const isFailure = error !== undefined || activity.endsWith('_ERROR')
  const status_id = type === undefined ? 0 : isFailure ? 2 : type.isBetween === true ? 99 : 1
  const client = textOf(record.clientId, 255)
  return ok(
    identified(
      {
        ...begin(when, origin, logOf(textOf(record.realmId ?? record.realmName, 255), 'events')),
        class_uid: type?.class_uid ?? 0,
        activity_id: type?.activity_id ?? 99,
        activity,
        status_id,
        status_code: error,
        failure_class: status_id === 2 ? keycloakFailure(error) : undefined,
        actor: actorOf(record, details, type?.isClient === true),
        src: readAddress(record.ipAddress),
        app: client === undefined ? undefined : { uid: client },
        cloud: { provider: 'other' },
        api: type?.class_uid === 3002 ? undefined : { service: 'keycloak', operation: activity },
        change: type?.change === undefined || isFailure ? undefined : [type.change],
        auth: authOf(type?.stage, record, details),
      },
      record.id,
    ),
  )
}

function actorOf(record: Fields, details: Fields, isClient: boolean): Actor {
  const client = textOf(record.clientId, 255)
  if (isClient)
    return known<Actor>({
      uid: client,
      name: client,
      type: client === undefined ? 'unknown' : 'service',
    })
  const login = loginOf(details.username)
  const uid = textOf(record.userId, 512)
  const isService = login.name?.startsWith('service-account-') === true
  return known<Actor>({
    uid,
    ...login,
    domain:
      login.name !== undefined && login.email_addr === undefined
        ? textOf(record.realmName ?? record.realmId, 255)
        : undefined,
    type: isService
      ? 'service'
      : uid === undefined && login.name === undefined
        ? 'unknown'
        : 'user',
    session: knownOrNone({ uid: textOf(record.sessionId, 512) }),
  })
}

const factors: Readonly<Record<string, NonNullable<AuthDetail['factors']>[number]>> = {
  password: 'password',
  otp: 'otp',
  webauthn: 'webauthn',
  'webauthn-passwordless': 'passkey',
  'recovery-authn-codes': 'recovery',
}

function authOf(
  stage: AuthDetail['stage'] | undefined,
  record: Fields,
  details: Fields,
): AuthDetail | undefined {
  if (stage === undefined) return undefined
  const method = textOf(details.auth_method, 64)
  const factor = entryOf(factors, details.credential_type)
  const grant = textOf(details.grant_type, 64)
  return known<AuthDetail>({
    stage,
    attempt_uid: textOf(details.code_id ?? record.sessionId, 512),
    is_mfa: factor === 'otp' || factor === 'webauthn' ? true : null,
    factors: factor === undefined ? undefined : [factor],
    protocol:
      grant === 'password'
        ? 'password_grant'
        : method === 'saml'
          ? 'saml'
          : method === 'openid-connect'
            ? 'oidc'
            : undefined,
    idp: textOf(details.identity_provider, 255),
  })
}

const verbs: Readonly<Record<string, number>> = { CREATE: 1, UPDATE: 3, DELETE: 4 }
const ofUsers: Readonly<Record<string, number>> = { CREATE: 1, UPDATE: 99, DELETE: 6, ACTION: 99 }

function adminEvent(record: Fields, origin: Origin): Outcome<AccessEvent> {
  const operation = textOf(record.operationType, 64)
  const resource = textOf(record.resourceType, 128)
  if (operation === undefined || resource === undefined)
    return reject('operationType and resourceType are needed: not an admin event of Keycloak')
  const when = instantOf(timeOf(record.time), record.time, origin)
  if ('why' in when) return reject(when.why)
  const who = fieldsOf(record.authDetails)
  const path = textOf(record.resourcePath, 1024)
  const isUser = resource === 'USER'
  const isMapping = /ROLE_MAPPING$|^GROUP_MEMBERSHIP$/.test(resource)
  const error = textOf(record.error, 255)
  const activity = `${operation} ${resource}`
  const isAdmin =
    isMapping &&
    operation === 'CREATE' &&
    /"(name)"\s*:\s*"(realm-admin|admin|manage-users|manage-realm|impersonation)"/.test(
      textOf(record.representation, 4096) ?? '',
    )
  return ok(
    identified(
      {
        ...begin(when, origin, logOf(textOf(record.realmId ?? who.realmId, 255), 'admin')),
        class_uid: isUser ? 3001 : isMapping ? 3005 : 6003,
        activity_id: isUser
          ? (entryOf(ofUsers, operation) ?? 99)
          : isMapping
            ? operation === 'DELETE'
              ? 2
              : 1
            : (entryOf(verbs, operation) ?? 99),
        activity,
        status_id: error === undefined ? 1 : 2,
        status_code: error,
        failure_class: error === undefined ? undefined : 'other',
        actor: known<Actor>({
          uid: textOf(who.userId, 512),
          type: who.userId === undefined ? 'unknown' : 'admin',
        }),
        target: targetOf(path),
        src: readAddress(who.ipAddress),
        cloud: { provider: 'other' },
        api: { service: 'keycloak', operation: activity },
        change: isAdmin && error === undefined ? ['grants_admin'] : undefined,
        resources: path === undefined ? undefined : [{ uid: path, type: resource }],
      },
      record.id,
    ),
  )
}

function targetOf(path: string | undefined): Principal | undefined {
  const user = /^users\/([^/]{1,255})/.exec(path ?? '')?.[1]
  return user === undefined ? undefined : { uid: user, type: 'user' }
}
