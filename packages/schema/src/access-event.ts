import { z } from 'zod'

/** OCSF class: account change, authentication, authorize session, user access, API activity, vendor finding, or 0 for a record that no mapping knows. */
export const ClassUid = z.union([
  z.literal(3001),
  z.literal(3002),
  z.literal(3003),
  z.literal(3005),
  z.literal(6003),
  z.literal(2004),
  z.literal(0),
])
export type ClassUid = z.infer<typeof ClassUid>

/** OCSF status: 0 unknown, 1 success, 2 failure, 99 other (an interrupt or challenge, which is not a failure). */
export const StatusId = z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(99)])
export type StatusId = z.infer<typeof StatusId>

/** Which step of one human sign-in a record describes. Travel and device logic look at `primary` and `session` only. */
export const STAGES = [
  'primary',
  'mfa',
  'session',
  'sso',
  'token',
  'policy',
  'logoff',
  'enroll',
] as const
export const Stage = z.enum(STAGES)
export type Stage = z.infer<typeof Stage>

/** Why an attempt failed, across vendors. */
export const FAILURE_CLASSES = [
  'bad_credentials',
  'unknown_user',
  'mfa_failed',
  'mfa_denied',
  'mfa_fraud_reported',
  'mfa_timeout',
  'locked',
  'disabled',
  'expired',
  'policy_blocked',
  'risk_blocked',
  'rate_limited',
  'leaked_password',
  'token_invalid',
  'unauthorized',
  'protocol',
  'other',
] as const
export const FailureClass = z.enum(FAILURE_CLASSES)
export type FailureClass = z.infer<typeof FailureClass>

/** What kind of identity acts. */
export const PRINCIPAL_TYPES = [
  'user',
  'admin',
  'root',
  'guest',
  'service',
  'workload',
  'system',
  'anonymous',
  'unknown',
] as const
export const PrincipalType = z.enum(PRINCIPAL_TYPES)
export type PrincipalType = z.infer<typeof PrincipalType>

/** What an address is. Everything but `public` is left out of place, network and travel evidence. */
export const IP_KINDS = [
  'public',
  'private',
  'loopback',
  'link_local',
  'reserved',
  'service',
  'hostname',
  'missing',
  'invalid',
] as const
export const IpKind = z.enum(IP_KINDS)
export type IpKind = z.infer<typeof IpKind>

/** Ways of proving who one is. */
export const FACTORS = [
  'password',
  'otp',
  'push',
  'sms',
  'voice',
  'webauthn',
  'cert',
  'ssh_key',
  'kerberos',
  'passkey',
  'remembered',
  'recovery',
  'other',
] as const
export const Factor = z.enum(FACTORS)
export type Factor = z.infer<typeof Factor>

const text = (max: number) => z.string().min(1).max(max)

/** Somebody or something that acts or is acted on. `key` is the stable identity after alias resolution, never built from a display name. */
export const Principal = z.object({
  uid: text(512).optional(),
  name: text(320).optional(),
  email_addr: text(320).optional(),
  domain: text(255).optional(),
  type: PrincipalType,
  account_uid: text(255).optional(),
  key: text(512).optional().describe('stable identity, lower case, e.g. user:ada@example.com'),
})
export type Principal = z.infer<typeof Principal>

/** The session an actor works in. `is_mfa` is null where the source cannot know. */
export const Session = z.object({
  uid: text(512).optional(),
  root_uid: text(512).optional(),
  created_time: z.number().optional().describe('ms since 1970, UTC'),
  issuer: text(512).optional(),
  is_mfa: z.boolean().nullable().optional(),
})
export type Session = z.infer<typeof Session>

/** Who acted, with which credential, through which session or role. */
export const Actor = Principal.extend({
  credential_uid: text(512).optional().describe('access key, token or key fingerprint'),
  invoked_by: text(512).optional().describe('the service that acted on behalf of the actor'),
  assumed_from: text(512).optional().describe('identity that took on this role'),
  session: Session.optional(),
})
export type Actor = z.infer<typeof Actor>

