import { z } from 'zod'
import { AlertSummary } from './alert.ts'
import { ChannelHours } from './channel.ts'
import { Decision } from './verdict.ts'

const DAY = 86_400_000

/** Longest time (ms) that a suppression or a trusted network may last before somebody has to say it again. */
export const LONGEST_TUNING_MS = 366 * DAY

const name = z.string().trim().min(1).max(100)
const who = z.string().trim().min(1).max(320)
const why = z.string().trim().min(1).max(1_000)
const pattern = z.string().trim().min(1).max(512)
const countryCode = z.string().regex(/^[A-Z]{2}$/, 'write ISO 3166-1 alpha-2, e.g. SE')
const cidr = z
  .union([z.cidrv4(), z.cidrv6()], { error: 'write a network, e.g. 203.0.113.0/24' })
  .describe('a network in CIDR notation')
const risk = z.number().min(50)

/** Risk from which a sign-in or call is challenged, denied, raises an alert. 101: never. */
const limits = {
  challenge_at: risk.max(101).describe('risk from which one more proof is asked for; 101: never'),
  deny_at: risk.max(101).describe('risk from which it is denied; 101: never'),
  alert_at: risk.max(100).describe('risk from which an alert is raised'),
}
const alertsPerDay = z
  .number()
  .int()
  .min(1)
  .max(100_000)
  .describe('most alerts that are told within a day; critical ones are told beyond it')

/** Whom a group's policy is for: those of whom all that is given is true. `*` in a key stands for anything. */
export const GroupMatch = z
  .strictObject({
    class: z.enum(['human', 'service']).optional(),
    identities: z
      .array(pattern)
      .min(1)
      .max(500)
      .optional()
      .describe('keys, e.g. user:ada@example.com'),
    labels: z
      .record(z.string().min(1).max(64), z.string().min(1).max(255))
      .refine((labels) => Object.keys(labels).length > 0, 'name one label at least')
      .optional()
      .describe('labels that the event carries, e.g. {"department": "finance"}'),
  })
  .refine((match) => Object.values(match).some((one) => one !== undefined), {
    error: 'say of whom: class, identities or labels',
  })
export type GroupMatch = z.infer<typeof GroupMatch>

/** What of the policy is otherwise for some. */
export const PolicyGroup = z.strictObject({
  name,
  match: GroupMatch,
  challenge_at: limits.challenge_at.optional(),
  deny_at: limits.deny_at.optional(),
  alert_at: limits.alert_at.optional(),
  alerts_per_day: alertsPerDay.optional().describe('a budget of its own, within that of all'),
})
export type PolicyGroup = z.infer<typeof PolicyGroup>

/** Which risk leads to what. Of groups the first counts that an event belongs to. */
export const TenantPolicy = z
  .strictObject({
    ...limits,
    alerts_per_day: alertsPerDay.optional().describe('absent: as the installation is configured'),
    groups: z.array(PolicyGroup).max(50).default([]),
  })
  .refine((policy) => policy.challenge_at <= policy.deny_at, {
    error: 'is above deny_at',
    path: ['challenge_at'],
  })
  .refine(({ groups }) => new Set(groups.map((group) => group.name)).size === groups.length, {
    error: 'two have the same name',
    path: ['groups'],
  })
export type TenantPolicy = z.infer<typeof TenantPolicy>

/** Hours of a week, e.g. those of a nightly job. */
export const TuningHours = ChannelHours.omit({ always_from: true })
export type TuningHours = z.infer<typeof TuningHours>

/**
 * Which alerts are hidden: those of which all that is given is true. One that names no rule leaves critical alerts and those of
 * campaigns alone.
 */
