import type {
  Decision,
  EnrichedEvent,
  NotAssessedCode,
  Severity,
  TravelLeg,
  Verdict,
} from '@gatewatch/schema'
import type { Known } from './detectors/surprise.ts'
import type { Population, PopulationDelta } from './population/population.ts'
import type { Profile } from './profile/profile.ts'
import type { Session } from './profile/session.ts'

/**
 * What the engine worked out about one event before anybody judges it. Rules and detectors read this and nothing else
 * of profile and population. A boolean is null, and a number NaN, where it could not be known: unknown is not normal.
 * "Before" means without this event. Counts decay with the half-life in their name's comment.
 */
export interface Signals {
  /** Decayed number of successful events this identity taught (half-life 60 days). */
  history: number
  /** Whole days since the identity's first event; NaN for the first. */
  ageDays: number
  /** Days since the identity's last successful event; NaN without one. */
  idleDays: number
  /** Distinct days on which the identity was active. */
  activeDays: number
  /** Was a session gone on with rather than a first factor shown? null where the source does not say. */
  resumed: boolean | null
  /** Is the value new to this identity? null: absent in the event, or the identity has no history. */
  newCountry: boolean | null
  newCity: boolean | null
  newAsn: boolean | null
  newPrefix: boolean | null
  newDevice: boolean | null
  newOs: boolean | null
  newBrowser: boolean | null
  newAction: boolean | null
  newService: boolean | null
  newRegion: boolean | null
  /** Decayed number of aged identities of the tenant that use the value; NaN when absent. */
  countryUsers: number
  asnUsers: number
  prefixUsers: number
  actionUsers: number
  /** Travel from the last trusted place; null where either place is unknown or not usable. */
  travel: TravelLeg | null
  /** Learned rate at which this identity appears to teleport (shared egress, VPN), 0-1. */
  travelRate: number
  /** Country of the session that is still running (last success within 12 h), null where none or unknown. */
  runningSessionCountry: string | null
  /** Hours since the last success in the running session's country; NaN where none. */
  runningSessionHours: number
  /** Failed attempts of this identity, each counted once per attempt, in the last minutes (exact while short memory holds them). */
  failures10m: number
  failures60m: number
  /** MFA prompts denied, timed out or failed for this identity in the last 60 min. */
  mfaDenied60m: number
  /** Minutes since this identity's last password reset or change; NaN without one in 7 days. */
  minutesSincePasswordReset: number
  /** Minutes since a factor was added, removed or weakened for this identity; NaN without one in 7 days. */
  minutesSinceMfaChange: number
  /** Password resets that this actor did to others in the last 60 min, including this event. */
  resets60m: number
  /** Resources created and deleted by this actor in the last 60 min, including this event. */
  creates60m: number
  deletes60m: number
  /** The actor's usual highest count of the same in 60 min (slowly decaying); 0 when it never did. */
  usualCreates60m: number
  usualDeletes60m: number
  /** Calls refused for lack of permission in the last 60 min, including this event. */
  denied60m: number
  /** Distinct operations new to this identity in the last 60 min, including this event. */
  newActions60m: number
  /** Events of this identity in the last 60 min, and its usual highest. */
  events60m: number
  usualEvents60m: number
  /** Bytes out in the last 24 h including this event, and the identity's usual day of sending (mean and standard deviation of log1p; NaN where it never sent). */
  bytesOut24h: number
  bytesOutUsual: number
  bytesOutUsualSd: number
  /** How surprising so many bytes are in a day of this identity, nats, 0-6; NaN below seven active days, and where the event adds less than a thousandth. */
  bytesOutSurprise: number
  /**
   * Is this a sign-in in a place and on a device that are not known to be the identity's? An exit from which others sign in
   * as often as not is strange to nobody.
   */
  strangely: boolean
  /** Decayed failures and successes of the prefix (half-life 6 h). */
  prefixFailures: number
  prefixSuccesses: number
  /**
   * Distinct identities that failed on their credentials strangely in the last 6 h: from this prefix, this network, with this
   * client signature (user agent family), anywhere in the organisation.
   */
  prefixFailingUsers: number
  asnFailingUsers: number
  clientFailingUsers: number
  failingUsers: number
  /** Expected number of the same at such an hour of the week; NaN while unknown. */
  prefixFailingUsersUsual: number
  asnFailingUsersUsual: number
  clientFailingUsersUsual: number
  failingUsersUsual: number
  /** Number of the campaign under way that knows the event's prefix, device, client or identity; 0 for none. */
  campaign: number
  /** Does a campaign under way know the prefix, the device? */
  campaignPrefix: boolean
  campaignDevice: boolean
  /** Local hour 0-23 and day (0 Monday) in the identity's own time zone; how rare that hour is: share of the identity's history, NaN without. */
  localHour: number
  localDay: number
  hourShare: number
  /** Sum of positive surprise over network features and over device features, nats. */
  networkSurprise: number
  deviceSurprise: number
  /** The session that an action belongs to, this action included; null for a sign-in, and where order or time are unknown. */
  session: Session | null
  /** Chains of actions (rules/attack-chains.ts) that this event completes, a bit each; NaN where unknown. */
  chains: number
}

