import type { AccessEvent, Actor, Principal } from '@gatewatch/schema'
import type { Connector, Origin } from '../connector.ts'
import { type Outcome, ok, reject } from '../outcome.ts'
import { readAddress } from '../values/address.ts'
import { begin } from '../values/begin.ts'
import { identified } from '../values/derived-uid.ts'
import { failureWords } from '../values/failure-words.ts'
import { entryOf, type Fields, isFields, known, knownOrNone } from '../values/fields.ts'
import { instantOf } from '../values/instant.ts'
import { vendorLocation } from '../values/location.ts'
import { countOf, loginOf, numberOf, textOf } from '../values/text.ts'
import { readEpoch, readTime } from '../values/time.ts'
import { allOf, type EcsReader, ecsReader } from './field.ts'

/** Documents of the Elastic Common Schema that tell of sign-ins, accounts or changes; any other category is kept as unmapped. */
export const ecs: Connector = {
  format: 'ecs',
  title: 'Elastic Common Schema documents (JSON; nested or dotted names)',
  recognise(record) {
    if (!isFields(record) || record['@timestamp'] === undefined) return 0
    const get = ecsReader(record)
    if (get('event.category') !== undefined) return 0.85
    const isEcs = get('ecs.version') !== undefined
    return isEcs && (get('event.action') ?? get('event.kind')) !== undefined ? 0.8 : 0
  },
  normalise(record, origin) {
    if (!isFields(record) || record['@timestamp'] === undefined)
      return reject('@timestamp is missing: not a document of ECS')
    return eventOf(record, origin)
  },
}

/** Vendors' logs by Elastic's names of data sets, so that a record that also comes from the vendor is the same event. */
const logs: Readonly<
  Record<string, { readonly vendor: string; readonly product: string; readonly log_name?: string }>
> = {
  'okta.system': { vendor: 'okta', product: 'system_log' },
  'azure.signinlogs': { vendor: 'microsoft', product: 'entra_id', log_name: 'signin' },
  'azure.auditlogs': { vendor: 'microsoft', product: 'entra_id', log_name: 'audit' },
  'aws.cloudtrail': { vendor: 'aws', product: 'cloudtrail' },
}

type Kind = Pick<AccessEvent, 'class_uid' | 'activity_id'>

function kindOf(record: Fields): Kind {
  const categories = new Set(allOf(record, 'event.category'))
  const types = new Set(allOf(record, 'event.type'))
  if (categories.has('authentication'))
    return { class_uid: 3002, activity_id: types.has('end') ? 2 : 1 }
  const verb = types.has('creation')
    ? 1
    : types.has('deletion')
      ? 4
      : types.has('change')
        ? 3
        : types.has('access')
          ? 2
          : 99
  if (categories.has('iam')) {
    if (types.has('group')) return { class_uid: 3005, activity_id: types.has('deletion') ? 2 : 1 }
    return { class_uid: 3001, activity_id: verb === 1 ? 1 : verb === 4 ? 6 : 99 }
  }
  if (categories.has('session') && types.has('end')) return { class_uid: 3002, activity_id: 2 }
  if (categories.has('configuration') || categories.has('api'))
    return { class_uid: 6003, activity_id: verb }
  return { class_uid: 0, activity_id: 99 }
}

const providers = ['aws', 'azure', 'gcp'] as const