export const SuppressionMatch = z
  .strictObject({
    identity: pattern.optional().describe('key of the identity; * stands for anything'),
    network: z
      .union([cidr, z.string().regex(/^AS\d{1,10}$/, 'write a network or AS64500')])
      .optional()
      .describe('the address lies in it: CIDR notation, or AS and a number'),
    countries: z
      .tuple([countryCode, countryCode])
      .optional()
      .describe('travel between these two, in either direction'),
    rule: z
      .string()
      .trim()
      .min(1)
      .max(100)
      .optional()
      .describe(
        'code of the rule that the alert is named after; `unusual` for those named after none',
      ),
    hours: TuningHours.optional(),
    from: z.number().int().min(0).optional().describe('only events from this time on, ms'),
  })
  .refine((match) => Object.values(match).some((one) => one !== undefined), {
    error: 'say what to hide: identity, network, countries, rule, hours or from',
  })
export type SuppressionMatch = z.infer<typeof SuppressionMatch>

/** Alerts that are not to be told, for a reason and a time. Hidden ones are stored, found by correlation, and learned from as ever. */
export const Suppression = z.object({
  id: z.string(),
  match: SuppressionMatch,
  owner: who,
  reason: why,
  created: z.number(),
  expires: z.number().describe('ms; events from then on are told again'),
})
export type Suppression = z.infer<typeof Suppression>

/** A network that many sign in from because it is the organisation's: an office's way out, or its VPN, whose places say nothing. */
export const TRUSTED_KINDS = ['office', 'vpn'] as const
export const TrustedKind = z.enum(TRUSTED_KINDS)
export type TrustedKind = z.infer<typeof TrustedKind>

/** A network that the organisation says is its own. That somebody comes from it is little surprise; everything else is judged as ever. */
export const TrustedNetwork = z.object({
  network: cidr,
  kind: TrustedKind,
  owner: who,
  reason: why,
  created: z.number(),
  expires: z.number().describe('ms; events from then on are judged without it'),
})
export type TrustedNetwork = z.infer<typeof TrustedNetwork>

/** A proposal that somebody turned down: not made again until then (ms). */
export const RejectedNetwork = z.object({ network: cidr, by: who, until: z.number() })
export type RejectedNetwork = z.infer<typeof RejectedNetwork>

/** Everything that people of a tenant have tuned. */
export const Tuning = z.object({
  policy: TenantPolicy,
  suppressions: z.array(Suppression),
  networks: z.array(TrustedNetwork),
  rejected: z.array(RejectedNetwork),
})
export type Tuning = z.infer<typeof Tuning>

/** Most suppressions and trusted networks that a tenant may have at a time. */
export const MOST_TUNED = 500

const days = z.number().int().min(1).max(366).describe('for how many days')
const said = { why: why.describe('the reason, for those who read this later') }

/** A change of what is tuned: the body of `POST /v1/tuning` and of its preview. */
export const TuningChange = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('policy'), policy: TenantPolicy, ...said }),
  z.strictObject({
    kind: z.literal('suppress'),
    match: SuppressionMatch,
    days,
    owner: who.optional().describe('default: who asks'),
    ...said,
  }),
  z.strictObject({ kind: z.literal('lift'), suppression: z.string().min(1).max(100), ...said }),
  z.strictObject({
    kind: z.literal('trust'),
    network: cidr,
    as: TrustedKind,
    days,
    owner: who.optional().describe('default: who asks'),
    ...said,
  }),
  z.strictObject({ kind: z.literal('distrust'), network: cidr, ...said }),
  z.strictObject({ kind: z.literal('reject'), network: cidr, days, ...said }),
  z.strictObject({ kind: z.literal('roll_back'), version: z.number().int().min(0), ...said }),
])
export type TuningChange = z.infer<typeof TuningChange>

/** What one change left; version 0 is what ships. Time in ms, UTC. */
export const TuningVersion = z.object({
  version: z.number().int(),
  time: z.number(),
  by: z.string(),
  change: z.string().describe('what was changed, in words'),
  why: z.string(),
  tuning: Tuning,
})
export type TuningVersion = z.infer<typeof TuningVersion>

