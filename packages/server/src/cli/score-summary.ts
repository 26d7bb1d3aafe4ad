import type { Decision, EnrichedEvent, Verdict } from '@gatewatch/schema'
import type { Replayed } from '../pipeline/replay/replay.ts'

/** One of the strangest events. */
export interface Strange {
  readonly verdict: Verdict
  readonly input: EnrichedEvent
}

/** A place with what happened there. */
export interface PlaceCount {
  readonly lat: number
  readonly long: number
  readonly name: string
  events: number
  maxRisk: number
}

/** What a stretch of time holds. */
export interface Slot {
  events: number
  failures: number
  maxRisk: number
}

/** Everything that is said about a run after it. */
export interface Summary {
  readonly files: number
  readonly events: number
  readonly duplicates: number
  /** Records that came again with other content: the last counts. */
  readonly revisions: number
  readonly identities: number
  /** Times in ms, UTC; equal to Infinity and -Infinity where there are no events. */
  readonly from: number
  readonly to: number
  readonly kinds: ReadonlyMap<string, number>
  readonly decisions: Readonly<Record<Decision, number>>
  readonly failures: number
  readonly alerts: number
  /** Why records were refused and left out, with how many, the commonest first. */
  readonly unreadable: readonly (readonly [reason: string, count: number])[]
  readonly skipped: readonly (readonly [reason: string, count: number])[]
  /** What could not be assessed, with how many events. */
  readonly notAssessed: readonly (readonly [code: string, count: number])[]
  readonly strangest: readonly Strange[]
  readonly slotMs: number
  readonly slots: readonly Slot[]
  readonly places: readonly PlaceCount[]
}

const slotsWanted = 120
const slotSizes = [1, 5, 15, 60, 180, 360, 1_440, 10_080, 43_200].map((minutes) => minutes * 60_000)
const mostReasons = 1_000
const mostPlaces = 5_000

/** Gathers a summary event by event; memory does not grow with the number of events. */
export interface SummaryBuilder {
  addUnreadable(reason: string): void
  addSkipped(reason: string, count: number): void
  addDuplicate(): void
  addRevision(): void
  add(replayed: Replayed): void
  finish(files: number, identities: number): Summary
}

/** A summary over events between `from` and `to` (ms, UTC) that keeps the `top` strangest. */
export function summaryBuilder(
  top: number,
  span: () => { from: number; to: number },
): SummaryBuilder {
  const counts = { events: 0, duplicates: 0, revisions: 0, failures: 0, alerts: 0 }
  const decisions: Record<Decision, number> = { allow: 0, challenge: 0, deny: 0 }
  const kinds = new Map<string, number>()
  const unreadable = new Map<string, number>()
  const skipped = new Map<string, number>()
  const notAssessed = new Map<string, number>()
  const places = new Map<string, PlaceCount>()
  const slots: Slot[] = []
  let slotMs = 0
  let strangest: Strange[] = []
  let weakest: Strange | undefined

  function keep(one: Strange): void {
    if (top === 0 || (weakest !== undefined && byStrangeness(one, weakest) >= 0)) return
    strangest.push(one)
    if (strangest.length < top * 2 + 50) return
    strangest = best(strangest, top)
    weakest = strangest.at(-1)
  }
  function slotOf(time: number): Slot {
    const { from, to } = span()
    if (slotMs === 0)
      slotMs =
        slotSizes.find((size) => (to - from) / size <= slotsWanted) ?? (to - from) / slotsWanted
    const at = Math.floor((time - Math.floor(from / slotMs) * slotMs) / slotMs)
    for (let i = slots.length; i <= at; i++) slots.push({ events: 0, failures: 0, maxRisk: 0 })
    return slots[at] ?? { events: 0, failures: 0, maxRisk: 0 }
  }
  function addPlace({ context }: EnrichedEvent, risk: number): void {
    const { lat, long, city, country } = context.place ?? {}
    if (lat === undefined || long === undefined) return
    const key = `${lat.toFixed(1)} ${long.toFixed(1)}`
    const known = places.get(key)
    if (known === undefined) {
      const name = [city, country].filter((part) => part !== undefined).join(', ')
      if (places.size < mostPlaces) places.set(key, { lat, long, name, events: 1, maxRisk: risk })
      return
    }
    known.events++
    known.maxRisk = Math.max(known.maxRisk, risk)
  }
  return {
    addUnreadable: (reason) => bump(unreadable, generalised(reason)),
    addSkipped: (reason, count) => bump(skipped, reason, count),
    addDuplicate: () => void counts.duplicates++,
    addRevision: () => void counts.revisions++,
    add({ input, judgement }) {
      const { verdict } = judgement
      counts.events++
      if (judgement.alert !== null) counts.alerts++
      const failed = verdict.outcome === 'failure' ? 1 : 0
      counts.failures += failed
      decisions[verdict.decision]++
      bump(kinds, verdict.kind)
      for (const code of verdict.not_assessed) bump(notAssessed, code)
      const slot = slotOf(verdict.time)
      slot.events++
      slot.failures += failed
      slot.maxRisk = Math.max(slot.maxRisk, verdict.risk)
      addPlace(input, verdict.risk)
      keep({ verdict, input })
    },
    finish: (files, identities) => ({
      ...counts,
      ...span(),
      files,
      identities,
      kinds,
      decisions,
      unreadable: commonest(unreadable),
      skipped: commonest(skipped),
      notAssessed: commonest(notAssessed),
      strangest: best(strangest, top),
      slotMs,
      slots,
      places: [...places.values()].sort((a, b) => b.events - a.events),
    }),
  }
}

/** By risk, which compares people and services, and by score among those beyond its scale. */
function byStrangeness(a: Strange, b: Strange): number {
  return b.verdict.risk - a.verdict.risk || b.verdict.score - a.verdict.score
}

function best(all: readonly Strange[], top: number): Strange[] {
  return [...all].sort(byStrangeness).slice(0, top)
}

/** Reasons that differ only in the value they quote are one reason. */
function generalised(reason: string): string {
  return reason.replace(/"(?:[^"\\]|\\.)*"/, '"…"')
}

function bump(counts: Map<string, number>, key: string, by = 1): void {
  const known = counts.get(key)
  if (known !== undefined) counts.set(key, known + by)
  else if (counts.size < mostReasons) counts.set(key, by)
  else counts.set('other reasons', (counts.get('other reasons') ?? 0) + by)
}

function commonest(counts: ReadonlyMap<string, number>): (readonly [string, number])[] {
  return [...counts].sort((a, b) => b[1] - a[1])
}
