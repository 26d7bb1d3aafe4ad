import type { AccessEvent, Actor, AuthDetail, Principal } from '@gatewatch/schema'
import type { Connector, Origin } from '../connector.ts'
import { type Outcome, ok, reject, skip } from '../outcome.ts'
import { readAddress } from '../values/address.ts'
import { begin } from '../values/begin.ts'
import { identified } from '../values/derived-uid.ts'
import { type Fields, known } from '../values/fields.ts'
import { instantOf } from '../values/instant.ts'
import { type Kind, kindFields } from '../values/kind.ts'
import { loginOf, textOf } from '../values/text.ts'
import { auditKind } from './event-types.ts'
import { type AuditEvent, readEvent, serialOf } from './read-event.ts'

/** Linux' audit log: each event, which is all records of one serial number, as a text of one or more lines. */
export const auditd: Connector = {
  format: 'auditd',
  title: 'Linux audit log (auditd; lines, joined by their serial number)',
  recognise(record) {
    return typeof record === 'string' && serialOf(record) !== undefined ? 0.97 : 0
  },
  normalise(record, origin) {
    const event = typeof record === 'string' ? readEvent(record) : undefined
    return event === undefined ? reject('not a line of auditd') : eventOf(event, origin)
  },
}

function eventOf(event: AuditEvent, origin: Origin): Outcome<AccessEvent> {
  // What tells of the event stands first among its records, with what belongs to it behind.
  const told = event.records.map((one) => ({ ...one, kind: auditKind(one.type) }))
  const main = told.find(({ kind }) => !('skip' in kind)) ?? told[0]
  if (main === undefined) return reject('not a line of auditd')
  const { type, fields, kind } = main
  if ('skip' in kind) return skip(kind.skip)
  const isSession = type === 'USER_START' || type === 'USER_END'
  if (
    isSession &&
    !/su(do)?$/.test(programOf(fields) ?? '') &&
    !(type === 'USER_END' && fields.terminal === 'ssh')
  )
    return skip('a session that another record tells of')
  const when = instantOf(event.time, event.said, origin)
  if ('why' in when) return reject(when.why)
  const { node } = event
  const status_id = statusOf(fields)
  const isLast =
    /^(add|remove|set)/.test(textOf(fields.op, 64) ?? '') && fields.audit_enabled === '0'
  const own: Kind =
    type === 'CONFIG_CHANGE' && isLast ? { ...kind, change: 'disables_logging' } : kind
  const unknown = /^\(?(invalid|unknown)/i.test(textOf(fields.acct, 320) ?? '')
  const files = event.records.filter((one) => one.type === 'PATH')
  return ok(
    identified(
      {
        ...begin(when, origin, {
          vendor: 'linux',
          product: 'audit',
          format: 'auditd',
          tenant_uid: node,
          log_name: type,
        }),
        ...kindFields(own, status_id, { service: 'linux', operation: operationOf(type, fields) }),
        activity: type,
        status_id,
        failure_class:
          status_id === 2
            ? unknown
              ? 'unknown_user'
              : own.stage === undefined
                ? 'other'
                : 'bad_credentials'
            : undefined,
        actor: actorOf(type, own, fields, node, unknown),
        target: targetOf(type, own, fields, node),
        src: sourceOf(fields),
        resources: resourcesOf(
          node,
          files.map((one) => one.fields),
        ),
        auth: own.stage === undefined ? undefined : authOf(own.stage, fields, node),
      },
      `${node ?? ''}/${event.said}:${event.serial}`,
    ),
  )
}

function statusOf(fields: Fields): AccessEvent['status_id'] {
  const said = textOf(fields.res ?? fields.success ?? fields.result, 16)?.toLowerCase()
  if (said === undefined) return 0
  if (/^(success|yes|1)$/.test(said)) return 1
  return /^(failed|fail|no|0)$/.test(said) ? 2 : 99
}

function programOf(fields: Fields): string | undefined {
  return textOf(fields.exe, 200) ?? textOf(fields.comm, 200)
}

/** A command is known without its arguments, which may hold secrets. */
function operationOf(type: string, fields: Fields): string {
  const command = textOf(fields.cmd, 1024)?.split(' ', 1)[0]
  const program = type === 'USER_CMD' ? command : programOf(fields)
  const name = textOf(fields.SYSCALL ?? fields.syscall, 32)
  const words = [
    type === 'SYSCALL' && name !== undefined ? name : type,
    program ?? textOf(fields.unit, 128),
  ]
  return words
    .filter((word) => word !== undefined)
    .join(' ')
    .slice(0, 255)
}

/** Numbers as auditd writes them where nobody is meant. */
const nobody = new Set(['4294967295', '-1', 'unset'])

/** Every machine has a root of its own; other accounts are taken to mean the same person on all of them, as in syslog. */
function personOf(login: unknown, uid: unknown, node: string | undefined): Principal | undefined {
  const number = textOf(uid, 32)
  const { name, email_addr } = loginOf(login)
  const isNumber = name === undefined && number !== undefined && !nobody.has(number)
  if (name === undefined && !isNumber) return undefined
  if (name === 'root' || (isNumber && number === '0'))
    return known<Principal>({ name: 'root', type: 'root', account_uid: node })
  if (name === undefined)
    return known<Principal>({
      uid: `${node ?? 'linux'}/${number}`,
      name: `${node ?? 'linux'}/${number}`,
      type: 'user',
    })
  return known<Principal>({
    name,
    email_addr,
    domain: email_addr === undefined ? 'linux' : undefined,
    type: 'user',
  })
}

/** Who signs in is in `acct` or `id`; who does the rest is whoever signed in before (`auid`), whatever they have become since. */
function actorOf(
  type: string,
  kind: Kind,
  fields: Fields,
  node: string | undefined,
  isUnknown: boolean,
): Actor {
  const number = textOf(fields.ses, 32)
  const session = number === undefined || nobody.has(number) ? undefined : `${node ?? ''}/${number}`
  const isSwitch =
    kind.stage !== undefined && (type === 'USER_START' || /su(do)?$/.test(programOf(fields) ?? ''))
  const isOther = kind.stage === undefined || isSwitch
  const name = isUnknown ? undefined : (fields.acct ?? named(fields.ID))
  const auid = textOf(fields.auid, 32)
  const byLogin =
    auid !== undefined && !nobody.has(auid) ? personOf(named(fields.AUID), auid, node) : undefined
  const person = isOther
    ? (byLogin ?? personOf(named(fields.UID), fields.uid, node))
    : personOf(name, fields.id, node)
  return known<Actor>({
    ...(person ?? { type: 'unknown' as const, account_uid: node }),
    session: session === undefined ? undefined : { uid: session },
  })
}

/** auditd's translation of a number; `unset` and `unknown(1005)` are none. */
function named(said: unknown): unknown {
  return typeof said === 'string' && /^(unset|unknown\()/.test(said) ? undefined : said
}

function targetOf(
  type: string,
  kind: Kind,
  fields: Fields,
  node: string | undefined,
): Principal | undefined {
  if (type === 'USER_CMD') return personOf('root', undefined, node)
  const isOfAccount = kind.class_uid === 3001 || kind.class_uid === 3005 || type === 'USER_START'
  return isOfAccount ? personOf(fields.acct ?? named(fields.ID), fields.id, node) : undefined
}

function sourceOf(fields: Fields): AccessEvent['src'] {
  const said = [fields.addr, fields.hostname].map((one) => textOf(one, 255))
  const address = said.find((one) => one !== undefined && one !== '?')
  return { ...readAddress(address) }
}

function resourcesOf(node: string | undefined, paths: readonly Fields[]): AccessEvent['resources'] {
  const files = paths.slice(0, 8).flatMap((one) => {
    const name = textOf(one.name, 1024)
    return name === undefined ? [] : [{ name, type: 'file' }]
  })
  const host = node === undefined ? [] : [{ name: node, type: 'host' }]
  return host.length + files.length === 0 ? undefined : [...host, ...files]
}

function authOf(stage: AuthDetail['stage'], fields: Fields, node: string | undefined): AuthDetail {
  const pid = textOf(fields.pid, 16)
  const isKey = /pubkey|key/.test(textOf(fields.op, 64) ?? '') || fields.grantors === 'auth-key'
  const isSsh = fields.terminal === 'ssh' || /sshd/.test(programOf(fields) ?? '')
  return known<AuthDetail>({
    stage,
    // A connection is a process: its tries, and how it ended, are one attempt.
    attempt_uid: pid === undefined ? undefined : `${node ?? ''}/${pid}`,
    is_mfa: null,
    factors: isKey ? ['ssh_key'] : undefined,
    protocol: isSsh ? 'ssh' : undefined,
  })
}
