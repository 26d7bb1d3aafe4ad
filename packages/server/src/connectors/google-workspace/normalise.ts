import type { AccessEvent, Actor, ChangeFact, Principal } from '@gatewatch/schema'
import type { Connector, Origin } from '../connector.ts'
import { type Outcome, ok, reject } from '../outcome.ts'
import { readAddress } from '../values/address.ts'
import { countryCode } from '../values/country.ts'
import { identified } from '../values/derived-uid.ts'
import { type Fields, fieldsOf, isFields, known, knownOrNone, listOf } from '../values/fields.ts'
import { instantOf } from '../values/instant.ts'
import { countOf, loginOf, textOf } from '../values/text.ts'
import { readTime } from '../values/time.ts'
import { authOf, statusOf } from './authentication.ts'
import { type WorkspaceEventType, workspaceEventType } from './event-types.ts'
import { type Parameters, parametersOf } from './parameters.ts'

/** Google Workspace activities of the Reports API, one event each (`recordsIn` takes apart those that hold several). */
export const googleWorkspace: Connector = {
  format: 'google_workspace',
  title: 'Google Workspace activities (Reports API, JSON)',
  recognise(record) {
    if (!isFields(record)) return 0
    if (record.kind === 'admin#reports#activity') return 1
    const id = fieldsOf(record.id)
    const isNamed = Array.isArray(record.events) || typeof record.name === 'string'
    return typeof id.applicationName === 'string' && isNamed ? 0.95 : 0
  },
  normalise(record, origin) {
    if (!isFields(record)) return reject('not an activity of Google Workspace: it has no fields')
    const id = fieldsOf(record.id)
    const app = textOf(id.applicationName, 64)
    if (app === undefined) return reject('id.applicationName is missing: not an activity')
    if (Array.isArray(record.events) && record.events.length > 1)
      return reject('an activity of several events that is too long to be taken apart')
    // Exporters that take activities apart put the event's own fields beside the id.
    const event = fieldsOf(Array.isArray(record.events) ? record.events[0] : record)
    const name = textOf(event.name, 255)?.trim()
    if (name === undefined) return reject('the activity names no event')
    const qualifier = textOf(id.uniqueQualifier, 255)
    const index = countOf(record.eventIndex) ?? 0
    return activityEvent(
      {
        app,
        name,
        parameters: parametersOf(event.parameters),
        time: id.time,
        qualifier,
        index,
        actor: fieldsOf(record.actor),
        address: record.ipAddress,
        network: fieldsOf(listOf(record.networkInfo)[0]),
        customer: textOf(id.customerId, 255),
      },
      origin,
    )
  },
}

/** What an activity says, by whichever route it came. */
export interface Activity {
  readonly app: string
  readonly name: string
  readonly parameters: Parameters
  readonly time: unknown
  /** What tells the activity from others of its instant; undefined where the route does not say. */
  readonly qualifier: string | undefined
  /** Which of the activity's events it is, from 0. */
  readonly index: number
  readonly actor: Fields
  readonly address: unknown
  readonly network: Fields
  readonly customer: string | undefined
  readonly userAgent?: unknown
}

