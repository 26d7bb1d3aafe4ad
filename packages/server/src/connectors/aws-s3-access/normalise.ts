import type { AccessEvent, Actor, FailureClass } from '@gatewatch/schema'
import type { Connector, Origin } from '../connector.ts'
import { type Outcome, ok, reject } from '../outcome.ts'
import { readAddress } from '../values/address.ts'
import { begin } from '../values/begin.ts'
import { identified } from '../values/derived-uid.ts'
import { failureWords } from '../values/failure-words.ts'
import { entryOf, isFields, known, knownOrNone, type Reader, readerOf } from '../values/fields.ts'
import { instantOf } from '../values/instant.ts'
import { call, kindFields, verbOf } from '../values/kind.ts'
import { countOf, looksLikeEmail, textOf } from '../values/text.ts'
import { readTime } from '../values/time.ts'
import { isAccessLine, readLine, readLogTime, regionOf } from './read-line.ts'

/** Server access logs of S3: their lines, rows of tables over them, and the objects that CloudWatch Logs gets. */
export const s3Access: Connector = {
  format: 's3_access',
  title: 'S3 server access logs (lines; rows of Athena and CloudWatch Logs as JSON or CSV)',
  recognise(record) {
    if (typeof record === 'string') return isAccessLine(record) ? 0.97 : 0
    if (!isFields(record)) return 0
    const { bucket, bucket_name = bucket, operation } = record
    if (typeof bucket_name !== 'string' || typeof operation !== 'string') return 0
    const get = readerOf(record)
    const isOperation = /^[A-Z0-9]{2,16}\.[A-Z]/.test(operation)
    return isOperation && get('requestid', 'requester', 'remoteip') !== undefined ? 0.95 : 0
  },
  normalise(record, origin) {
    const fields = typeof record === 'string' ? readLine(record) : record
    if (!isFields(fields)) return reject('not a line of a server access log of S3')
    return eventOf(readerOf(fields), origin)
  },
}

function eventOf(get: Reader, origin: Origin): Outcome<AccessEvent> {
  const activity = textOf(get('operation'), 255)
  const bucket = textOf(get('bucket', 'bucketname'), 255)
  if (activity === undefined || bucket === undefined)
    return reject('bucket and operation are needed: not a record of an access log of S3')
  const said = get('time', 'requestdatetime', 'requesttime')
  const time = readLogTime(said)
  const when = instantOf(Number.isNaN(time) ? readTime(said) : time, said, origin)
  if ('why' in when) return reject(when.why)
  const code = countOf(get('httpstatus'))
  const error = textOf(get('errorcode'), 255)
  const status_id = code === undefined ? 0 : code >= 400 ? 2 : 1
  const verb = entryOf(verbs, activity.split('.')[1]) ?? verbOf(activity)
  const key = textOf(get('key', 'keyname'), 2048)
  const request = textOf(get('requestid'), 255)
  const isObject = /OBJECT|UPLOAD|PART|DELETEMARKER/.test(activity)
  const size = countOf(get('objectsize'))
  return ok(
    identified(
      {
        ...begin(when, origin, {
          vendor: 'aws',
          product: 's3_access_log',
          format: 's3_access',
          tenant_uid: textOf(get('bucketowner', 'bucketownerid'), 255),
          log_name: bucket.slice(0, 128),
        }),
        ...kindFields(call(verb), status_id, { service: 's3.amazonaws.com', operation: activity }),
        api: known({
          service: 's3.amazonaws.com',
          operation: activity,
          read_only: verb === 2 || undefined,
          request_uid: request,
          data_plane: isObject || undefined,
        }),
        activity,
        status_id,
        status_code: error ?? (code === undefined ? undefined : String(code)),
        failure_class: status_id === 2 ? failureOf(code, error) : undefined,
        actor: actorOf(textOf(get('requester'), 2048)),
        src: known({ ...readAddress(get('remoteip')) }),
        user_agent: textOf(get('useragent'), 1024),
        cloud: known<NonNullable<AccessEvent['cloud']>>({
          provider: 'aws',
          region: regionOf(textOf(get('hostheader'), 255), textOf(get('accesspointarn'), 2048)),
        }),
        resources: [
          { name: bucket, type: 'bucket' },
          ...(key === undefined ? [] : [{ uid: key, type: 'object' }]),
        ],
        traffic: knownOrNone({
          bytes_out: countOf(get('bytessent')),
          bytes_in: verb === 1 ? size : undefined,
        }),
      },
      request === undefined ? undefined : `${request}/${activity}/${key ?? ''}`,
    ),
  )
}

const verbs: Readonly<Record<string, number>> = {
  GET: 2,
  HEAD: 2,
  OPTIONS: 2,
  PUT: 1,
  POST: 1,
  COPY: 1,
  DELETE: 4,
  EXPIRE: 4,
}

function failureOf(code: number | undefined, error: string | undefined): FailureClass {
  if (/SignatureDoesNotMatch|InvalidAccessKeyId/.test(error ?? '')) return 'bad_credentials'
  if (/ExpiredToken|InvalidToken|RequestExpired/.test(error ?? '')) return 'token_invalid'
  if (/SlowDown/.test(error ?? '')) return 'rate_limited'
  return failureWords(error) ?? (code === 401 || code === 403 ? 'unauthorized' : 'other')
}

/** The requester: an ARN, a service, the canonical number of an account, or nobody. Roles are named as in CloudTrail. */
function actorOf(said: string | undefined): Actor {
  if (said === undefined || /^anonymous$/i.test(said)) return { type: 'anonymous' }
  const [, account, path = ''] =
    /^arn:[^:]{1,32}:(?:iam|sts)::(\d{12}):(.{1,1024})$/.exec(said) ?? []
  if (account === undefined) {
    if (/^[0-9a-f]{64}$/.test(said)) return { type: 'unknown', uid: said }
    return known<Actor>({
      type: 'service',
      uid: `aws/${said}`.slice(0, 512),
      name: textOf(said, 320),
    })
  }
  const [kind, ...steps] = path.split('/')
  const last = textOf(steps.at(-1), 320)
  if (kind === 'root') return { type: 'root', name: `root@${account}`, account_uid: account }
  if (kind === 'user') return known<Actor>({ type: 'user', name: last, account_uid: account })
  const role = textOf(steps[0], 320)
  if (kind !== 'assumed-role')
    return known<Actor>({ type: 'workload', name: last, account_uid: account })
  if (role?.startsWith('AWSReservedSSO_') === true && last !== undefined) {
    const email_addr = looksLikeEmail(last) ? last : undefined
    return known<Actor>({ type: 'user', name: last, email_addr, account_uid: account })
  }
  const session = last === undefined ? undefined : { uid: last }
  return known<Actor>({ type: 'workload', name: role ?? last, account_uid: account, session })
}
