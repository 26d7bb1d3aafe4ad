import type { AccessEvent, AuthDetail } from '@gatewatch/schema'
import type { Connector, Origin } from '../connector.ts'
import { type Outcome, ok, reject, skip } from '../outcome.ts'
import { readAddress } from '../values/address.ts'
import { identified } from '../values/derived-uid.ts'
import { known, knownOrNone } from '../values/fields.ts'
import { localInstantOf } from '../values/instant.ts'
import { loginOf, textOf } from '../values/text.ts'
import { readAccounts } from './accounts.ts'
import { readPam, readSudo } from './pam.ts'
import { readSshd } from './sshd.ts'
import type { Story, Told } from './story.ts'
import { readSyslog, type SyslogLine } from './syslog.ts'

/** Longest message that is looked at, in characters. */
const LONGEST = 8 * 1024

/** Lines of Linux logs that tell of sign-ins: sshd, PAM, sudo, su, changes of accounts; as syslog or journald writes them. */
export const linux: Connector = {
  format: 'linux',
  title: 'Linux sshd, PAM, sudo and account changes (syslog lines, journald JSON)',
  recognise(record) {
    const line = readSyslog(record, { connector: '', now: 0, mode: 'replay' })
    if (line !== undefined) return readerOf(line) === undefined ? 0.6 : 0.95
    return typeof record === 'string' && isBare(record) ? 0.8 : 0
  },
  normalise(record, origin) {
    const line = readSyslog(record, origin) ?? bare(record)
    if (line === undefined) return reject('neither a line of syslog nor a record of journald')
    const cut = line.message.slice(0, LONGEST)
    const repeated = /^message repeated (\d{1,6}) times: \[ ?(.*)\]$/.exec(cut)
    const message = repeated?.[2] ?? cut
    const read = readerOf({ ...line, message })
    const program = line.program ?? ''
    if (read === undefined)
      return skip(`a line of ${/^[\w-]{1,32}/.exec(program)?.[0] ?? 'another program'}`)
    const told = read(message)
    if (typeof told === 'object' && 'skip' in told) return skip(told.skip)
    const count = Number(repeated?.[1] ?? 0)
    return eventOf(line, told, message, count, origin)
  },
}

/** The message alone, as forwarders send it that take the header away. */
function bare(record: unknown): SyslogLine | undefined {
  if (typeof record !== 'string' || !isBare(record)) return undefined
  const nothing = { time: Number.NaN, said: undefined, host: undefined, pid: undefined }
  return { ...nothing, program: 'sshd', message: record }
}

function isBare(text: string): boolean {
  return /^((Accepted|Failed) \S{1,64} for |Invalid user |pam_unix\(sshd:)/.test(text)
}

const managers =
  /^(useradd|usermod|userdel|groupadd|groupmod|groupdel|passwd|chpasswd|gpasswd|chage)$/
const signingIn =
  /^(su|login|gdm-password\]?|gdm|lightdm|sddm|polkit-agent-helper-1|vsftpd|dovecot|cockpit-session)$/

function readerOf({ program = '', message }: SyslogLine): ((message: string) => Told) | undefined {
  const name = program.slice(program.lastIndexOf('/') + 1)
  if (name === 'sshd' || name === 'sshd-session' || name === 'sshd-auth') return readSshd
  if (name === 'sudo') return readSudo
  if (managers.test(name)) return readAccounts
  const isPam = signingIn.test(name) || /^pam_\w{1,32}\([\w-]{1,64}:(auth|session)\)/.test(message)
  return isPam ? (text) => readPam(text, name) : undefined
}

function eventOf(
  line: SyslogLine,
  told: Story | 'unknown',
  message: string,
  count: number,
  origin: Origin,
): Outcome<AccessEvent> {
  const when = localInstantOf(line.time, line.said, origin)
  if ('why' in when) return reject(when.why)
  const program = textOf(line.program, 64) ?? 'unknown'
  const host = textOf(line.host, 255)
  // What nobody knows is kept under its first words, which are the program's and not the client's.
  const story: Story =
    told === 'unknown'
      ? { class_uid: 0, activity_id: 99, activity: `${program}: unmapped`, status_id: 0 }
      : told
  const detail = told === 'unknown' ? textOf(message, 1024) : undefined
  return ok(
    identified(
      {
        v: 1,
        revision: 0,
        time: when.time,
        time_raw: when.raw,
        observed_time: origin.now,
        source: known({
          vendor: 'linux',
          product: 'auth',
          format: 'linux',
          connector: origin.connector,
          tenant_uid: host,
          log_name: program,
        }),
        class_uid: story.class_uid,
        activity_id: story.activity_id,
        activity: textOf(story.activity, 255) ?? 'unknown',
        status_id: story.status_id,
        status_detail: detail,
        failure_class: story.failure,
        actor: actorOf(story, host),
        target: story.target === undefined ? undefined : personOf(story.target, host),
        src: known({ ...readAddress(story.from), port: story.port }),
        api:
          story.operation === undefined
            ? undefined
            : { service: 'sudo', operation: textOf(story.operation, 255) ?? 'sudo' },
        change: story.change === undefined ? undefined : [story.change],
        resources: host === undefined ? undefined : [{ name: host, type: 'host' }],
        auth: authOf(story, line, when.time),
        count: count > 0 ? count : undefined,
        warnings: when.warnings,
      },
      undefined,
    ),
  )
}

function personOf(login: string, host: string | undefined) {
  const person = loginOf(login)
  // Every machine has a root of its own; other accounts are taken to mean the same person on all of them.
  if (person.name === 'root') return known({ ...person, account_uid: host, type: 'root' as const })
  const domain = person.email_addr === undefined ? 'linux' : undefined
  return known({ ...person, domain, type: 'user' as const })
}

function actorOf(story: Story, host: string | undefined): AccessEvent['actor'] {
  const user = textOf(story.user, 320)
  if (user !== undefined) return known({ ...personOf(user, host), credential_uid: story.key })
  // Programs that manage accounts do not say for whom they run.
  return story.class_uid === 3001
    ? known({ name: host, type: 'system' as const })
    : known({ type: 'unknown' as const, account_uid: host })
}

function authOf(story: Story, line: SyslogLine, time: number): AuthDetail | undefined {
  if (story.stage === undefined) return undefined
  const process = line.pid === undefined ? undefined : `${line.host ?? ''}/${line.pid}`
  const isSsh = story.from !== undefined && /^sshd/.test(line.program ?? '')
  return knownOrNone<AuthDetail>({
    stage: story.stage,
    attempt_uid:
      process === undefined ? undefined : story.isOwnAttempt ? `${process}/${time}` : process,
    is_mfa: null,
    factors: story.factor === undefined ? undefined : [story.factor],
    protocol: isSsh ? 'ssh' : undefined,
  } as AuthDetail)
}
