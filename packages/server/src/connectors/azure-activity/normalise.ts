import type { AccessEvent, Actor } from '@gatewatch/schema'
import type { Connector, Origin } from '../connector.ts'
import { type Outcome, ok, reject } from '../outcome.ts'
import { readAddress } from '../values/address.ts'
import { begin } from '../values/begin.ts'
import { identified } from '../values/derived-uid.ts'
import { type Fields, fieldsOf, isFields, known, type Reader, readerOf } from '../values/fields.ts'
import { instantOf } from '../values/instant.ts'
import { loginOf, textOf } from '../values/text.ts'
import { readTime } from '../values/time.ts'
import { changeFact } from './change-facts.ts'

/** Azure Activity Log and resource logs of the same shape: Event Hub, Storage, REST API, and Log Analytics. */
export const azureActivity: Connector = {
  format: 'azure_activity',
  title: 'Azure Activity Log and resource logs (JSON, CSV of Log Analytics)',
  recognise(record) {
    if (!isFields(record)) return 0
    const get = readerOf(record)
    const where = textOf(get('resourceid', 'azureresourceid'), 2048)
    const isAzure = where !== undefined && /^\/?(subscriptions|providers|tenants)\//i.test(where)
    const operation = operationOf(get)
    const result = get(
      'resulttype',
      'status',
      'activitystatus',
      'activitystatusvalue',
      'statuscode',
      'resultsignature',
    )
    if (!isAzure || operation === undefined || result === undefined) return 0
    // Entra's own records name a tenant of this provider.
    return /microsoft\.aadiam/i.test(where) || get('userprincipalname') !== undefined ? 0 : 0.92
  },
  normalise(record, origin) {
    if (!isFields(record)) return reject('not a record of Azure: it has no fields')
    return eventOf(readerOf(record), origin)
  },
}

/** `Microsoft.Compute/virtualMachines/write`: in the REST API an object, in old tables a sentence beside the action. */
function operationOf(get: Reader): string | undefined {
  const said = get('operationnamevalue', 'operationname')
  const action = fieldsOf(get('authorization')).action
  const named = isFields(said) ? said.value : said
  const text = textOf(named, 255)
  return text?.includes('/') === true ? text : (textOf(action, 255) ?? text)
}

const verbs: readonly (readonly [RegExp, number])[] = [
  [/(\/read$|^(get|list|head|query))/, 2],
  [/(\/delete$|^delete)/, 4],
  [/(\/write$|^(put|set|update|patch))/, 3],
  [/^(create|copy|append)/, 1],
]

function eventOf(get: Reader, origin: Origin): Outcome<AccessEvent> {
  const activity = operationOf(get)
  if (activity === undefined) return reject('operationName is missing: not a record of Azure')
  const resource = textOf(get('resourceid', 'azureresourceid'), 2048)
  if (resource === undefined) return reject('resourceId is missing: not a record of Azure')
  const said = get('eventtimestamp', 'time', 'timegenerated', 'eventsubmissiontimestamp')
  const when = instantOf(readTime(said), said, origin)
  if ('why' in when) return reject(when.why)
  // Writers differ in the case of one and the same operation.
  const operation = activity.toLowerCase()
  const status = statusOf(get)
  const fact =
    status.status_id === 1 ? changeFact(operation, fieldsOf(get('properties'))) : undefined
  const isGrant = operation.startsWith('microsoft.authorization/roleassignments/')
  const subscription = /subscriptions\/([^/]{1,64})/i.exec(resource)?.[1]?.toLowerCase()
  return ok(
    identified(
      {
        ...begin(when, origin, {
          vendor: 'microsoft',
          product: 'azure',
          format: 'azure_activity',
          tenant_uid: subscription,
          log_name: textOf(get('category', 'categoryvalue'), 128),
        }),
        class_uid: isGrant ? 3005 : 6003,
        activity_id: isGrant
          ? operation.endsWith('/delete')
            ? 2
            : 1
          : (verbs.find(([form]) => form.test(operation))?.[1] ?? 99),
        activity,
        ...status,
        actor: actorOf(get),
        src: readAddress(addressOf(get)),
        user_agent: textOf(get('useragent') ?? fieldsOf(get('properties')).userAgentHeader, 1024),
        cloud: known<NonNullable<AccessEvent['cloud']>>({
          provider: 'azure',
          account_uid: subscription,
          org_uid: textOf(get('tenantid', 'aadtenantid'), 255),
          region: textOf(get('location'), 64),
        }),
        api: known({
          service: /^(microsoft\.[a-z.]{1,64})\//.exec(operation)?.[1] ?? providerOf(resource),
          operation,
          read_only: operation.endsWith('/read') || undefined,
          request_uid: textOf(get('correlationid'), 255),
        }),
        change: fact === undefined ? undefined : [fact],
        resources: [{ uid: resource, type: providerOf(resource) }],
      },
      get('eventdataid'),
    ),
  )
}

