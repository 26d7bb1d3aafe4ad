import type { AccessEvent, Context, Entity, EventKind, Severity } from '@gatewatch/schema'
import type { DetectorInput, Finding, Signals } from '../types.ts'

/** Sizes of a finding's points and of nothing else: numbers and words that fill a sentence. */
export type Facts = Finding['facts']

/**
 * A situation that a rule must or must not report, as differences from a neutral one: an unremarkable, successful
 * sign-in of a person with a year of history. `event` replaces fields; actor, src and auth are merged field by field.
 */
export interface RuleExample {
  /** The situation as a sentence. */
  readonly name: string
  readonly event?: Partial<Omit<AccessEvent, 'actor' | 'src' | 'auth'>> & {
    readonly actor?: Partial<AccessEvent['actor']>
    readonly src?: Partial<AccessEvent['src']>
    readonly auth?: Partial<NonNullable<AccessEvent['auth']>>
  }
  readonly context?: Partial<Context>
  readonly entity?: Partial<Entity>
  readonly signals?: Partial<Signals>
  /** For hits: signals that the hit hinges on. With any one of them unknown the rule must say nothing. */
  readonly needs?: readonly (keyof Signals)[]
}

/**
 * One nameable thing that somebody did. A rule reads the event and the signals, keeps no state, and abstains (null)
 * where what it needs is unknown. Its points name a policy event; the surprise terms carry the weight of a score.
 */
export interface Rule {
  /** Stable snake_case name. */
  readonly code: string
  /** The alert's title. */
  readonly title: string
  /** Kinds of event the rule looks at; it is never asked about others. */
  readonly kinds: readonly EventKind[]
  /** MITRE ATT&CK ids. */
  readonly techniques: readonly string[]
  readonly severity: Severity
  /** The most that one finding adds to a score, nats, at most `MOST_POINTS`. */
  readonly points: number
  /** Why this matters, for somebody who sees it for the first time. */
  readonly why: string
  /** Honest causes that look the same. */
  readonly falsePositives: string
  /** Steps of an investigation, in plain words. */
  readonly runbook: string
  /** What happened, as one sentence made of a finding's facts. */
  readonly sentence: (facts: Facts) => string
  readonly when: (input: DetectorInput) => Finding | null
  readonly examples: { readonly hit: readonly RuleExample[]; readonly miss: readonly RuleExample[] }
}

/** No rule adds more nats than this: e^3 is about twenty to one, and a benign event in a thousand scores well above it. */
export const MOST_POINTS = 3

/** A finding of a rule with its metadata filled in. `points` defaults to the rule's most. */
export function found(
  rule: Rule,
  facts: Facts,
  more?: { readonly points?: number; readonly campaign?: string },
): Finding {
  return {
    code: rule.code,
    points: Math.min(more?.points ?? rule.points, rule.points),
    severity: rule.severity,
    techniques: rule.techniques,
    facts,
    ...(more?.campaign === undefined ? {} : { campaign: more.campaign }),
  }
}
