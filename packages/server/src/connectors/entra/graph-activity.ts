import type { AccessEvent, Actor } from '@gatewatch/schema'
import type { Origin } from '../connector.ts'
import { type Outcome, ok, reject } from '../outcome.ts'
import { readAddress } from '../values/address.ts'
import { begin } from '../values/begin.ts'
import { identified } from '../values/derived-uid.ts'
import { entryOf, known, knownOrNone, type Reader } from '../values/fields.ts'
import { instantOf } from '../values/instant.ts'
import { countOf, numberOf, textOf } from '../values/text.ts'
import { readTime } from '../values/time.ts'

/** Does the record tell of a call of Microsoft Graph? */
export function isGraphActivity(get: Reader): boolean {
  return get('requesturi') !== undefined && get('requestmethod') !== undefined
}

const verbs: Readonly<Record<string, number>> = { GET: 2, POST: 1, PUT: 3, PATCH: 3, DELETE: 4 }

/** A call of Microsoft Graph. Its operation is the method and the path, with `*` where the path names one thing. */
export function graphEvent(get: Reader, origin: Origin): Outcome<AccessEvent> {
  const said = get('timegenerated', 'time')
  const when = instantOf(readTime(said), said, origin)
  if ('why' in when) return reject(when.why)
  const method = (textOf(get('requestmethod'), 16) ?? '').toUpperCase()
  const operation = `${method} ${pathOf(textOf(get('requesturi'), 2048) ?? '')}`.slice(0, 255)
  const code = countOf(get('responsestatuscode', 'resultsignature'))
  return ok(
    identified(
      {
        ...begin(when, origin, {
          vendor: 'microsoft',
          product: 'graph',
          format: 'entra',
          log_name: 'activity',
        }),
        class_uid: 6003,
        activity_id: entryOf(verbs, method) ?? 99,
        activity: operation,
        ...statusOf(code),
        status_code: code === undefined ? undefined : String(code),
        actor: callerOf(get),
        src: readAddress(get('ipaddress', 'calleripaddress')),
        user_agent: textOf(get('useragent'), 1024),
        app: knownOrNone({ uid: textOf(get('appid'), 255) }),
        cloud: known<NonNullable<AccessEvent['cloud']>>({
          provider: 'azure',
          account_uid: textOf(get('tenantid', 'aadtenantid'), 255),
          region: textOf(get('location'), 64),
        }),
        api: known({
          service: 'graph.microsoft.com',
          operation,
          read_only: method === '' ? undefined : method === 'GET',
          request_uid: textOf(get('requestid', 'operationid'), 255),
        }),
        traffic: knownOrNone({ bytes_out: bytesOf(get('responsesizebytes')) }),
      },
      get('requestid', 'operationid'),
    ),
  )
}

function statusOf(code: number | undefined): Pick<AccessEvent, 'status_id' | 'failure_class'> {
  if (code === undefined) return { status_id: 0 }
  if (code < 400) return { status_id: 1 }
  if (code === 401 || code === 403) return { status_id: 2, failure_class: 'unauthorized' }
  return { status_id: 2, failure_class: code === 429 ? 'rate_limited' : 'other' }
}

function callerOf(get: Reader): Actor {
  const user = textOf(get('userid'), 512)
  const credential_uid = textOf(get('signinactivityid'), 512)
  if (user !== undefined) return known<Actor>({ uid: user, type: 'user', credential_uid })
  const uid = textOf(get('serviceprincipalid', 'appid'), 512)
  return known<Actor>({ uid, type: uid === undefined ? 'unknown' : 'service', credential_uid })
}

/** What stands behind the name of a collection is one of its things: `/v1.0/users/ada/messages?$top=5` has the path `users`, a star, `messages`. */
function pathOf(uri: string): string {
  const path = uri.replace(/^https?:\/\/[^/]*/, '').split('?', 1)[0] ?? ''
  const steps = path.split('/').slice(0, 16)
  return steps.map((step, i) => (isName(step) || i < 3 ? step : '*')).join('/')
}

function isName(step: string): boolean {
  return /^[$A-Za-z][A-Za-z.]{1,60}(\(\))?$/.test(step)
}

function bytesOf(value: unknown): number | undefined {
  const bytes = numberOf(value)
  return bytes !== undefined && bytes >= 0 ? bytes : undefined
}
