import { decodeProfile } from '@gatewatch/engine'
import { type AccessEvent, type AlertSummary, ChannelCreated } from '@gatewatch/schema'
import { HISTORY } from '../../packages/engine/src/profile/layout.ts'
import type { Storage } from '../../packages/server/src/ports/storage.ts'
import { playUndisturbed, profilesOf, storedUids, type Tenant, unlike } from '../undisturbed.ts'
import type { Fault } from './kinds.ts'
import { CHUNK, dueTimes, makeLoad, pause, send } from './load.ts'
import type { System } from './system.ts'

/** Share of events that may be decided otherwise where their order across identities differed. */
export const MOST_OTHERWISE = 0.01

/** Risk above which an alert is sure in any order of events, and below which there is none. */
const SURE = 72
const NEVER = 55

/** What came of a load that was disturbed. */
export interface Outcome {
  readonly faults: number
  readonly events: number
  /** Requests that were not taken, and were sent again. */
  readonly refused: number
  /** Alerts of the load, undisturbed. */
  readonly alerts: number
  /** Acknowledged events that are not there. */
  readonly lost: number
  /** Events that are counted more than once. */
  readonly doubled: number
  /**
   * Identities whose profile is not, to the bit, as if nothing had happened, but for the evidence of running sessions. Where events are judged in another order than they were
   * sent: those that learned another number of events.
   */
  readonly profiles: number
  /** Events decided otherwise than undisturbed: what the organisation knew hangs on the order of events. */
  readonly otherwise: number
  /** Alerts that are missing, or should not be; in another order of events those beyond doubt. */
  readonly otherAlerts: number
  /** Messages about incidents that are missing, or should not be. */
  readonly otherMessages: number
  /** Dead letters that are missing, or should not be. */
  readonly otherDeadLetters: number
  /** Messages that arrived again, under the same key. */
  readonly repeated: number
  readonly seconds: number
}

/** Sends a load of its own tenant while the fault strikes `times`, waits until everything has settled, and compares. */
export async function runFault(
  system: System,
  fault: Fault,
  times: number,
  outage: number,
): Promise<Outcome> {
  const begun = Date.now()
  const name = `${fault.name} ${begun}`
  const { tenant, key, letters } = await system.inspect(async (storage) => {
    const { id, hashKey } = await storage.accounts.ensureTenant(name, false)
    const { secret } = await storage.accounts.createKey(id, 'faults', 'admin')
    return { tenant: { id, hashKey }, key: secret, letters: await deadLetters(storage, id) }
  })
  const path = `/${tenant.id}/`
  const channel = await addChannel(system, key, path)
  const load = makeLoad(times)
  const events = fault.shuffles === true ? shuffled(load) : load
  let taken = 0
  const sending = send(system.url, key, events, (count) => {
    taken = count
  })
  const disturbing = (async () => {
    for (const due of dueTimes(times)) {
      while (taken < due) await pause(3)
      await fault.inject({ system, key, taken: () => events.slice(0, taken), outage })
    }
  })()
  const [refused] = await Promise.all([sending, disturbing])
  return system.inspect(async (storage) => {
    await settled(
      storage,
      tenant.id,
      channel,
      events.length,
      letters + times * (fault.deadLetters ?? 0),
    )
    const found = await compare(
      storage,
      tenant,
      channel,
      events,
      system.stream === 'direct' && fault.shuffles === undefined,
    )
    const deadLeft = (await deadLetters(storage, tenant.id)) - letters
    const sent = await storage.outbox.deliveries(tenant.id, channel, { limit: 1_000 })
    const repeats = sent.map(
      ({ notice }) => (system.receiver.arrived.get(path + notice.key) ?? 0) - 1,
    )
    return {
      faults: times,
      events: events.length,
      refused,
      ...found,
      otherDeadLetters: Math.abs(deadLeft - times * (fault.deadLetters ?? 0)),
      repeated: repeats.reduce((sum, more) => sum + Math.max(0, more), 0),
      seconds: (Date.now() - begun) / 1_000,
    }
  })
}

async function addChannel({ url, receiver }: System, key: string, path: string): Promise<string> {
  const response = await fetch(`${url}/v1/channels`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'receiver',
      settings: { kind: 'webhook', url: receiver.url + path },
    }),
  })
  if (response.status !== 201) throw new Error(await response.text())
  return ChannelCreated.parse(await response.json()).id
}

/** Of a tenant, and of the one that is told of what belongs to nobody. */
async function deadLetters({ reader, accounts }: Storage, tenant: number): Promise<number> {
  const main = (await accounts.ensureTenant('main', false)).id
  const counts = await Promise.all(
    [tenant, main].map(async (id) => (await reader.overview(id, Date.now())).dead_letters),
  )
  return counts.reduce((sum, count) => sum + count, 0)
}

