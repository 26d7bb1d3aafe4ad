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
import { boolOf, loginOf, textOf } from '../values/text.ts'
import { readTime } from '../values/time.ts'
import { eventKind } from './event-types.ts'

/** The audit log of a Teleport cluster. */
export const teleport: Connector = {
  format: 'teleport',
  title: 'Teleport audit log (file, event handler, Athena; JSON)',
  recognise(record) {
    if (!isFields(record) || record.time === undefined) return 0
    const { event, code, uid, ei, cluster_name } = record
    const isTyped = typeof event === 'string' && typeof code === 'string'
    if (!isTyped || !/^T[A-Z0-9]{2,12}[IWE]$/.test(code)) return 0
    return uid !== undefined || ei !== undefined || cluster_name !== undefined ? 0.95 : 0.7
  },
  normalise(record, origin) {
    if (!isFields(record)) return reject('not a record of Teleport: it has no fields')
    return eventOf(record, origin)
  },
}

function eventOf(record: Fields, origin: Origin): Outcome<AccessEvent> {
  const activity = textOf(record.event, 255)
  if (activity === undefined) return reject('event is missing: not a record of Teleport')
  const when = instantOf(readTime(record.time), record.time, origin)
  if ('why' in when) return reject(when.why)
  const kind = eventKind(activity)
  const code = textOf(record.code, 255)
  const status_id = statusOf(record, code)
  const error = textOf(record.error ?? record.message, 1024)
  const cluster = textOf(record.cluster_name, 255)
  return ok(
    identified(
      {
        ...begin(when, origin, {
          vendor: 'teleport',
          product: 'audit',
          format: 'teleport',
          tenant_uid: cluster,
        }),
        ...kindFields(kind, status_id, {
          service: 'teleport',
          operation: operationOf(record, activity),
        }),
        activity,
        status_id,
        status_code: code,
        status_detail: error,
        failure_class: status_id === 2 ? failureOf(kind, error) : undefined,
        actor: actorOf(record),
        target: targetOf(record, kind),
        src: known({ ...readAddress(record['addr.remote']) }),
        user_agent: textOf(record.user_agent, 1024),
        app: knownOrNone({ name: textOf(record.app_name, 255) }),
        cloud: known<NonNullable<AccessEvent['cloud']>>({
          provider: 'other',
          account_uid: cluster,
          // Of the database or the console that somebody gets to.
          region: textOf(record.db_aws_region ?? record.aws_region, 64),
        }),
        resources: resourcesOf(record),
        auth: authOf(record, kind),
      },
      record.uid,
    ),
  )
}

/** The code ends in I for what went well, W for what was refused, E for what broke; `success` says it where it stands. */
function statusOf(record: Fields, code: string | undefined): AccessEvent['status_id'] {
  const success = boolOf(record.success)
  if (success !== undefined) return success ? 1 : 2
  const last = code?.at(-1)
  if (last === 'I') return 1
  return last === 'W' || last === 'E' ? 2 : 0
}

function failureOf(
  kind: Kind,
  error: string | undefined,
): NonNullable<AccessEvent['failure_class']> {
  const said = failureWords(error)
  if (said !== undefined) return said
  return kind.stage === 'primary' ? 'bad_credentials' : 'unauthorized'
}

/** A command is known without its arguments, which may hold secrets. */
function operationOf(record: Fields, activity: string): string {
  const { command } = record
  const first =
    typeof command === 'string' ? command.slice(0, 255).trimStart().split(/\s/, 1)[0] : undefined
  const program = textOf(record.path, 200) ?? textOf(record.program, 200) ?? textOf(first, 200)
  const isCommand = activity === 'session.command' || activity === 'exec'
  return (isCommand && program !== undefined ? `${activity} ${program}` : activity).slice(0, 255)
}

function actorOf(record: Fields): Actor {
  const login = loginOf(record.user ?? fieldsOf(record.identity).user)
  const { name, email_addr } = login
  const session = knownOrNone({ uid: textOf(record.sid, 512) })
  if (name === undefined) return known<Actor>({ type: 'unknown', session })
  if (name === 'system')
    return known<Actor>({ uid: 'teleport/system', name, type: 'system', session })
  const isBot = record.user_kind === 2 || record.bot_name !== undefined || /^bot-/.test(name)
  if (isBot)
    return known<Actor>({ uid: `teleport/${name}`.slice(0, 512), name, type: 'service', session })
  return known<Actor>({
    ...login,
    domain: email_addr === undefined ? 'teleport' : undefined,
    type: 'user',
    session,
  })
}

function targetOf(record: Fields, kind: Kind): Principal | undefined {
  const account =
    kind.class_uid === 3001 ? (fieldsOf(record.target).user ?? record.name) : undefined
  if (account !== undefined) {
    const login = loginOf(account)
    if (login.name === undefined) return undefined
    return { ...login, ...(login.email_addr === undefined && { domain: 'teleport' }), type: 'user' }
  }
  // The account of the machine that somebody works as.
  const login = textOf(record.login ?? record.db_user ?? record.windows_user, 320)
  if (login === undefined) return undefined
  return { name: login, type: login === 'root' ? 'root' : 'user' }
}

const things: readonly (readonly [uid: string, name: string, type: string])[] = [
  ['server_id', 'server_hostname', 'host'],
  ['app_uri', 'app_name', 'app'],
  ['db_uri', 'db_name', 'database'],
  ['desktop_addr', 'desktop_name', 'desktop'],
  ['', 'kubernetes_cluster', 'kubernetes'],
]

function resourcesOf(record: Fields): AccessEvent['resources'] {
  const found = things.flatMap(([id, title, type]) => {
    const uid = textOf(record[id], 2048)
    const name = textOf(record[title], 1024)
    return uid === undefined && name === undefined ? [] : [known({ uid, name, type })]
  })
  return found.length === 0 ? undefined : found
}

const methods: Readonly<Record<string, NonNullable<AuthDetail['protocol']>>> = {
  saml: 'saml',
  oidc: 'oidc',
  github: 'oauth2',
}

function authOf(record: Fields, kind: Kind): AuthDetail | undefined {
  if (kind.stage === undefined) return undefined
  const method = textOf(record.method, 64)
  const device = fieldsOf(record.mfa_device)
  const second = factorOf(device.mfa_device_type)
  const isLocal = kind.stage === 'primary' && method === 'local'
  const factors = [
    ...(isLocal ? ['password' as const] : []),
    ...(second === undefined ? [] : [second]),
  ]
  return known<AuthDetail>({
    stage: kind.stage,
    is_mfa: second === undefined ? null : true,
    factors: factors.length === 0 ? undefined : factors,
    protocol: method !== undefined && Object.hasOwn(methods, method) ? methods[method] : undefined,
    idp:
      method === undefined || method === 'local'
        ? undefined
        : textOf(record.connector_name ?? method, 255),
  })
}
