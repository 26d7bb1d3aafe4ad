import type { Assessment, EnrichedEvent } from '@gatewatch/engine'
import type { AccessEvent } from '@gatewatch/schema'
import type { NetworkLookup, PlaceLookup } from '../ports/lookup.ts'

/**
 * Truth as the measures need it: what it was (`benign` or a kind of attack), whose account it happened to, and which
 * attacker's doing it was.
 */
export interface JudgedTruth {
  readonly label: string
  readonly victim: string
  readonly campaign: string
}

/** An event to be judged and, apart from it, what it really was; the truth is read only after the judgement. */
export interface Labelled {
  readonly event: AccessEvent
  readonly truth: {
    readonly label: string
    readonly victim?: string
    readonly campaign?: string
  }
}

/** One judged sign-in. `decision`, `risk` and alert are as shipped. */
export interface SignInRow {
  /** In the order of the trial's `names`. */
  readonly scores: Float64Array
  /** Signed points (nats) by feature index of the catalogue, and those of all findings together. */
  readonly points: Float32Array
  readonly named: number
  /** Codes of the two reasons that speak loudest against the event. */
  readonly reasons: readonly string[]
  readonly risk: number
  readonly isAlert: boolean
  readonly isStopped: boolean
  readonly probability: number
  /** Decayed number of sign-ins and other events the identity had shown before. */
  readonly history: number
  /** ms since 1970, UTC. */
  readonly time: number
  readonly truth: JudgedTruth
  /** Not benign, and the first successful sign-in of this attacker at this victim, in the warm-up or after it. */
  readonly isFirstVisit: boolean
}

/** A column of scores by a head that was trained without one type of attack. */
export interface LeftOutColumn {
  readonly type: string
  /** The contender whose training it shares but for that. */
  readonly trained: string
  readonly column: number
}

/** What came of one run: a column for each contender over all judged sign-ins. */
export interface Trial {
  readonly names: readonly string[]
  /** Further columns, after those of `names`. */
  readonly leftOut: readonly LeftOutColumn[]
  /** One row for each successful sign-in after the warm-up, benign or an attack, in order of time. */
  readonly signIns: readonly SignInRow[]
  /** The same of attackers who are judged by their actions (`kindOf`): outside every sum, and no benign ones either. */
  readonly activitySignIns: readonly SignInRow[]
  /** The first moment that is counted, ms. */
  readonly counted: number
  readonly events: number
  readonly attackSignInsInWarmUp: number
  /** Days that are counted. */
  readonly days: number
  readonly prevalence: number
  /** Mean time of assessing and learning one event, microseconds. */
  readonly microseconds: number
}

/** An event that was judged and learned, with its truth. The assessment is reused: keep numbers, not the object. */
export interface Seen {
  readonly input: EnrichedEvent
  readonly assessment: Readonly<Assessment>
  readonly truth: JudgedTruth
  /** After the warm-up? Only then is an event counted; observers see the others too. */
  readonly counts: boolean
}

/**
 * Looks on while a trial runs and measures something of its own: sees every event, in order of time, after everybody has
 * judged and learned it. A section of the evaluation that needs more than sign-in rows is made by one.
 */
export interface Observer<Section> {
  see(seen: Seen): void
  finish(): Section
}

/** How a trial is run. `start` in ms, UTC; nothing before `start + warmUp` days is counted. */
export interface TrialOptions {
  readonly start: number
  readonly days: number
  readonly warmUp: number
  readonly seed: number
  /** Types of attack that trained contenders are to be tried without, one after the other. */
  readonly types?: readonly string[]
  readonly lookups: { readonly places: PlaceLookup | null; readonly networks: NetworkLookup }
  /** Members of the ensemble that are switched on beside those that ship: names, or files of trained models. */
  readonly models?: readonly string[]
  readonly observers?: readonly Observer<unknown>[]
  readonly progress?: (events: number, day: number) => void
}
