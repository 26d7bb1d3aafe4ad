import type { Reason } from '@gatewatch/schema'

/** One bar of the drawn explanation: it begins where the one before ended. Points, `from` and `to` in nats. */
export interface WaterfallRow {
  readonly kind: 'reason' | 'smaller' | 'rest'
  readonly reason?: Reason
  /** How many reasons the row stands for. */
  readonly count: number
  readonly points: number
  readonly from: number
  readonly to: number
}

/** Bars that end at the score, with the range they cover (0 is always inside). */
export interface Waterfall {
  readonly rows: readonly WaterfallRow[]
  readonly low: number
  readonly high: number
}

const INVISIBLE = 0.005

/**
 * Lays signed points out as bars whose last one ends exactly at `score`, strongest first. Beyond `shown` reasons the
 * weaker ones become one bar; points that are missing from the reasons become a bar of their own, never silently lost.
 */
export function waterfall(reasons: readonly Reason[], score: number, shown: number): Waterfall {
  const sorted = reasons.toSorted((a, b) => Math.abs(b.points) - Math.abs(a.points))
  const cut = sorted.length > shown + 1 ? shown : sorted.length
  const steps: Omit<WaterfallRow, 'from' | 'to'>[] = sorted
    .slice(0, cut)
    .map((reason) => ({ kind: 'reason', reason, count: 1, points: reason.points }))
  const smaller = sorted.slice(cut)
  if (smaller.length > 0) {
    steps.push({ kind: 'smaller', count: smaller.length, points: sum(smaller) })
  }
  const rest = score - sum(reasons)
  if (Math.abs(rest) >= INVISIBLE) steps.push({ kind: 'rest', count: 0, points: rest })

  const rows: WaterfallRow[] = []
  let at = 0
  for (const step of steps) {
    const to = at + step.points
    rows.push({ ...step, from: at, to })
    at = to
  }
  const edges = rows.flatMap((row) => [row.from, row.to])
  return { rows, low: Math.min(0, score, ...edges), high: Math.max(0, score, ...edges) }
}

function sum(reasons: readonly Reason[]): number {
  return reasons.reduce((total, reason) => total + reason.points, 0)
}
