import type { Observer } from './trial.ts'

/** How soon the campaigns of one type of attack are noticed, by alerts as shipped. */
export interface FoundRow {
  readonly type: string
  readonly campaigns: number
  /** Share of them with an alert. */
  readonly found: number
  /** Of the found ones, median and 90th percentile: hostile events up to the first alert (1: the very first), and hours. */
  readonly events: readonly [median: number, p90: number]
  readonly hours: readonly [median: number, p90: number]
  /** Hours up to the first alert of all found ones together. */
  readonly hoursLate: number
}

/** Every campaign that began after the warm-up, by type of attack and all together. */
export interface FoundSection {
  readonly byType: readonly FoundRow[]
  readonly all: FoundRow
}

interface Trace {
  readonly type: string
  readonly began: number
  events: number
  /** Events and ms up to the first alert; null while there is none. */
  noticed: { readonly events: number; readonly ms: number } | null
}

/** Follows what each attacker does and when the first alert comes. */
export function watchFound(): Observer<FoundSection> {
  const traces = new Map<string, Trace>()
  const early = new Set<string>()
  return {
    see({ input: { event }, assessment, truth, counts }) {
      if (truth.label === 'benign') return
      const { campaign } = truth
      if (!counts) early.add(campaign)
      if (early.has(campaign)) return
      let trace = traces.get(campaign)
      if (trace === undefined) {
        trace = {
          type: truth.label,
          began: event.time,
          events: 0,
          noticed: null,
        }
        traces.set(campaign, trace)
      }
      trace.events++
      if (assessment.alerted)
        trace.noticed ??= { events: trace.events, ms: event.time - trace.began }
    },
    finish() {
      const all = [...traces.values()]
      const types = [...new Set(all.map(({ type }) => type))].sort()
      return {
        byType: types.map((type) =>
          tell(
            type,
            all.filter((trace) => trace.type === type),
          ),
        ),
        all: tell('all', all),
      }
    },
  }
}

function tell(type: string, traces: readonly Trace[]): FoundRow {
  const noticed = traces.flatMap((trace) => trace.noticed ?? [])
  const events = noticed.map((one) => one.events).sort((a, b) => a - b)
  const hours = noticed.map(({ ms }) => ms / 3_600_000).sort((a, b) => a - b)
  const ends = (values: readonly number[]) =>
    [quantile(values, 0.5), quantile(values, 0.9)] as const
  return {
    type,
    campaigns: traces.length,
    found: noticed.length / traces.length,
    events: ends(events),
    hours: ends(hours),
    hoursLate: hours.reduce((sum, one) => sum + one, 0),
  }
}

/** Of values in rising order, the one that a share of them does not pass; NaN without values. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}