/** Waits until all events have taken effect, and everything was told. */
async function settled(
  storage: Storage,
  tenant: number,
  channel: string,
  events: number,
  letters: number,
): Promise<void> {
  const { reader, outbox } = storage
  for (let still = 0, tries = 0; still < 3; tries += 1) {
    const { events_total: total } = await reader.overview(tenant, Date.now())
    const waiting = (await outbox.counts(tenant)).get(channel)?.waiting ?? 0
    const isDone =
      total >= events && waiting === 0 && (await deadLetters(storage, tenant)) >= letters
    still = isDone ? still + 1 : 0
    // what is missing by then is lost, and will be said
    if (tries > 240) return
    await pause(500)
  }
}

type Compared = Pick<
  Outcome,
  'alerts' | 'lost' | 'doubled' | 'profiles' | 'otherwise' | 'otherAlerts' | 'otherMessages'
>

async function compare(
  storage: Storage,
  tenant: Tenant,
  channel: string,
  events: readonly AccessEvent[],
  inOrder: boolean,
): Promise<Compared> {
  const uids = await storedUids(storage, tenant.id)
  const there = events.filter(({ uid }) => uids.includes(uid))
  const { events_total: total } = await storage.reader.overview(tenant.id, Date.now())
  const memory = await playUndisturbed(storage, tenant, there, CHUNK)
  const [is, should] = await Promise.all([
    found(storage, tenant.id, uids),
    found(memory, tenant.id, uids),
  ])
  const told = await storage.outbox.deliveries(tenant.id, channel, { limit: 1_000 })
  const raised = told.flatMap(({ notice }) =>
    notice.about === 'alert' && notice.change === 'raised' ? [notice.alert.incident ?? ''] : [],
  )
  return {
    alerts: should.alerts.length,
    lost: differences(
      events.map(({ uid }) => uid),
      uids,
    ),
    doubled: Math.max(0, total - uids.length) + (uids.length - new Set(uids).size),
    profiles: inOrder
      ? unlike(is.profiles, should.profiles).length
      : [...new Set([...is.profiles.keys(), ...should.profiles.keys()])].filter(
          (one) =>
            Math.abs(learned(is.profiles.get(one)) - learned(should.profiles.get(one))) > 0.5,
        ).length,
    otherwise: uids.filter((uid) => is.decisions.get(uid) !== should.decisions.get(uid)).length,
    otherAlerts: inOrder
      ? differences(is.alerts.map(wordsOf), should.alerts.map(wordsOf))
      : doubtless(is.alerts, should.strangest),
    otherMessages: differences(raised, [
      ...new Set(is.alerts.map(({ incident }) => incident ?? '')),
    ]),
  }
}

async function found({ reader }: Storage, tenant: number, uids: readonly string[]) {
  const decisions = new Map<string, string>()
  const strangest = new Map<string, number>()
  for (const uid of uids) {
    const stored = await reader.event(tenant, uid)
    if (stored === null) continue
    const { event, verdict } = stored
    const person = event.actor.key ?? ''
    decisions.set(uid, verdict.decision)
    strangest.set(person, Math.max(strangest.get(person) ?? 0, verdict.risk))
  }
  return {
    decisions,
    strangest,
    profiles: await profilesOf({ reader }, tenant),
    alerts: (await reader.alerts(tenant, { limit: 500 })).alerts,
  }
}

/**
 * Identities that are told of and should not be, or the reverse, where there is no doubt: what comes near the line of alerts falls on
 * either side of it as the organisation knew more or less at that moment.
 */
function doubtless(
  alerts: readonly AlertSummary[],
  strangest: ReadonlyMap<string, number>,
): number {
  const told = new Set(alerts.map(({ entity }) => entity))
  return [...strangest].filter(
    ([entity, risk]) => (risk > SURE && !told.has(entity)) || (risk < NEVER && told.has(entity)),
  ).length
}

function wordsOf({ entity, title, severity, count }: AlertSummary): string {
  return `${entity} ${title} ${severity} ${count}`
}

/** How many are in one list and not in the other, as often. */
function differences(one: readonly string[], other: readonly string[]): number {
  const count = new Map<string, number>()
  for (const text of one) count.set(text, (count.get(text) ?? 0) + 1)
  for (const text of other) count.set(text, (count.get(text) ?? 0) - 1)
  return [...count.values()].reduce((sum, more) => sum + Math.abs(more), 0)
}

/** How many events a profile learned from, older ones counting less; -1 where there is none. */
function learned(profile: Uint8Array | undefined): number {
  return profile === undefined ? -1 : (decodeProfile(profile).f32[HISTORY] ?? 0)
}

/** Another order, in which each identity's events keep theirs; the same one each time. */
function shuffled(events: readonly AccessEvent[]): AccessEvent[] {
  const pieces: AccessEvent[] = []
  for (let from = 0; from < events.length; from += 2 * CHUNK) {
    const piece = events.slice(from, from + 2 * CHUNK)
    const people = [...new Set(piece.map(({ actor }) => actor.key))].reverse()
    for (const person of people) pieces.push(...piece.filter(({ actor }) => actor.key === person))
  }
  return pieces
}
