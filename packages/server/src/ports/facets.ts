import {
  type EnrichedEvent,
  EVENT_FACETS,
  type EventFacet,
  type EventFacets,
  eventKind,
  eventOutcome,
  type Verdict,
} from '@gatewatch/schema'

/** Most events that are counted by their values: the newest that fit. */
export const FACETED = 200_000
/** Most values that are told of a facet. */
const VALUES = 12
/** Most buckets of the histogram, which is as long as its time asks for. */
const BUCKETS = 72

const MINUTE = 60_000
const STEPS = [1, 5, 15, 60, 180, 360, 720, 1440].map((minutes) => minutes * MINUTE)

/** A value for each facet, `unknown` where there is none. */
export type FacetValues = Readonly<Record<EventFacet, string>>

/** What an event is counted and filtered by. */
export function facetsOf({ event, context, entity }: EnrichedEvent, verdict: Verdict): FacetValues {
  return {
    class: entity.class,
    kind: eventKind(event),
    outcome: eventOutcome(event),
    decision: verdict.decision,
    source: event.source.format,
    country: context.place?.country ?? 'unknown',
    operation: event.activity,
    network: context.network?.class ?? 'unknown',
  }
}

/** Length (ms) of the buckets of a time: a whole number of days where it is longer than 72. */
export function stepOf(from: number, to: number): number {
  const needed = (to - from) / BUCKETS
  const day = 1440 * MINUTE
  return STEPS.find((step) => step >= needed) ?? Math.ceil(needed / day) * day
}

/** Events alike in all facets, and those of one bucket, counted. */
export interface Counted {
  readonly values: readonly { readonly facets: FacetValues; readonly events: number }[]
  readonly times: readonly {
    readonly time: number
    readonly events: number
    readonly high_risk: number
  }[]
}

/** The answer made of counts: each facet by itself, and a bucket for every step of the time. */
export function eventFacets(
  { from, to }: { readonly from: number; readonly to: number },
  { values, times }: Counted,
): EventFacets {
  const step = stepOf(from, to)
  const first = Math.floor(from / step)
  const byTime = new Map(times.map((bucket) => [bucket.time, bucket]))
  const counted = times.reduce((sum, { events }) => sum + events, 0)
  return {
    from,
    to,
    counted,
    complete: counted < FACETED,
    step,
    times: Array.from({ length: Math.max(0, Math.ceil(to / step) - first) }, (_, index) => {
      const time = (first + index) * step
      return byTime.get(time) ?? { time, events: 0, high_risk: 0 }
    }),
    facets: {
      class: counts(values, 'class'),
      kind: counts(values, 'kind'),
      outcome: counts(values, 'outcome'),
      decision: counts(values, 'decision'),
      source: counts(values, 'source'),
      country: counts(values, 'country'),
      operation: counts(values, 'operation'),
      network: counts(values, 'network'),
    },
  }
}

function counts(values: Counted['values'], facet: EventFacet) {
  const sums = new Map<string, number>()
  for (const { facets, events } of values)
    sums.set(facets[facet], (sums.get(facets[facet]) ?? 0) + events)
  return [...sums]
    .map(([value, events]) => ({ value, events }))
    .sort((a, b) => b.events - a.events || (a.value < b.value ? -1 : 1))
    .slice(0, VALUES)
}

/** The facets that a query filters by, with the values wanted. */
export function wantedFacets(
  query: Readonly<Partial<Record<EventFacet, string | undefined>>>,
): readonly (readonly [EventFacet, string])[] {
  return EVENT_FACETS.flatMap((facet) => {
    const value = query[facet]
    return value === undefined ? [] : [[facet, value] as const]
  })
}