/** A detector's statement about one event. Points are nats, signed; the code is stable; text is made later, where somebody reads it. */
export interface Finding {
  readonly code: string
  readonly points: number
  readonly severity: Severity
  readonly techniques: readonly string[]
  /** Numbers and words for the sentence, e.g. { failures: 12 }. */
  readonly facts: Readonly<Record<string, string | number>>
  /** Findings of one campaign share this key: they become one alert. Absent: the identity is the group. */
  readonly campaign?: string
}

/** What rules and detectors see: the event and the signals. */
export interface DetectorInput {
  readonly input: EnrichedEvent
  readonly signals: Readonly<Signals>
}

/** Looks at one event; null: nothing to say, which is not "normal". */
export interface Detector {
  readonly name: string
  judge(input: DetectorInput): Finding | null
}

/** Which risk leads to which decision, and how much is assumed of the world. */
export interface Policy {
  /** Risk 0-100 from which an event is challenged, denied, raises an alert. */
  readonly challengeAt: number
  readonly denyAt: number
  readonly alertAt: number
  /** Assumed share of attacks among events, for the probability. */
  readonly prevalence: number
}

/** An alert the engine proposes; the pipeline stores it or attaches it to an open one with the same group. */
export interface AlertDraft {
  readonly group: string
  /** Code of the finding that it is named after; `unusual` without one. */
  readonly rule: string
  readonly title: string
  readonly severity: Severity
  readonly techniques: readonly string[]
  readonly runbook: string
  /** The address range that the event came from, where that is new to the identity. */
  readonly origin?: string
  /** Key of a campaign under way, where a stranger to the identity got in meanwhile: it may be the campaign's doing. */
  readonly wave?: string
}

/** A judged event: what to answer, what to raise, and with which weight (0-1) the event was learned. */
export interface Judgement {
  readonly verdict: Verdict
  readonly alert: AlertDraft | null
  /** Where there is an alert: the encoded profile that the event was judged against, before it taught anything. */
  readonly profileBefore: Uint8Array | null
  /** Where there is an alert: what was read of the population (population/seen.ts). */
  readonly seen: Uint8Array | null
  readonly learned: number
}

/** Numbers of one judgement; made once and reused, so that the hot path allocates nothing. */
export interface Assessment {
  score: number
  risk: number
  probability: number
  decision: Decision
  signals: Signals
  /** Signed points (nats) by feature index of the catalogue; they and the findings' points add up to `score`. */
  points: Float64Array
  /** The same before the head's weights; 0 where a term says nothing. */
  raw: Float64Array
  findings: Finding[]
  notAssessed: NotAssessedCode[]
  /** Keyed hash of each remembered feature's value by index of the catalogue; 0 where the event has none. */
  values: Uint32Array
  /** Where the profile holds them. */
  readonly known: Known
  /** Keyed hashes of the identity, of whom a change was made to, and of the sign-in attempt; 0 where there is none. */
  identity: number
  target: number
  attempt: number
  /** The clock the hour was read on (zone.ts), and the hour's bin 0-47. */
  zone: number
  hourBin: number
  /** Which histogram the score is compared with (calibrate.ts). */
  histogram: number
  /** Before the profile's clock: teaches the long memory only. More than a day ahead of its receipt: moves no clock. */
  isLate: boolean
  isFuture: boolean
  /** What members of the ensemble read (models/vector.ts), NaN where unknown; all NaN where they do not judge. */
  vector: Float64Array
  /** Classes of the identity's last actions, this one last (features/action-class.ts); all 0 where they are not followed. */
  readonly actions: Float64Array
  /** The running session with this event. */
  readonly session: Session
  /** The models that judged. */
  models: Models
  /** Set by `decide`: does the event raise an alert? */
  alerted: boolean
  /** Weight 0-1 with which the score enters the histogram of the ordinary (combine/entry.ts). */
  entryWeight: number
  /** Added to the policy's risk for alerts, 0-25, so that many events do not make many false alerts. */
  alertShift: number
}

/**
 * A fitted model that takes part in the score through one term of the catalogue. It reads the vector of a person's successful
 * sign-in (models/vector.ts) and allocates nothing while it judges.
 */
export interface Member {
  /** Index of its term in the catalogue. */
  readonly term: number
  /** `actions`: reads the last actions of whoever does more than sign in, instead of a sign-in's vector. */
  readonly reads?: 'actions'
  /** How strange it finds the vector, nats before the term's weight. */
  points(vector: Float64Array): number
  /** Fills `shares`, by index of the vector, with what each number adds to the points; gives what none of them adds. All together are the points. */
  explain(vector: Float64Array, shares: Float64Array): number
  /** Its bytes: magic, version, content (models/members.ts reads them). */
  encode(): Uint8Array
  /** The same, saying `share` (0-1) of it, for a member that may say too much where there is little to learn from. */
  readonly soften?: (share: number) => Member
}

/** Versioned model artifacts. `head` weighs the terms of the catalogue, by index; members that are not fitted yet are absent. */
export interface Models {
  readonly version: number
  readonly head: Float64Array
  readonly members: readonly Member[]
  /** Are actions followed, because a model of their sequences is switched on or judges? They cost nothing otherwise. */
  readonly followsActions?: boolean
  /** What members were fitted on: events judged by then, and when (seconds) the newest of people's verdicts was given, or an identity was erased. */
  readonly fitted: { readonly events: number; readonly settled: number }
}

export type { Population, PopulationDelta, Profile }
