import type { AccessEvent, AuthDetail, ChangeFact } from '@gatewatch/schema'
import type { Connector, Origin } from '../connector.ts'
import { type Outcome, ok, reject } from '../outcome.ts'
import { readAddress } from '../values/address.ts'
import { begin } from '../values/begin.ts'
import { identified } from '../values/derived-uid.ts'
import { entryOf, known, knownOrNone, type Reader } from '../values/fields.ts'
import { localInstantOf } from '../values/instant.ts'
import { kindFields, unmapped } from '../values/kind.ts'
import { countOf, textOf } from '../values/text.ts'
import { readEpoch, readTime } from '../values/time.ts'
import { type WindowsEvent, windowsEvent } from './events.ts'
import { memberOf, personOf } from './people.ts'
import { readRecord, type WindowsRecord } from './read-record.ts'
import { outcomeOf } from './results.ts'

/** The Security log of Windows: XML, Winlogbeat, NXLog and others that write a field for each name. */
export const windows: Connector = {
  format: 'windows',
  title: 'Windows Security log (XML, Winlogbeat, NXLog; JSON or CSV)',
  recognise(record) {
    const read = readRecord(record)
    if (read === undefined) return 0
    if (read.channel === 'Security') return 0.97
    // Elastic's categories say more of other channels.
    const isElastic = typeof record !== 'string' && read.channel !== undefined
    return windowsEvent(read.id).kind === unmapped && isElastic ? 0.6 : 0.9
  },
  normalise(record, origin) {
    const read = readRecord(record)
    return read === undefined ? reject('not an event of a Windows log') : eventOf(read, origin)
  },
}

function eventOf(record: WindowsRecord, origin: Origin): Outcome<AccessEvent> {
  const { get, id } = record
  const when = localInstantOf(timeOf(record.time), record.time, origin)
  if ('why' in when) return reject(when.why)
  const computer = textOf(record.computer, 255)?.toLowerCase()
  const channel = textOf(record.channel, 128)
  const isSecurity = channel === undefined || channel === 'Security'
  const event: WindowsEvent = isSecurity
    ? windowsEvent(id)
    : { name: `event ${id}`, kind: unmapped, who: 'subject' }
  const { kind, name } = event
  const codes = [textOf(get('substatus'), 32), textOf(get('status', 'failurecode'), 32)]
  const { code, ...outcome } =
    kind.class_uid === 3002 ? outcomeOf(kind.status_id, codes) : changed(kind.class_uid)
  const number = textOf(record.record, 32)
  const actor = personOf(get, event.who, computer)
  const change = factOf(id, get)
  const logon = textOf(event.who === 'target' ? get('targetlogonid') : get('subjectlogonid'), 64)
  return ok(
    identified(
      {
        ...begin(when, origin, {
          vendor: 'microsoft',
          product: 'windows',
          format: 'windows',
          tenant_uid: computer,
          log_name: channel ?? 'Security',
        }),
        ...kindFields(change === undefined ? kind : { ...kind, change }, outcome.status_id, {
          service: 'windows',
          operation: operationOf(id, name, get),
        }),
        activity: `${id} ${name}`,
        ...outcome,
        status_code: code,
        actor: known({ ...actor, session: knownOrNone({ uid: sessionOf(computer, logon) }) }),
        target: targetOf(event, get, computer),
        src: sourceOf(get),
        device: knownOrNone({
          name: textOf(get('workstationname', 'workstation', 'clientname'), 255),
        }),
        cloud: { provider: 'other' },
        resources: resourcesOf(computer, get),
        auth: kind.stage === undefined ? undefined : authOf(event, get, sessionOf(computer, logon)),
      },
      number === undefined || computer === undefined
        ? undefined
        : `${computer}/${channel ?? 'Security'}/${number}`,
    ),
  )
}

function changed(class_uid: AccessEvent['class_uid']): {
  status_id: AccessEvent['status_id']
  code?: string
} {
  return { status_id: class_uid === 0 || class_uid === 2004 ? 0 : 1 }
}

/** `/Date(1714979400123)/` is how PowerShell writes a time as JSON. */
function timeOf(said: unknown): number {
  const date = typeof said === 'string' ? /^\/Date\((\d{1,15})\)\/$/.exec(said)?.[1] : undefined
  return date === undefined ? readTime(said) : readEpoch(date, 'ms')
}

