import { type AccessEvent, type AuthDetail, EventInput } from '@gatewatch/schema'
import type { Origin } from '../connector.ts'
import { type Outcome, ok, reject } from '../outcome.ts'
import { readAddress } from '../values/address.ts'
import { identified } from '../values/derived-uid.ts'
import { known } from '../values/fields.ts'
import { instantOf } from '../values/instant.ts'
import { cleanText, looksLikeEmail } from '../values/text.ts'
import { readEpoch, readTime } from '../values/time.ts'

/**
 * The event that an application wrote (already checked against `EventInput`), completed: time defaults to `now`
 * (ms, UTC); a class is a sign-in unless `api` is given; a status without failure class is a success; addresses are
 * made canonical; `uid` is derived from the content where it is absent. Rejects an event that names nobody, and a time
 * that cannot be read or lies more than 24 h ahead.
 */
export function eventFromInput(
  said: EventInput,
  origin: Origin,
  now: number,
): Outcome<AccessEvent> {
  const input = cleaned(said) as EventInput
  if (input !== said) {
    const still = EventInput.safeParse(input)
    const field = still.error?.issues[0]?.path.map(String).join('.')
    if (!still.success) return reject(`${field}: nothing but characters that are no text`)
  }
  const { actor } = input
  if ((actor.uid ?? actor.name ?? actor.email_addr ?? actor.key) === undefined) {
    return reject('actor: name somebody by uid, name, email_addr or key')
  }
  const time = input.time ?? now
  const ms = typeof time === 'number' ? readEpoch(time, 'ms') : readTime(time)
  const when = instantOf(ms, time, { ...origin, now, mode: 'replay' })
  if ('why' in when) return reject(when.why)
  const class_uid = input.class_uid ?? (input.api === undefined ? 3002 : 6003)
  const auth: AuthDetail = {
    ...input.auth,
    stage: input.auth?.stage ?? 'primary',
    is_mfa: input.auth?.is_mfa ?? null,
  }
  const anonymous = {
    ...input,
    uid: undefined,
    uid_kind: undefined,
    v: 1 as const,
    revision: input.revision ?? 0,
    time: when.time,
    time_raw: input.time_raw ?? (typeof time === 'string' ? when.raw : undefined),
    observed_time: input.observed_time ?? now,
    source: input.source ?? ownSource(origin),
    class_uid,
    activity_id: input.activity_id ?? (class_uid === 3002 ? 1 : 99),
    activity: input.activity ?? input.api?.operation ?? 'sign_in',
    status_id: input.status_id ?? (input.failure_class === undefined ? 1 : 2),
    actor: { ...actor, type: actor.type ?? 'user', ...emailOf(actor) },
    src: endpointOf(input.src),
    auth: input.auth === undefined && class_uid !== 3002 ? undefined : auth,
  }
  const event = identified(anonymous, input.uid)
  // A copy of our own: nobody else has seen it.
  if (input.uid_kind !== undefined) event.uid_kind = input.uid_kind
  return ok(event)
}

function ownSource(origin: Origin): AccessEvent['source'] {
  const { connector } = origin
  return { vendor: 'gatewatch', product: 'application', format: 'canonical', connector }
}

function endpointOf(src: EventInput['src']): AccessEvent['src'] {
  if (src === undefined) return { ip_kind: 'missing' }
  const { ip, ip_raw, ip_kind, ...rest } = src
  const address = ip === undefined ? undefined : readAddress(ip)
  if (address === undefined) return known({ ...rest, ip_raw, ip_kind: ip_kind ?? 'missing' })
  // What the address is follows from the address; only a service that shows a public one has to be said.
  const kind = ip_kind === 'service' ? ip_kind : address.ip_kind
  return { ...rest, ...address, ip_kind: kind, ...(ip_raw === undefined ? {} : { ip_raw }) }
}

function emailOf(actor: EventInput['actor']): { email_addr?: string } {
  const { email_addr, name } = actor
  const found = email_addr ?? (name !== undefined && looksLikeEmail(name) ? name : undefined)
  return found === undefined ? {} : { email_addr: found }
}

/**
 * The same content with every text fit to store and show; what is empty or undefined is left out. Most events are clean:
 * what has nothing to clean is given back as it is, not copied.
 */
function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value, value.length) || undefined
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return cleanedList(value)
  const fields = value as Readonly<Record<string, unknown>>
  for (const key in fields) {
    const part = fields[key]
    // Assigned, a field of this name would change what the object is.
    if (part === undefined || cleaned(part) !== part || key === '__proto__') return copied(fields)
  }
  return fields
}

function copied(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept: Record<string, unknown> = {}
  for (const [key, part] of Object.entries(fields)) {
    const clean = cleaned(part)
    if (clean !== undefined && key !== '__proto__') kept[key] = clean
  }
  return kept
}

function cleanedList(list: readonly unknown[]): readonly unknown[] {
  if (list.every((part) => part !== undefined && cleaned(part) === part)) return list
  return list.map(cleaned).filter((part) => part !== undefined)
}
