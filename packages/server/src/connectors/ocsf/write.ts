import type { AccessEvent, Principal } from '@gatewatch/schema'
import { type Fields, known, knownOrNone } from '../values/fields.ts'

/** The version of OCSF that is written. */
export const VERSION = '1.3.0'

const userTypes: Readonly<Record<Principal['type'], number>> = {
  user: 1,
  guest: 1,
  admin: 2,
  root: 2,
  system: 3,
  service: 4,
  workload: 4,
  anonymous: 0,
  unknown: 0,
}

const protocolIds: Readonly<Record<string, number>> = {
  ntlm: 1,
  kerberos: 2,
  oidc: 4,
  saml: 5,
  oauth2: 6,
  radius: 10,
}
const factorIds: Readonly<Record<string, number>> = {
  sms: 1,
  voice: 3,
  push: 5,
  otp: 7,
  webauthn: 10,
  password: 11,
}
const deviceIds: Readonly<Record<string, number>> = { server: 1, desktop: 2, tablet: 4, mobile: 5 }

/**
 * The event in the words of OCSF 1.3: account change, authentication, authorize session, user access, API activity or detection finding; what is
 * unmapped becomes a base event. What OCSF has no word for stands under `unmapped`.
 */
export function toOcsf(event: AccessEvent): Fields {
  const { actor, api, auth, class_uid, cloud, source, src, target } = event
  const who = userOf(actor)
  const isSignIn = class_uid === 3002
  const whom = isSignIn ? who : target === undefined ? undefined : userOf(target)
  return known({
    metadata: known({
      version: VERSION,
      uid: event.uid,
      product: { name: source.product, vendor_name: source.vendor },
      log_name: source.log_name,
      tenant_uid: source.tenant_uid,
      event_code: event.activity,
      correlation_uid: auth?.attempt_uid,
      logged_time: event.logged_time,
    }),
    time: event.time,
    class_uid,
    category_uid: Math.floor(class_uid / 1000),
    activity_id: event.activity_id,
    activity_name: event.activity,
    type_uid: class_uid * 100 + event.activity_id,
    severity_id: 1,
    status_id: event.status_id,
    status_code: event.status_code,
    status_detail: event.status_detail,
    count: event.count,
    actor: known({ user: who, session: sessionOf(event), invoked_by: actor.invoked_by }),
    user: whom,
    src_endpoint: known({
      ip: src.ip,
      hostname: src.hostname ?? (src.ip === undefined ? src.ip_raw : undefined),
      port: src.port,
      intermediate_ips: src.forwarded,
      location:
        src.location === undefined ? undefined : known({ ...src.location, provider: undefined }),
      autonomous_system: src.autonomous_system,
    }),
    http_request: event.user_agent === undefined ? undefined : { user_agent: event.user_agent },
    device: deviceOf(event),
    service: event.app,
    cloud:
      cloud === undefined
        ? undefined
        : known({
            provider: cloud.provider,
            region: cloud.region,
            account: cloud.account_uid === undefined ? undefined : { uid: cloud.account_uid },
            org: cloud.org_uid === undefined ? undefined : { uid: cloud.org_uid },
          }),
    api:
      api === undefined
        ? undefined
        : known({
            operation: api.operation,
            service: { name: api.service },
            request: api.request_uid === undefined ? undefined : { uid: api.request_uid },
          }),
    resources: event.resources,
    traffic: event.traffic,
    is_mfa: auth?.is_mfa ?? undefined,
    auth_protocol: auth?.protocol,
    auth_protocol_id: auth?.protocol === undefined ? undefined : (protocolIds[auth.protocol] ?? 99),
    auth_factors: auth?.factors?.map((factor) => ({
      factor_type_id: factorIds[factor] ?? 99,
      factor_type: factor,
    })),
    risk_level_id: event.vendor_risk?.level_id,
    risk_score: event.vendor_risk?.score,
    unmapped: knownOrNone({
      failure_class: event.failure_class,
      stage: auth?.stage,
      change: event.change,
      risk_reasons: event.vendor_risk?.reasons,
      credential: event.credential,
    }),
  })
}

function userOf(
  who: Principal & { readonly credential_uid?: string | undefined },
): Fields | undefined {
  return knownOrNone({
    uid: who.uid,
    name: who.name,
    email_addr: who.email_addr,
    domain: who.domain,
    type: who.type,
    type_id: userTypes[who.type],
    account: who.account_uid === undefined ? undefined : { uid: who.account_uid },
    credential_uid: who.credential_uid,
  })
}

function sessionOf({ actor: { session } }: AccessEvent): Fields | undefined {
  if (session === undefined) return undefined
  return knownOrNone({
    uid: session.uid,
    created_time: session.created_time,
    issuer: session.issuer,
    is_mfa: session.is_mfa ?? undefined,
  })
}

function deviceOf({ device }: AccessEvent): Fields | undefined {
  if (device === undefined) return undefined
  return known({
    uid: device.uid,
    name: device.name,
    type_id: device.type === undefined ? 0 : (deviceIds[device.type] ?? 99),
    os: device.os === undefined ? undefined : { name: device.os },
    is_managed: device.is_managed,
    is_compliant: device.is_compliant,
    is_trusted: device.is_trusted,
  })
}
