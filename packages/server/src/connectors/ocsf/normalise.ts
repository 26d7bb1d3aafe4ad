import type { AccessEvent, AuthDetail, VendorRisk } from '@gatewatch/schema'
import type { Connector, Origin } from '../connector.ts'
import { type Outcome, ok, reject } from '../outcome.ts'
import { identified } from '../values/derived-uid.ts'
import { failureWords } from '../values/failure-words.ts'
import {
  entryOf,
  type Fields,
  fieldsOf,
  isFields,
  known,
  knownOrNone,
  listOf,
} from '../values/fields.ts'
import { instantOf } from '../values/instant.ts'
import { boolOf, countOf, numberOf, textOf } from '../values/text.ts'
import { deviceOf, sourceOf } from './endpoints.ts'
import { actorOf, isIdentityType, targetOf } from './people.ts'
import { ocsfTime } from './time.ts'

/** Events of the Open Cybersecurity Schema Framework, 1.0 to 1.7: account change, authentication, sessions, user access, API activity, findings. */
export const ocsf: Connector = {
  format: 'ocsf',
  title: 'OCSF 1.0 to 1.7 (classes 3001, 3002, 3003, 3005, 6003, 2004; JSON)',
  recognise(record) {
    if (!isFields(record) || record.v === 1) return 0
    const isClassed = countOf(record.class_uid) !== undefined && record.metadata !== undefined
    return isClassed && (record.time ?? record.time_dt) !== undefined ? 0.98 : 0
  },
  normalise(record, origin) {
    if (!isFields(record)) return reject('not an OCSF event: it has no fields')
    const class_uid = countOf(record.class_uid)
    if (class_uid === undefined) return reject('class_uid is missing: not an OCSF event')
    return eventOf(record, class_uid, origin)
  },
}

const mapped = [3001, 3002, 3003, 3005, 6003, 2004] as const
const providers = ['aws', 'azure', 'gcp', 'okta', 'google', 'github'] as const

function eventOf(record: Fields, given: number, origin: Origin): Outcome<AccessEvent> {
  const { ms, said } = ocsfTime(record)
  const when = instantOf(ms, said, origin)
  if ('why' in when) return reject(when.why)
  const class_uid = mapped.find((one) => one === given) ?? 0
  const metadata = fieldsOf(record.metadata)
  const product = fieldsOf(metadata.product)
  const source = logOf(record, metadata, product)
  const isAws = source.vendor === 'aws' && source.product === 'cloudtrail'
  const isCloudTrail = isAws && isIdentityType(fieldsOf(fieldsOf(record.actor).user).type)
  const api = fieldsOf(record.api)
  const operation = textOf(api.operation, 255)
  const cloud = fieldsOf(record.cloud)
  const provider = textOf(cloud.provider, 64)?.toLowerCase() ?? ''
  return ok(
    identified(
      {
        v: 1,
        revision: 0,
        time: when.time,
        time_raw: when.raw,
        observed_time: origin.now,
        source: known({ ...source, format: 'ocsf', connector: origin.connector }),
        class_uid,
        activity_id: countOf(record.activity_id) ?? 0,
        activity:
          operation ??
          textOf(metadata.event_code, 255) ??
          textOf(record.activity_name ?? record.activity ?? record.type_name, 255) ??
          `class ${given}`,
        ...statusOf(record, api),
        actor: actorOf(record, class_uid === 3002, isCloudTrail),
        target: targetOf(record, class_uid),
        src: sourceOf(record),
        user_agent: textOf(fieldsOf(record.http_request).user_agent, 1024),
        device: deviceOf(record),
        app: appOf(record),
        cloud: knownOrNone({
          provider: providers.find((one) => one === provider) ?? 'other',
          account_uid: textOf(fieldsOf(cloud.account).uid ?? cloud.account_uid, 255),
          org_uid: textOf(fieldsOf(cloud.org).uid ?? cloud.org_uid, 255),
          region: textOf(cloud.region, 64),
        }),
        api: apiOf(record, class_uid, operation),
        resources: resourcesOf(record),
        traffic: trafficOf(record),
        auth: class_uid === 3002 ? authOf(record) : undefined,
        vendor_risk: riskOf(record),
        count: countOf(record.count) || undefined,
        warnings: when.warnings,
      },
      metadata.uid,
    ),
  )
}

/** The vendor's log, so that a record that also comes straight from the vendor is the same event. */
function logOf(record: Fields, metadata: Fields, product: Fields) {
  const name = (value: unknown) => textOf(value, 64)?.toLowerCase().replaceAll(' ', '_')
  const cloud = fieldsOf(record.cloud)
  return {
    vendor: name(product.vendor_name) ?? 'unknown',
    product: name(product.name) ?? 'unknown',
    tenant_uid: textOf(
      fieldsOf(cloud.account).uid ?? cloud.account_uid ?? metadata.tenant_uid,
      255,
    ),
  }
}