/** How often a suppression hid an event that would have been told, and when last (ms). */
export const SuppressionHits = z.object({ hits: z.number().int(), last_hit: z.number().nullable() })
export type SuppressionHits = z.infer<typeof SuppressionHits>

/** Answer of `GET /v1/tuning`: what is in effect, and how it came to be. */
export const TuningState = TuningVersion.extend({
  suppressions: z.array(
    Suppression.extend(SuppressionHits.shape).extend({
      expired: z.boolean(),
      stale: z.boolean().describe('has hidden nothing for 30 days: is it still needed?'),
    }),
  ),
  history: z.array(TuningVersion.omit({ tuning: true })).describe('newest first, at most 100'),
})
export type TuningState = z.infer<typeof TuningState>

/** Body of `POST /v1/tuning/preview`: a change, or another version of the models. */
export const PreviewRequest = z.union([
  TuningChange,
  z.strictObject({ kind: z.literal('models'), version: z.number().int().min(0) }),
])
export type PreviewRequest = z.infer<typeof PreviewRequest>

/** An alert as a preview names it. */
export const PreviewedAlert = AlertSummary.pick({
  id: true,
  title: true,
  severity: true,
  entity: true,
  entity_name: true,
  risk: true,
  first_seen: true,
  last_seen: true,
  count: true,
})
export type PreviewedAlert = z.infer<typeof PreviewedAlert>

const some = z.object({
  count: z.number().int(),
  alerts: z.array(PreviewedAlert).describe('gravest first, at most 20'),
})

/** What a change would have done to stored events. Times in ms, UTC. */
export const Preview = z.object({
  how: z
    .enum(['stored_scores', 'replay'])
    .describe('scores as they are stored, decided anew; or events judged again'),
  exactness: z.string().describe('how far it can be relied on, in words'),
  from: z.number(),
  until: z.number(),
  events: z.number().int().describe('events that were decided anew'),
  left_out: z
    .number()
    .int()
    .describe('strange ones that were read in from the past, or stored by an earlier version'),
  complete: z.boolean().describe('false: there were more, and the oldest were left out'),
  alerts_before: z.number().int().describe('that are told as things are'),
  alerts_after: z.number().int().describe('that would be told'),
  added: some,
  removed: some,
  hidden: z.number().int().describe('of those removed, by a suppression'),
  kept_back: z.number().int().describe('of those removed, beyond the budget of their day'),
  known_lost: some.describe('of those removed, alerts that people found compromised'),
  decisions: z
    .array(z.object({ from: Decision, to: Decision, events: z.number().int() }))
    .describe('how many events would be decided otherwise'),
})
export type Preview = z.infer<typeof Preview>

/** A network that may be the organisation's own, and what speaks for it. Times in ms, UTC. */
export const NetworkProposal = z.object({
  network: cidr,
  kind: TrustedKind,
  as_name: z.string().optional(),
  asn: z.number().int().optional(),
  country: z.string().optional(),
  people: z.number().int().describe('who signed in from it'),
  share: z.number().describe('of all people who signed in, 0-1'),
  days: z.number().int().describe('on which somebody did'),
  sign_ins: z.number().int(),
  since: z.number().describe('first seen, within the 30 days that are looked through'),
  last_seen: z.number(),
  strange: z.number().int().describe('sign-ins from it with risk 75 or more'),
  alerts: z
    .number()
    .int()
    .describe('alerts of the last 30 days with a sign-in from it, by what is tuned now'),
  compromised: z.number().int().describe('of these, found compromised'),
})
export type NetworkProposal = z.infer<typeof NetworkProposal>

/** Answer of `GET /v1/tuning/proposals`: those that most people speak for come first. */
export const NetworkProposals = z.object({
  proposals: z.array(NetworkProposal),
  sign_ins: z.number().int().describe('that were looked through, the newest 100,000 at most'),
  from: z.number(),
})
export type NetworkProposals = z.infer<typeof NetworkProposals>
