import {
  type EnrichedEvent,
  type EventSummary,
  eventKind,
  eventOutcome,
  type Verdict,
} from '@gatewatch/schema'

/** An event with its verdict, as lists and the live feed show it: the three strongest reasons. */
export function summarise(input: EnrichedEvent, verdict: Verdict): EventSummary {
  const { event, context, entity } = input
  const place = context.place
  return {
    uid: event.uid,
    time: event.time,
    entity: entity.key,
    entity_name: entity.name,
    kind: eventKind(event),
    activity: event.activity,
    outcome: eventOutcome(event),
    source: event.source.format,
    class: entity.class,
    network: context.network?.class ?? 'unknown',
    ...(event.src.ip === undefined ? {} : { ip: event.src.ip }),
    ...(place?.country === undefined ? {} : { country: place.country }),
    ...(place?.city === undefined ? {} : { city: place.city }),
    ...(place?.lat === undefined ? {} : { lat: place.lat }),
    ...(place?.long === undefined ? {} : { long: place.long }),
    score: verdict.score,
    risk: verdict.risk,
    decision: verdict.decision,
    reasons: strongest(verdict.reasons, 3),
  }
}

/** The `count` reasons that raise the score most, strongest first. */
export function strongest(reasons: Verdict['reasons'], count: number): Verdict['reasons'] {
  return reasons
    .filter((reason) => reason.points > 0)
    .sort((a, b) => b.points - a.points)
    .slice(0, count)
}