function statusOf(
  record: Fields,
  api: Fields,
): Pick<AccessEvent, 'status_id' | 'status_code' | 'status_detail' | 'failure_class'> {
  const response = fieldsOf(api.response)
  const id = countOf(record.status_id)
  const named = textOf(record.status, 64)?.toLowerCase()
  const byName = named === 'success' ? 1 : named === 'failure' || named === 'failed' ? 2 : 0
  const status_id = id === 1 || id === 2 || id === 99 ? id : byName
  const status_code = textOf(record.status_code ?? response.error ?? response.code, 255)
  const status_detail = textOf(
    record.status_detail ?? response.error_message ?? response.message,
    1024,
  )
  const fault = failureWords(status_code) ?? failureWords(status_detail) ?? 'other'
  return {
    status_id,
    status_code,
    status_detail,
    ...(status_id === 2 ? { failure_class: fault } : {}),
  }
}

function appOf(record: Fields): AccessEvent['app'] {
  const service = fieldsOf(record.service)
  return knownOrNone({ uid: textOf(service.uid, 255), name: textOf(service.name, 255) })
}

function apiOf(
  record: Fields,
  class_uid: AccessEvent['class_uid'],
  operation: string | undefined,
): AccessEvent['api'] {
  if (class_uid === 3002 || operation === undefined) return undefined
  const { service, request } = fieldsOf(record.api)
  return known({
    service: textOf(fieldsOf(service).name ?? service, 255) ?? 'unknown',
    operation,
    read_only: class_uid === 6003 ? countOf(record.activity_id) === 2 || undefined : undefined,
    request_uid: textOf(fieldsOf(request).uid, 255),
  })
}

function resourcesOf(record: Fields): AccessEvent['resources'] {
  const found = [...listOf(record.resources), ...listOf(record.resource)]
    .slice(0, 8)
    .flatMap((one) => {
      const { uid, name, type, account_uid, region } = fieldsOf(one)
      const resource = knownOrNone({
        uid: textOf(uid, 2048),
        name: textOf(name, 1024),
        type: textOf(type, 255),
        account_uid: textOf(account_uid, 255),
        region: textOf(region, 64),
      })
      return resource === undefined ? [] : [resource]
    })
  return found.length === 0 ? undefined : found
}

function trafficOf(record: Fields): AccessEvent['traffic'] {
  const { bytes_in, bytes_out } = fieldsOf(record.traffic)
  return knownOrNone({ bytes_in: bytesOf(bytes_in), bytes_out: bytesOf(bytes_out) })
}

function bytesOf(value: unknown): number | undefined {
  const bytes = numberOf(value)
  return bytes !== undefined && bytes >= 0 ? bytes : undefined
}

const protocols: Readonly<Record<string, AuthDetail['protocol']>> = {
  1: 'ntlm',
  2: 'kerberos',
  4: 'oidc',
  5: 'saml',
  6: 'oauth2',
  10: 'radius',
  99: 'other',
}
const protocolNames: readonly (readonly [RegExp, NonNullable<AuthDetail['protocol']>])[] = [
  [/ldap/i, 'ldap'],
  [/ssh/i, 'ssh'],
  [/saml/i, 'saml'],
  [/open.?id|oidc/i, 'oidc'],
  [/oauth/i, 'oauth2'],
  [/kerberos/i, 'kerberos'],
]

const factors: Readonly<Record<string, NonNullable<AuthDetail['factors']>[number]>> = {
  1: 'sms',
  3: 'voice',
  5: 'push',
  6: 'otp',
  7: 'otp',
  8: 'otp',
  9: 'webauthn',
  10: 'webauthn',
  11: 'password',
}

const stages: Readonly<Record<string, AuthDetail['stage']>> = {
  1: 'primary',
  2: 'logoff',
  3: 'token',
  4: 'token',
  5: 'token',
  6: 'primary',
  7: 'session',
}

function authOf(record: Fields): AuthDetail {
  const session = fieldsOf(record.session ?? fieldsOf(record.actor).session)
  const isMfa = boolOf(record.is_mfa ?? record.mfa ?? session.is_mfa)
  const used = listOf(record.auth_factors).map(
    (one) => entryOf(factors, fieldsOf(one).factor_type_id) ?? 'other',
  )
  const named = textOf(record.auth_protocol, 64) ?? ''
  const logon = countOf(record.logon_type_id)
  return known<AuthDetail>({
    stage: entryOf(stages, record.activity_id) ?? 'primary',
    attempt_uid: textOf(fieldsOf(record.metadata).correlation_uid, 512),
    is_interactive: logon === 2 || logon === 10 ? true : undefined,
    is_mfa: isMfa ?? null,
    factors: used.length === 0 ? undefined : [...new Set(used)].slice(0, 16),
    protocol:
      protocolNames.find(([form]) => form.test(named))?.[1] ??
      entryOf(protocols, record.auth_protocol_id),
  })
}

function riskOf(record: Fields): VendorRisk | undefined {
  const level = countOf(record.risk_level_id)
  const score = numberOf(record.risk_score)
  const level_id = level === 1 || level === 2 || level === 3 || level === 4 ? level : 0
  if (level_id === 0 && score === undefined) return undefined
  return known<VendorRisk>({ level_id, score, reasons: [] })
}
