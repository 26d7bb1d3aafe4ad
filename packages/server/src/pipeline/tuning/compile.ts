import { type AlertOutline, defaultPolicy, isCampaignKey, type Policy } from '@gatewatch/engine'
import type {
  AlertSummary,
  EnrichedEvent,
  PolicyGroup,
  Suppression,
  TenantPolicy,
  TrustedNetwork,
  Tuning,
  TuningVersion,
  Verdict,
} from '@gatewatch/schema'
import { type CidrTable, cidrTable, readNetwork } from '../../cidr-table.ts'
import { fits, isWithin, zoneOf } from '../plan-delivery.ts'

/** How long (ms) after its end a suppression or a trusted network still counts for events that happened before it. */
const LATE_LOGS_MS = 86_400_000

/** What is tuned, made ready to be asked of each event: the lookup that the way of an event sees. */
export interface Tuned {
  readonly version: number
  readonly tuning: Tuning
  /** Most alerts that are told within a day, and of groups with a budget of their own. */
  readonly perDay: number
  readonly ofGroups: ReadonlyMap<string, number>
  policyOf(input: EnrichedEvent): Policy
  /** The group whose policy counts for an event; undefined: none. */
  groupOf(input: EnrichedEvent): string | undefined
  /** The first suppression in effect that hides an alert; `now` in ms. */
  hides(
    input: EnrichedEvent,
    verdict: Verdict,
    alert: AlertOutline,
    now: number,
  ): NonNullable<AlertSummary['suppressed']> | undefined
  /** The event with what the organisation says of its network. */
  owned<E extends EnrichedEvent>(event: E, now: number): E
  /** Ids of suppressions that have not ended. */
  inEffect(now: number): readonly string[]
}

/** Makes a version ready; `alertsPerDay` counts where the tenant's policy says nothing. */
export function compileTuning(
  { version, tuning }: Pick<TuningVersion, 'version' | 'tuning'>,
  alertsPerDay: number,
): Tuned {
  const { policy, suppressions, networks } = tuning
  const base = enginePolicy(policy)
  const groups = policy.groups.map((group) => ({
    group,
    policy: enginePolicy({ ...policy, ...overrides(group) }),
    belongs: membership(group),
  }))
  const matchers = suppressions.map((one) => ({ one, fits: matcher(one) }))
  const own = tableOf(networks)
  const groupFor = (input: EnrichedEvent) => groups.find(({ belongs }) => belongs(input))
  const lasts = (expires: number, time: number, now: number) =>
    Math.max(time, now - LATE_LOGS_MS) < expires
  return {
    version,
    tuning,
    perDay: policy.alerts_per_day ?? alertsPerDay,
    ofGroups: new Map(
      policy.groups.flatMap(({ name, alerts_per_day }) =>
        alerts_per_day === undefined ? [] : [[name, alerts_per_day]],
      ),
    ),
    policyOf: groups.length === 0 ? () => base : (input) => groupFor(input)?.policy ?? base,
    groupOf: (input) => groupFor(input)?.group.name,
    hides(input, verdict, alert, now) {
      const found = matchers.find(({ one, fits: isHidden }) => {
        return lasts(one.expires, input.event.time, now) && isHidden(input, verdict, alert)
      })
      if (found === undefined) return undefined
      const { id, owner, reason, expires } = found.one
      return { id, owner, reason, expires }
    },
    owned(event, now) {
      const { network } = event.context
      const { ip } = event.event.src
      if (own.size === 0 || network === undefined || ip === undefined) return event
      const known = own.find(ip)
      if (known === undefined || !lasts(known.expires, event.event.time, now)) return event
      const context = { ...event.context, network: { ...network, own: known.kind } }
      return { ...event, context }
    },
    inEffect: (now) => suppressions.filter(({ expires }) => expires > now).map(({ id }) => id),
  }
}

/** The engine's policy of what a tenant says. Risk never exceeds 100, so 101 is never reached. */
function enginePolicy({ challenge_at, deny_at, alert_at }: Omit<TenantPolicy, 'groups'>): Policy {
  const { prevalence } = defaultPolicy
  return { challengeAt: challenge_at, denyAt: deny_at, alertAt: alert_at, prevalence }
}

function overrides({ challenge_at, deny_at, alert_at }: PolicyGroup): Partial<TenantPolicy> {
  const given = { challenge_at, deny_at, alert_at }
  return Object.fromEntries(Object.entries(given).filter(([, limit]) => limit !== undefined))
}

function membership({ match }: PolicyGroup): (input: EnrichedEvent) => boolean {
  const { class: kind, identities, labels } = match
  const exact = new Set(identities?.filter((one) => !one.includes('*')).map(lower))
  const patterns = identities?.filter((one) => one.includes('*')) ?? []
  const wanted = Object.entries(labels ?? {})
  return ({ entity, event }) => {
    if (kind !== undefined && entity.class !== kind) return false
    if (identities !== undefined && !exact.has(entity.key)) {
      if (!patterns.some((pattern) => fits(entity.key, pattern))) return false
    }
    return wanted.every(([label, value]) => {
      const carried = event.labels
      return carried !== undefined && Object.hasOwn(carried, label) && carried[label] === value
    })
  }
}

const lower = (text: string) => text.toLowerCase()

function matcher({
  match,
}: Suppression): (input: EnrichedEvent, verdict: Verdict, alert: AlertOutline) => boolean {
  const { identity, network, countries, rule, hours, from } = match
  const zone = hours === undefined ? null : zoneOf(hours)
  const asn = /^AS(\d+)$/.exec(network ?? '')?.[1]
  const range = network === undefined || asn !== undefined ? null : tableOf([{ network }])
  const pair = countries === undefined ? null : [...countries].sort().join()
  return ({ event, context, entity }, { travel }, alert) => {
    const grave = alert.severity === 'critical' || isCampaignKey(alert.group)
    if (rule === undefined ? grave : rule !== alert.rule) return false
    if (identity !== undefined && !fits(entity.key, identity)) return false
    if (asn !== undefined && context.network?.asn !== Number(asn)) return false
    if (range !== null && range.find(event.src.ip ?? '') === undefined) return false
    if (pair !== null && pair !== [travel?.from.country, travel?.to.country].sort().join()) {
      return false
    }
    if (from !== undefined && event.time < from) return false
    return hours === undefined || zone === null || isWithin(hours, zone, event.time)
  }
}

function tableOf<Own extends Pick<TrustedNetwork, 'network'>>(own: readonly Own[]): CidrTable<Own> {
  return cidrTable(
    own.flatMap((one) => {
      const read = readNetwork(one.network)
      return read === null ? [] : [[read.key, read.length, one] as const]
    }),
  )
}