/** A geographic location as somebody claims it. */
export const Location = z.object({
  country: z.string().length(2).optional().describe('ISO 3166-1 alpha-2, upper case'),
  region: text(128).optional(),
  city: text(128).optional(),
  lat: z.number().min(-90).max(90).optional(),
  long: z.number().min(-180).max(180).optional(),
  provider: z.enum(['vendor', 'geoip']),
})
export type Location = z.infer<typeof Location>

/** Where a connection came from. `ip` is canonical (IPv4 unmapped, IPv6 compressed lower case, no zone); `ip_raw` is what the record said. */
export const Endpoint = z.object({
  ip: text(45).optional(),
  ip_raw: text(255).optional(),
  ip_kind: IpKind,
  port: z.number().int().min(0).max(65535).optional(),
  hostname: text(255).optional(),
  forwarded: z.array(text(255)).max(32).optional(),
  location: Location.optional(),
  autonomous_system: z
    .object({ number: z.number().int().min(0).optional(), name: text(255).optional() })
    .optional(),
  is_proxy: z.boolean().optional(),
  is_vpn: z.boolean().optional(),
  is_tor: z.boolean().optional(),
  is_hosting: z.boolean().optional(),
})
export type Endpoint = z.infer<typeof Endpoint>

/** The device as the source knows it. `uid` is a cookie, fingerprint hash or device identifier. */
export const Device = z.object({
  uid: text(512).optional(),
  name: text(255).optional(),
  type: z.enum(['desktop', 'mobile', 'tablet', 'server', 'browser', 'other']).optional(),
  os: text(128).optional(),
  browser: text(128).optional(),
  is_managed: z.boolean().optional(),
  is_compliant: z.boolean().optional(),
  is_trusted: z.boolean().optional(),
})
export type Device = z.infer<typeof Device>

/** What is special about an authentication. `is_mfa` null: cannot be known from this source. */
export const AuthDetail = z.object({
  stage: Stage,
  attempt_uid: text(512).optional().describe('links the records of one sign-in'),
  is_interactive: z.boolean().optional(),
  is_mfa: z.boolean().nullable(),
  factors: z.array(Factor).max(16).optional(),
  protocol: z
    .enum([
      'oidc',
      'saml',
      'oauth2',
      'password_grant',
      'device_code',
      'legacy',
      'ssh',
      'kerberos',
      'ntlm',
      'radius',
      'ldap',
      'other',
    ])
    .optional(),
  idp: text(255).optional(),
  new_device: z.boolean().optional().describe('what the caller claims; weak evidence'),
})
export type AuthDetail = z.infer<typeof AuthDetail>

/** Which operation of which service was called. */
export const ApiCall = z.object({
  service: text(255),
  operation: text(255),
  read_only: z.boolean().optional(),
  request_uid: text(255).optional(),
  data_plane: z.boolean().optional(),
})
export type ApiCall = z.infer<typeof ApiCall>

/** Something acted upon. */
export const Resource = z.object({
  uid: text(2048).optional(),
  name: text(1024).optional(),
  type: text(255).optional(),
  account_uid: text(255).optional(),
  region: text(64).optional(),
})
export type Resource = z.infer<typeof Resource>

/** A credential that an event gave out or deleted. Of an account change it is the target's, else the actor's. */
export const Credential = z.object({
  uid: text(512).optional().describe('access key or token, as actor.credential_uid names it later'),
  session_uid: text(512).optional().describe('the session it is for, as actor.uid names it later'),
  state: z.enum(['temporary', 'lasting', 'deleted']),
  expiration_time: z.number().min(0).optional().describe('ms since 1970, UTC'),
})
export type Credential = z.infer<typeof Credential>

/** Where a record comes from: the vendor's log (product and account), not the route by which it travelled. */
export const Source = z.object({
  vendor: text(64),
  product: text(64),
  format: text(64).describe('name of the format that was read, e.g. cloudtrail'),
  connector: text(128).describe('configured instance that delivered it'),
  tenant_uid: text(255).optional().describe("the vendor's own account or tenant"),
  log_name: text(128).optional(),
})
export type Source = z.infer<typeof Source>