/** `/subscriptions/S/resourceGroups/G/providers/Microsoft.Compute/virtualMachines/V` is of microsoft.compute. */
function providerOf(resource: string): string {
  const found = [
    ...resource
      .toLowerCase()
      .slice(0, 1024)
      .matchAll(/\/providers\/([a-z0-9.]{1,100})/g),
  ]
  return found.at(-1)?.[1] ?? 'azure'
}

/** A start and an acceptance are on the way: the end has a record of its own, linked by `correlationId`. */
function statusOf(get: Reader): Pick<AccessEvent, 'status_id' | 'status_code' | 'failure_class'> {
  const said = get('activitystatusvalue', 'activitystatus', 'resulttype', 'status')
  const word = textOf(isFields(said) ? said.value : said, 64)
  const code = textOf(get('statuscode', 'resultsignature'), 255)
  const number = Number(/\d{3}/.exec(code ?? '')?.[0] ?? Number.NaN)
  if (word !== undefined && /^(start|accept|active|in ?progress)/i.test(word))
    return { status_id: 99, status_code: word }
  const isFailure = (word !== undefined && /^fail/i.test(word)) || number >= 400
  if (!isFailure)
    return word === undefined && Number.isNaN(number)
      ? { status_id: 0 }
      : known({ status_id: 1 as const, status_code: code })
  const isRefused = number === 401 || number === 403 || /forbidden|unauthorized/i.test(code ?? '')
  return known({
    status_id: 2 as const,
    status_code: code ?? word,
    failure_class: isRefused
      ? ('unauthorized' as const)
      : number === 429
        ? ('rate_limited' as const)
        : ('other' as const),
  })
}

function addressOf(get: Reader): unknown {
  return (
    get('calleripaddress') ?? fieldsOf(get('httprequest')).clientIpAddress ?? claimsOf(get).ipaddr
  )
}

function claimsOf(get: Reader): Fields {
  return fieldsOf(fieldsOf(get('identity')).claims ?? get('claims'))
}

const claimTypes = {
  upn: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn',
  name: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name',
  object: 'http://schemas.microsoft.com/identity/claims/objectidentifier',
}
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

function actorOf(get: Reader): Actor {
  const claims = claimsOf(get)
  const caller = textOf(get('caller'), 320)
  const upn = textOf(claims[claimTypes.upn] ?? claims.upn ?? claims[claimTypes.name], 320)
  const uid = textOf(claims[claimTypes.object] ?? claims.oid ?? get('requesterobjectid'), 512)
  const login = loginOf(upn ?? (caller !== undefined && guid.test(caller) ? undefined : caller))
  if (login.name !== undefined) return known<Actor>({ uid, ...login, type: 'user' })
  // Without a name it is an application, known by the id of its principal.
  const service = uid ?? caller ?? textOf(claims.appid, 512)
  if (service !== undefined) return { uid: service, type: 'service' }
  return { type: 'unknown' }
}