/** The event of an activity. */
export function activityEvent(activity: Activity, origin: Origin): Outcome<AccessEvent> {
  const { app, name, parameters, network, qualifier, index } = activity
  const when = instantOf(readTime(activity.time), activity.time, origin)
  if ('why' in when) return reject(when.why)
  const type = workspaceEventType(app, name)
  const status = statusOf(name, type, parameters)
  const asn = countOf(listOf(network.ipAsn)[0])
  const country = countryCode(network.regionCode)
  return ok(
    identified(
      {
        v: 1,
        revision: 0,
        time: when.time,
        time_raw: when.raw,
        observed_time: origin.now,
        source: {
          vendor: 'google',
          product: 'workspace',
          format: 'google_workspace',
          connector: origin.connector,
          log_name: app,
        },
        class_uid: type.class_uid,
        activity_id: type.activity_id,
        activity: name,
        ...status,
        actor: actorOf(activity, type),
        target: targetOf(parameters),
        src: known({
          ...readAddress(activity.address),
          location: country === undefined ? undefined : { country, provider: 'vendor' as const },
          autonomous_system: asn === undefined ? undefined : { number: asn },
        }),
        user_agent: textOf(activity.userAgent, 1024),
        app: appOf(parameters),
        cloud: known<NonNullable<AccessEvent['cloud']>>({
          provider: 'google',
          org_uid: activity.customer,
        }),
        api: type.class_uid === 3002 ? undefined : { service: app, operation: name },
        change: changeOf(type, parameters, status.status_id),
        resources: resourcesOf(parameters),
        auth: authOf(type, parameters, app === 'login' ? qualifier : undefined),
        vendor_risk: riskOf(type, name, parameters),
        warnings: when.warnings,
      },
      qualifier === undefined ? undefined : `${app}/${qualifier}/${index}`,
    ),
  )
}

function actorOf({ actor, parameters }: Activity, type: WorkspaceEventType): Actor {
  const caller = textOf(actor.callerType, 32)
  const isKey = caller === 'KEY' || (actor.email === undefined && actor.key !== undefined)
  if (isKey) {
    const key = textOf(actor.key, 320)
    return known<Actor>({ uid: key, name: key, type: key === 'SYSTEM' ? 'system' : 'service' })
  }
  // Google's own findings name whom they are about, not who did anything.
  const email = actor.email ?? parameters.text('affected_email_address', 320)
  const login = loginOf(email)
  const isService = /\.gserviceaccount\.com$/i.test(login.name ?? '')
  const uid = textOf(actor.profileId, 512)
  const isNobody = login.name === undefined && uid === undefined
  const kind = isService ? 'service' : isNobody ? 'unknown' : 'user'
  return known<Actor>({
    uid,
    ...login,
    type: type.class_uid === 3001 && isNobody ? 'system' : kind,
  })
}

function targetOf(parameters: Parameters): Principal | undefined {
  const email =
    parameters.text('USER_EMAIL', 320) ??
    parameters.text('affected_email_address', 320) ??
    parameters.text('target_user', 320)
  return email === undefined ? undefined : { ...loginOf(email), type: 'user' }
}

function appOf(parameters: Parameters): AccessEvent['app'] {
  return knownOrNone({
    uid: parameters.text('client_id', 255),
    name: parameters.text('app_name', 255) ?? parameters.text('application_name', 255),
  })
}

function changeOf(
  type: WorkspaceEventType,
  parameters: Parameters,
  status: number,
): ChangeFact[] | undefined {
  if (status === 2) return undefined
  const seen = parameters.text('visibility', 64)
  if (seen === 'people_with_link' || seen === 'public_on_the_web') {
    const isOutside = parameters.text('visibility_change', 64) === 'external'
    if (isOutside || seen === 'public_on_the_web') return ['grants_public_access']
  }
  if (parameters.text('visibility_change', 64) === 'external') return ['shares_outside']
  return type.change === undefined ? undefined : [type.change]
}

function resourcesOf(parameters: Parameters): AccessEvent['resources'] {
  const resource = knownOrNone({
    uid: parameters.text('doc_id', 1024),
    name: parameters.text('doc_title', 1024),
    type: parameters.text('doc_type', 255),
  })
  return resource === undefined ? undefined : [resource]
}

function riskOf(
  type: WorkspaceEventType,
  name: string,
  parameters: Parameters,
): AccessEvent['vendor_risk'] {
  if (type.risk !== undefined) return { level_id: type.risk, reasons: [name] }
  const suspicious = parameters.bool('is_suspicious') === true
  return suspicious ? { level_id: 2, reasons: ['is_suspicious'] } : undefined
}
