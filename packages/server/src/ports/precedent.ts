import { rules } from '@gatewatch/engine'
import type { AlertSummary, EnrichedEvent, Verdict } from '@gatewatch/schema'
import { groupOf } from './alert-growth.ts'
import type { JudgedEvent } from './store.ts'

/** How long (ms) after its last event what somebody found safe stands for others like it. */
const PRECEDENT_MS = 90 * 86_400_000
/** How much stranger (nats) than that an event may be. */
const STRANGER = 1

const CODES = new Set(rules.map(({ code }) => code))

/** A closed alert by its strangest event. */
export interface Precedent {
  readonly alert: AlertSummary
  readonly input: EnrichedEvent
  readonly verdict: Pick<Verdict, 'score'>
}

/** May an event of this group follow a precedent? Only where a rule named what one identity did: all else goes by what is learned. */
export function hasPrecedents(group: string): boolean {
  return CODES.has(group.slice(0, group.indexOf(':')))
}

/**
 * Which of the closed alerts of its group an event joins instead of raising it again: the newest that somebody judged, where it was
 * found safe and the event is like it: the same act out of the same network and country, with the same system, and hardly stranger.
 * Undefined without one.
 */
export function precedentOf<Held extends Precedent>(
  closed: readonly Held[],
  judged: JudgedEvent,
): Held | undefined {
  const { alert, arriving, verdict } = judged
  if (alert === null || !hasPrecedents(groupOf(alert))) return undefined
  const newest = closed
    .filter((one) => one.alert.feedback !== undefined)
    .toSorted((a, b) => (b.alert.feedback?.time ?? 0) - (a.alert.feedback?.time ?? 0))[0]
  if (newest?.alert.feedback?.verdict !== 'safe') return undefined
  if (arriving.event.time - newest.alert.last_seen > PRECEDENT_MS) return undefined
  return isCoveredBy(newest, { input: arriving, verdict }) ? newest : undefined
}

/** Is an event like what was found safe, and hardly stranger? Both are of one group. */
export function isCoveredBy(
  safe: Pick<Precedent, 'input' | 'verdict'>,
  one: Pick<Precedent, 'input' | 'verdict'>,
): boolean {
  return one.verdict.score <= safe.verdict.score + STRANGER && isLike(safe.input, one.input)
}

function isLike(a: EnrichedEvent, b: EnrichedEvent): boolean {
  return (
    a.event.activity === b.event.activity &&
    whence(a) === whence(b) &&
    a.context.place?.country === b.context.place?.country &&
    a.context.client.os === b.context.client.os
  )
}

function whence({ event, context }: EnrichedEvent): string | number | undefined {
  return context.network?.asn ?? context.network?.prefix ?? event.src.ip
}
