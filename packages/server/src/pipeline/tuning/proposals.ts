import type { NetworkProposal, NetworkProposals } from '@gatewatch/schema'
import type { PastEvent, Reader } from '../../ports/reader.ts'
import type { EventKey, TenantId } from '../../ports/store.ts'
import type { Tuned } from './compile.ts'
import { readPast } from './past.ts'
import { playAlerts } from './play-alerts.ts'

const DAY = 86_400_000
/** How far back (ms) sign-ins are looked through, and how many of them. */
const WINDOW_MS = 30 * DAY
const MOST_SIGN_INS = 100_000
/** Strange events that are decided anew, for how many alerts a network made. */
const MOST_STRANGE_READ = 50_000
/** Fewer people, or days on which one came, make no network the organisation's. */
const FEW_PEOPLE = 5
const FEW_DAYS = 5
/** Days on which one person came from there to count: whoever passes through once does not. */
const RETURNS = 2
/** Share of the people of a provider's networks that one of them holds at least; homes lie scattered over many. */
const GATHERED = 0.5
/** Risk from which a sign-in is called strange, and the share of strange ones beyond which nothing is proposed. */
const STRANGE_RISK = 75
const MOST_STRANGE = 0.05

/** What a proposal needs of a sign-in. */
interface Seen {
  readonly key: EventKey
  readonly entity: string
  readonly prefix: string | undefined
  readonly asn: number | undefined
  readonly as_name: string | undefined
  readonly class: string | undefined
  readonly country: string | undefined
  readonly day: number
  readonly time: number
  readonly risk: number
}

/**
 * Networks that many people of a tenant come back to, and that nobody has said anything of: its offices' ways out and its VPN. Of
 * carriers, of exits for everybody (proxies, Tor) and of providers whose people come from many of their networks, as from home, none
 * is proposed, nor where somebody got in who was found to be an attacker.
 */
export async function proposalsOf(
  reader: Pick<Reader, 'past' | 'compromised'>,
  tenant: TenantId,
  tuned: Tuned,
  now: number,
): Promise<NetworkProposals> {
  const span = { from: now - WINDOW_MS, to: now + DAY }
  const query = { ...span, which: 'sign_ins' } as const
  const { events } = await readPast(reader, tenant, query, MOST_SIGN_INS, seen)
  const signIns = events.flatMap((one) => one ?? [])
  const strange = { ...span, which: 'strange' } as const
  const past = await readPast(reader, tenant, strange, MOST_STRANGE_READ, (event) => event)
  const { alerts } = playAlerts(past.events, tuned)
  const told = alerts.filter(({ alert }) => alert.status === 'open')
  const compromised = new Set(
    (await reader.compromised(tenant, span.from)).flatMap((one) => one.events),
  )
  const everybody = new Set(signIns.map(({ entity }) => entity)).size
  const { networks, rejected } = tuned.tuning
  const settled = new Set([
    ...networks.filter(({ expires }) => expires > now).map(({ network }) => network),
    ...rejected.filter(({ until }) => until > now).map(({ network }) => network),
  ])
  const ofProvider = new Map(
    [...Map.groupBy(signIns, ({ asn }) => asn)].map(([asn, own]) => [asn, regulars(own)]),
  )
  const proposals: NetworkProposal[] = []
  for (const [network, own] of Map.groupBy(signIns, ({ prefix }) => prefix)) {
    if (network === undefined || settled.has(network)) continue
    const people = regulars(own)
    const days = new Set(own.map(({ day }) => day)).size
    const strangers = own.filter(({ risk }) => risk >= STRANGE_RISK).length
    const found = own.filter(({ key }) => compromised.has(key)).length
    if (people < FEW_PEOPLE || days < FEW_DAYS || found > 0) continue
    if (strangers > MOST_STRANGE * own.length) continue
    const keys = new Set(own.map(({ key }) => key))
    const last = own.at(-1)
    if (last === undefined || isForEverybody(last.class)) continue
    if (last.asn !== undefined && people < GATHERED * (ofProvider.get(last.asn) ?? 0)) continue
    proposals.push({
      network,
      kind: last.class === 'vpn' || last.class === 'hosting' ? 'vpn' : 'office',
      ...(last.asn === undefined ? {} : { asn: last.asn }),
      ...(last.as_name === undefined ? {} : { as_name: last.as_name }),
      ...(last.country === undefined ? {} : { country: last.country }),
      people,
      share: people / Math.max(1, everybody),
      days,
      sign_ins: own.length,
      since: own[0]?.time ?? last.time,
      last_seen: last.time,
      strange: strangers,
      alerts: told.filter((alert) => alert.events.some((key) => keys.has(key))).length,
      compromised: found,
    })
  }
  proposals.sort((a, b) => b.people - a.people || (a.network < b.network ? -1 : 1))
  return { proposals: proposals.slice(0, 50), sign_ins: signIns.length, from: span.from }
}

/** A person's successful sign-in from a known network; null for any other. */
function seen({ key, input, verdict }: PastEvent): Seen | null {
  const { entity, event, context } = input
  if (entity.class !== 'human' || event.status_id !== 1) return null
  const { network, place } = context
  return {
    key,
    entity: entity.key,
    prefix: network?.prefix,
    asn: network?.asn,
    as_name: network?.as_name,
    class: network?.class,
    country: place?.country,
    day: Math.floor(event.time / DAY),
    time: event.time,
    risk: verdict.risk,
  }
}

/** People who came from there on more than one day. */
function regulars(own: readonly Seen[]): number {
  const days = Map.groupBy(own, ({ entity }) => entity)
  return [...days.values()].filter(
    (theirs) => new Set(theirs.map(({ day }) => day)).size >= RETURNS,
  ).length
}

function isForEverybody(kind: string | undefined): boolean {
  return (
    kind === 'residential' ||
    kind === 'carrier' ||
    kind === 'proxy' ||
    kind === 'tor' ||
    kind === 'satellite'
  )
}