/** What the vendor itself thought of the risk. */
export const VendorRisk = z.object({
  level_id: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3), z.literal(4)]),
  score: z.number().optional(),
  reasons: z.array(text(255)).max(32),
  decision: z.enum(['none', 'challenge', 'block']).optional(),
})
export type VendorRisk = z.infer<typeof VendorRisk>

/** Facts about an API call or account change that rules need and that only the connector can read from the record. */
export const CHANGE_FACTS = [
  'grants_admin',
  'grants_public_access',
  'opens_network_to_world',
  'disables_logging',
  'disables_protection',
  'weakens_mfa',
  'creates_credential',
  'shares_outside',
] as const
export const ChangeFact = z.enum(CHANGE_FACTS)
export type ChangeFact = z.infer<typeof ChangeFact>

/**
 * One thing that somebody did, in the field's common words (OCSF names). Absent is not empty: a field that is unknown is left out.
 * Times are ms since 1970, UTC. `uid` is the record's own id (`native`) or a hash of its content (`derived`).
 */
export const AccessEvent = z.object({
  v: z.literal(1),
  uid: text(512),
  uid_kind: z.enum(['native', 'derived']),
  revision: z.number().int().min(0),
  time: z.number().min(0).max(253402300799999),
  time_raw: text(64).optional(),
  observed_time: z.number().min(0).max(253402300799999),
  logged_time: z.number().min(0).optional(),
  source: Source,
  class_uid: ClassUid,
  activity_id: z.number().int().min(0),
  activity: text(255).describe("the vendor's event name, verbatim"),
  status_id: StatusId,
  status_code: text(255).optional(),
  status_detail: text(1024).optional(),
  failure_class: FailureClass.optional(),
  actor: Actor,
  target: Principal.optional(),
  src: Endpoint,
  user_agent: text(1024).optional(),
  device: Device.optional(),
  app: z.object({ uid: text(255).optional(), name: text(255).optional() }).optional(),
  cloud: z
    .object({
      provider: z.enum(['aws', 'azure', 'gcp', 'okta', 'google', 'github', 'other']),
      account_uid: text(255).optional(),
      org_uid: text(255).optional(),
      region: text(64).optional(),
    })
    .optional(),
  api: ApiCall.optional(),
  change: z.array(ChangeFact).max(8).optional(),
  resources: z.array(Resource).max(64).optional(),
  traffic: z
    .object({ bytes_in: z.number().min(0).optional(), bytes_out: z.number().min(0).optional() })
    .optional(),
  auth: AuthDetail.optional(),
  credential: Credential.optional(),
  vendor_risk: VendorRisk.optional(),
  count: z.number().int().min(1).optional().describe('how many alike this record stands for'),
  labels: z.record(text(64), text(255)).optional().describe('operator tags, never ground truth'),
  warnings: z.array(text(255)).max(16).optional(),
})
export type AccessEvent = z.infer<typeof AccessEvent>

/** Warning of an event whose record had no usable time: it has the time of its first receipt. */
export const UNREADABLE_TIME = 'unreadable_time'

/** The four kinds of event that verdicts, screens and filters speak of. */
export const EVENT_KINDS = ['authentication', 'api_activity', 'account_change', 'other'] as const
export const EventKind = z.enum(EVENT_KINDS)
export type EventKind = z.infer<typeof EventKind>

/** success, failure, or other (interrupt, challenge, unknown). */
export const OUTCOMES = ['success', 'failure', 'other'] as const
export const EventOutcome = z.enum(OUTCOMES)
export type EventOutcome = z.infer<typeof EventOutcome>

/** The kind of an event, from its OCSF class. */
export function eventKind(event: Pick<AccessEvent, 'class_uid'>): EventKind {
  if (event.class_uid === 3002) return 'authentication'
  if (event.class_uid === 6003) return 'api_activity'
  if (event.class_uid === 3001 || event.class_uid === 3005) return 'account_change'
  return 'other'
}

/** The outcome of an event, from its OCSF status. */
export function eventOutcome(event: Pick<AccessEvent, 'status_id'>): EventOutcome {
  if (event.status_id === 1) return 'success'
  return event.status_id === 2 ? 'failure' : 'other'
}
