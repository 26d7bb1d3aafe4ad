import { riskOf } from '@gatewatch/engine'
import type { JudgedTruth, SignInRow } from './trial.ts'

const WEEK = 7 * 86_400_000

/** Expected false positives from which a week's share can be told from chance. */
const ENOUGH = 80

/** What became of a promised false-positive rate in one simulated week. */
export interface WeekResult {
  /** Weeks since the first counted day; the last may be shorter. */
  readonly week: number
  readonly rate: number
  /** Benign sign-ins of the week, those expected at the rate's risk or above, and those that were. */
  readonly benign: number
  readonly expected: number
  readonly flagged: number
}

/** The weeks at one rate, and the range of flagged over expected among those with at least 80 expected. */
export interface WeeksResult {
  readonly rate: number
  readonly weeks: readonly WeekResult[]
  /** Of all weeks together, benign sign-ins flagged over those expected. */
  readonly overall: number
  readonly enough: number
  readonly lowest: number
  readonly highest: number
}

/**
 * Does risk keep its word as time goes by? For each rate, week by week from `counted` (ms), how many benign sign-ins
 * reached the risk that stands for it. Ranges are NaN where no week expects 80.
 */
export function measureWeeks(
  rows: readonly (Pick<SignInRow, 'time' | 'risk'> & {
    readonly truth: Pick<JudgedTruth, 'label'>
  })[],
  counted: number,
  rates: readonly number[],
): readonly WeeksResult[] {
  const benign = rows.filter(({ truth }) => truth.label === 'benign')
  return rates.map((rate) => {
    const risk = riskOf(rate)
    const sums = new Map<number, { all: number; flagged: number }>()
    for (const row of benign) {
      const week = Math.floor((row.time - counted) / WEEK)
      const sum = sums.get(week) ?? { all: 0, flagged: 0 }
      sum.all++
      if (row.risk >= risk) sum.flagged++
      sums.set(week, sum)
    }
    const weeks = [...sums]
      .map(([week, { all, flagged }]) => ({
        week,
        rate,
        benign: all,
        expected: all * rate,
        flagged,
      }))
      .sort((a, b) => a.week - b.week)
    const told = weeks.filter(({ expected }) => expected >= ENOUGH)
    const ratios = told.map(({ flagged, expected }) => flagged / expected)
    const total = weeks.reduce((sum, { flagged }) => sum + flagged, 0)
    return {
      rate,
      weeks,
      overall: total / (benign.length * rate),
      enough: told.length,
      lowest: told.length === 0 ? Number.NaN : Math.min(...ratios),
      highest: told.length === 0 ? Number.NaN : Math.max(...ratios),
    }
  })
}

/** The weeks as lines for a terminal. */
export function printWeeks(results: readonly WeeksResult[]): string[] {
  return [
    'False positives flagged over those promised, week by week (in brackets: fewer than 80 expected):',
    ...results.map(({ rate, weeks, overall, enough, lowest, highest }) => {
      const each = weeks.map(({ flagged, expected }) => {
        const ratio = (flagged / expected).toFixed(2)
        return expected >= ENOUGH ? ratio : `(${ratio})`
      })
      const range =
        enough === 0 ? '' : `; ${enough} weeks told, ${lowest.toFixed(2)} to ${highest.toFixed(2)}`
      return `  @${rate * 100} %: ${each.join(' ')}; all ${overall.toFixed(2)}${range}`
    }),
  ]
}
