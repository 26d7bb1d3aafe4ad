import type { AccessEvent, Actor, AuthDetail, Principal } from '@gatewatch/schema'
import type { Connector, Origin } from '../connector.ts'
import { type Outcome, ok, reject } from '../outcome.ts'
import { readAddress } from '../values/address.ts'
import { begin } from '../values/begin.ts'
import { identified } from '../values/derived-uid.ts'
import { factorOf } from '../values/factor.ts'
import { failureWords } from '../values/failure-words.ts'
import { type Fields, fieldsOf, isFields, known, knownOrNone } from '../values/fields.ts'
import { instantOf } from '../values/instant.ts'
import { type Kind, kindFields } from '../values/kind.ts'
import { vendorLocation } from '../values/location.ts'
import { boolOf, loginOf, textOf } from '../values/text.ts'
import { readTime } from '../values/time.ts'
import { eventKind } from './event-types.ts'

/** Directory Insights of JumpCloud. */
export const jumpcloud: Connector = {
  format: 'jumpcloud',
  title: 'JumpCloud Directory Insights (API, S3 export; JSON)',
  recognise(record) {
    if (!isFields(record) || record.timestamp === undefined) return 0
    const { event_type, service, initiated_by, client_ip, organization, username } = record
    if (typeof event_type !== 'string' || typeof service !== 'string') return 0
    const marks = [initiated_by, client_ip, organization, username]
    return marks.filter((mark) => mark !== undefined).length >= 2 ? 0.95 : 0
  },
  normalise(record, origin) {
    if (!isFields(record)) return reject('not an event of Directory Insights: it has no fields')
    return eventOf(record, origin)
  },
}

function eventOf(record: Fields, origin: Origin): Outcome<AccessEvent> {
  const activity = textOf(record.event_type, 255)
  if (activity === undefined)
    return reject('event_type is missing: not an event of Directory Insights')
  const when = instantOf(readTime(record.timestamp), record.timestamp, origin)
  if ('why' in when) return reject(when.why)
  const service = textOf(record.service, 64)
  const kind = eventKind(activity)
  const status_id = statusOf(record, kind)
  const error = textOf(record.error_message, 1024)
  const organization = textOf(record.organization, 255)
  const application = fieldsOf(record.application)
  return ok(
    identified(
      {
        ...begin(when, origin, {
          vendor: 'jumpcloud',
          product: 'directory_insights',
          format: 'jumpcloud',
          tenant_uid: organization,
          log_name: service,
        }),
        ...kindFields(kind, status_id, { service: service ?? 'jumpcloud', operation: activity }),
        activity,
        status_id,
        status_detail: error,
        failure_class: status_id === 2 ? failureOf(kind, error) : undefined,
        actor: actorOf(record),
        target: kind.class_uid === 3002 ? undefined : targetOf(fieldsOf(record.resource)),
        src: sourceOf(record),
        device: deviceOf(record),
        app: knownOrNone({
          uid: textOf(application.id, 255),
          name: textOf(application.display_label ?? application.name, 255),
        }),
        cloud: known<NonNullable<AccessEvent['cloud']>>({
          provider: 'other',
          account_uid: organization,
        }),
        resources: resourcesOf(record, kind),
        auth: authOf(record, kind, application),
      },
      record.id,
    ),
  )
}

function statusOf(record: Fields, kind: Kind): AccessEvent['status_id'] {
  if (kind.status_id !== undefined) return kind.status_id
  const success = boolOf(record.success)
  // Changes are told of when they have happened; sign-ins say how they went.
  return success === undefined ? (kind.class_uid === 3002 ? 0 : 1) : success ? 1 : 2
}

function failureOf(kind: Kind, error: string | undefined) {
  return failureWords(error) ?? (kind.stage === undefined ? 'other' : 'bad_credentials')
}

function actorOf(record: Fields): Actor {
  const said = fieldsOf(record.initiated_by)
  const uid = textOf(said.id, 512)
  const { email_addr } = loginOf(said.email)
  const login = loginOf(said.username ?? record.username)
  const email = email_addr ?? login.email_addr
  const name = email ?? login.name
  if (name === undefined && uid === undefined) return { type: 'unknown' }
  return known<Actor>({
    uid,
    name: name ?? textOf(said.id, 320),
    email_addr: email,
    domain: email === undefined ? 'jumpcloud' : undefined,
    type:
      said.type === 'admin'
        ? 'admin'
        : /^(user|admin)?$/.test(textOf(said.type, 32) ?? '')
          ? 'user'
          : 'service',
  })
}

function targetOf(resource: Fields): Principal | undefined {
  const type = textOf(resource.type, 32)
  if (type !== 'user' && type !== 'admin') return undefined
  const { email_addr } = loginOf(resource.email)
  const name = email_addr ?? textOf(resource.username, 320)
  const uid = textOf(resource.id, 512)
  if (name === undefined && uid === undefined) return undefined
  return known<Principal>({
    uid,
    name,
    email_addr,
    domain: email_addr === undefined ? 'jumpcloud' : undefined,
    type,
  })
}

function sourceOf(record: Fields): AccessEvent['src'] {
  const place = fieldsOf(record.geoip)
  return known({
    ...readAddress(record.client_ip ?? record.src_ip),
    location: vendorLocation({
      country: place.country_code,
      region: place.region_name,
      city: place.city_name,
      lat: place.latitude,
      long: place.longitude,
    }),
  })
}

function deviceOf(record: Fields): AccessEvent['device'] {
  const agent = fieldsOf(record.useragent)
  const version = textOf(agent.version, 32)
  const browser = textOf(agent.name, 64)
  return knownOrNone({
    os: textOf(agent.os_full ?? agent.os_name ?? agent.os, 128),
    browser: browser === undefined || version === undefined ? browser : `${browser} ${version}`,
  })
}

function resourcesOf(record: Fields, kind: Kind): AccessEvent['resources'] {
  const system = fieldsOf(record.system)
  const host = textOf(system.hostname ?? system.displayName, 1024)
  const machine = knownOrNone({ uid: textOf(system.id, 2048), name: host })
  const said = fieldsOf(record.resource)
  const type = textOf(said.type, 255)
  const isPerson = type === 'user' || type === 'admin'
  const thing = knownOrNone({
    uid: textOf(said.id, 2048),
    name: textOf(said.displayName ?? said.name ?? said.hostname, 1024),
  })
  const found = [
    ...(machine === undefined ? [] : [{ ...machine, type: 'host' }]),
    ...(thing === undefined || isPerson || kind.class_uid === 3002
      ? []
      : [known({ ...thing, type })]),
  ]
  return found.length === 0 ? undefined : found
}

function authOf(record: Fields, kind: Kind, application: Fields): AuthDetail | undefined {
  if (kind.stage === undefined) return undefined
  const second = factorOf(fieldsOf(record.mfa_meta).type)
  const first = factorOf(record.auth_method ?? record.auth_type)
  const factors = [first, second].filter((factor) => factor !== undefined)
  const sso = textOf(application.sso_type, 16)?.toLowerCase()
  const service = textOf(record.service, 16)
  return known<AuthDetail>({
    stage: kind.stage,
    is_mfa: boolOf(record.mfa) ?? (second === undefined ? null : true),
    factors: factors.length === 0 ? undefined : [...new Set(factors)],
    protocol:
      sso === 'saml' || sso === 'oidc'
        ? sso
        : service === 'radius' || service === 'ldap'
          ? service
          : undefined,
  })
}