function sessionOf(computer: string | undefined, logon: string | undefined): string | undefined {
  return computer === undefined || logon === undefined || /^0x0*$/.test(logon)
    ? undefined
    : `${computer}/${logon}`
}

function targetOf(
  event: WindowsEvent,
  get: Reader,
  computer: string | undefined,
): AccessEvent['target'] {
  if (event.who === 'target') return undefined
  if (event.kind.class_uid === 3005) return memberOf(get)
  const isOfSomebody = event.kind.class_uid === 3001 || event.kind.class_uid === 3002
  if (!isOfSomebody || get('targetusername') === undefined) return undefined
  const { session: _, ...target } = personOf(get, 'target', computer)
  return target.type === 'unknown' ? undefined : target
}

/** Groups whose members rule a machine or a domain, by the end of their SID and by name. */
const strongSid = /^S-1-5-32-(544|548|549|550|551)$|-(512|518|519)$/
const strongName =
  /^(domain admins|enterprise admins|schema admins|administrators|account operators|backup operators|server operators|dnsadmins)$/i

function factOf(id: number, get: Reader): ChangeFact | undefined {
  if (![4728, 4732, 4756].includes(id)) return undefined
  const sid = textOf(get('targetsid', 'groupsid'), 255) ?? ''
  const group = textOf(get('targetusername', 'groupname'), 320) ?? ''
  return strongSid.test(sid) || strongName.test(group) ? 'grants_admin' : undefined
}

/** A program, service, task or share is named; arguments are not, as they may hold secrets. */
function operationOf(id: number, name: string, get: Reader): string {
  const thing = textOf(get('newprocessname', 'servicefilename', 'taskname', 'sharename'), 200)
  return thing === undefined ? `${id} ${name}` : `${id} ${name} ${thing}`.slice(0, 255)
}

function sourceOf(get: Reader): AccessEvent['src'] {
  const said = textOf(get('ipaddress', 'clientaddress', 'sourceaddress'), 255)
  // The machine itself is LOCAL where a session was there.
  const address =
    said === 'LOCAL' ? { ip_raw: said, ip_kind: 'loopback' as const } : readAddress(said)
  const port = countOf(get('ipport', 'clientport', 'sourceport'))
  return known({
    ...address,
    port: port !== undefined && port > 0 && port < 65_536 ? port : undefined,
  })
}

function resourcesOf(computer: string | undefined, get: Reader): AccessEvent['resources'] {
  const group = textOf(get('groupname'), 1024)
  const service = textOf(get('servicename'), 1024)
  const object = textOf(get('objectname', 'relativetargetname'), 1024)
  const found = [
    ...(computer === undefined ? [] : [{ name: computer, type: 'host' }]),
    ...(group === undefined ? [] : [{ name: group, type: 'group' }]),
    ...(service === undefined ? [] : [{ name: service, type: 'service' }]),
    ...(object === undefined ? [] : [{ name: object, type: 'object' }]),
  ]
  return found.length === 0 ? undefined : found
}

const interactive: Readonly<Record<string, boolean>> = {
  '2': true,
  '3': false,
  '4': false,
  '5': false,
  '7': true,
  '8': false,
  '9': false,
  '10': true,
  '11': true,
}

function authOf(event: WindowsEvent, get: Reader, session: string | undefined): AuthDetail {
  const { stage = 'primary' } = event.kind
  const type = textOf(get('logontype'), 8)
  const way = textOf(get('authenticationpackagename', 'packagename', 'lmpackagename'), 64) ?? ''
  const isTicket = /^Kerberos/.test(event.name)
  const hasCard = textOf(get('certissuername', 'certthumbprint'), 64) !== undefined
  const protocol =
    isTicket || /kerberos/i.test(way)
      ? 'kerberos'
      : /ntlm|msv1|MICROSOFT_AUTH/i.test(way)
        ? 'ntlm'
        : undefined
  return known<AuthDetail>({
    // Unlocking goes on with a session, services and tasks begin none of a person.
    stage: type === '7' ? 'session' : type === '4' || type === '5' ? 'token' : stage,
    attempt_uid: session,
    is_interactive: entryOf(interactive, type),
    is_mfa: hasCard ? true : null,
    factors: hasCard ? ['cert'] : undefined,
    protocol,
  })
}