function eventOf(record: Fields, origin: Origin): Outcome<AccessEvent> {
  const get = ecsReader(record)
  const said = get('@timestamp')
  const when = instantOf(
    numberOf(said) === undefined ? readTime(said) : readEpoch(said, 'ms'),
    said,
    origin,
  )
  if ('why' in when) return reject(when.why)
  const kind = kindOf(record)
  const dataset = textOf(get('event.dataset'), 64)
  const vendor = textOf(get('event.module') ?? get('observer.vendor'), 64)?.toLowerCase()
  const activity = textOf(get('event.action') ?? get('event.code'), 255)
  const account = textOf(get('cloud.account.id'), 255)
  const provider = textOf(get('cloud.provider'), 32)
  const host = textOf(get('host.name') ?? get('host.hostname'), 1024)
  const score = numberOf(get('event.risk_score'))
  return ok(
    identified(
      {
        ...begin(when, origin, {
          ...(entryOf(logs, dataset) ?? { vendor: vendor ?? 'unknown', product: dataset ?? 'ecs' }),
          format: 'ecs',
          tenant_uid: account ?? textOf(get('organization.id'), 255),
        }),
        ...kind,
        activity: activity ?? textOf(get('event.category'), 255) ?? 'unknown',
        ...statusOf(get, kind),
        actor: actorOf(get),
        target: personOf(get, 'user.target'),
        src: sourceOf(get),
        user_agent: textOf(get('user_agent.original'), 1024),
        device: knownOrNone({
          uid: textOf(get('device.id'), 512),
          os: textOf(get('user_agent.os.full') ?? get('user_agent.os.name'), 128),
          browser: textOf(get('user_agent.name'), 128),
        }),
        app: knownOrNone({
          uid: textOf(get('service.id'), 255),
          name: textOf(get('service.name'), 255),
        }),
        cloud:
          provider === undefined && account === undefined
            ? undefined
            : known<NonNullable<AccessEvent['cloud']>>({
                provider: providers.find((one) => one === provider) ?? 'other',
                account_uid: account,
                region: textOf(get('cloud.region'), 64),
              }),
        api:
          kind.class_uid === 6003 && activity !== undefined
            ? {
                service: textOf(get('event.provider'), 255) ?? dataset ?? vendor ?? 'unknown',
                operation: activity,
              }
            : undefined,
        resources: host === undefined ? undefined : [{ name: host, type: 'host' }],
        auth:
          kind.class_uid === 3002
            ? known({
                stage: kind.activity_id === 2 ? ('logoff' as const) : ('primary' as const),
                attempt_uid: textOf(get('transaction.id') ?? get('session.id'), 512),
                is_mfa: null,
                protocol: textOf(get('process.name'), 64) === 'sshd' ? ('ssh' as const) : undefined,
              })
            : undefined,
        vendor_risk: score === undefined ? undefined : { level_id: 0, score, reasons: [] },
      },
      get('event.id'),
    ),
  )
}

function statusOf(
  get: EcsReader,
  kind: Kind,
): Pick<AccessEvent, 'status_id' | 'status_code' | 'status_detail' | 'failure_class'> {
  const outcome = textOf(get('event.outcome'), 32)?.toLowerCase()
  const status_code = textOf(get('error.code'), 255)
  const status_detail = textOf(get('event.reason') ?? get('error.message'), 1024)
  if (outcome === 'success') return { status_id: 1 }
  if (outcome !== 'failure') return { status_id: 0 }
  const said = failureWords(status_detail) ?? failureWords(status_code)
  const failure_class =
    said ?? (kind.class_uid === 3002 && status_detail === undefined ? 'bad_credentials' : 'other')
  return known({ status_id: 2 as const, status_code, status_detail, failure_class })
}

function personOf(get: EcsReader, at: string): Principal | undefined {
  const login = loginOf(get(`${at}.name`))
  const uid = textOf(get(`${at}.id`), 512)
  const email_addr = textOf(get(`${at}.email`), 320) ?? login.email_addr
  if (login.name === undefined && uid === undefined && email_addr === undefined) return undefined
  return known<Principal>({
    uid,
    name: login.name ?? email_addr,
    email_addr,
    domain: textOf(get(`${at}.domain`), 255),
    type: login.name?.endsWith('$') === true ? 'service' : 'user',
  })
}

/** Who signed in or acted. `client.user` and `source.user` say it where `user` does not. */
function actorOf(get: EcsReader): Actor {
  const who = personOf(get, 'user') ?? personOf(get, 'client.user') ?? personOf(get, 'source.user')
  return known<Actor>({
    ...(who ?? { type: 'unknown' }),
    session: knownOrNone({ uid: textOf(get('session.id'), 512) }),
  })
}

function sourceOf(get: EcsReader): AccessEvent['src'] {
  const at =
    get('source.ip') === undefined && get('source.address') === undefined ? 'client' : 'source'
  const port = countOf(get(`${at}.port`))
  return known({
    ...readAddress(textOf(get(`${at}.ip`) ?? get(`${at}.address`) ?? get(`${at}.domain`), 255)),
    ...(port !== undefined && port <= 65_535 ? { port } : {}),
    location: vendorLocation({
      country: get(`${at}.geo.country_iso_code`) ?? get(`${at}.geo.country_name`),
      region: get(`${at}.geo.region_name`),
      city: get(`${at}.geo.city_name`),
      lat: get(`${at}.geo.location.lat`),
      long: get(`${at}.geo.location.lon`),
    }),
    autonomous_system: knownOrNone({
      number: countOf(get(`${at}.as.number`)),
      name: textOf(get(`${at}.as.organization.name`), 255),
    }),
  })
}
