import {
  averagePrecision,
  calibrationError,
  falseAlertsPerDay,
  type Ranking,
  rank,
  recallAt,
  recallInterval,
  rocAuc,
  thresholdAt,
} from '@gatewatch/engine/lab'
import type { Family } from '@gatewatch/simulator'
import { type CampaignsResult, measureCampaigns } from './measure-campaigns.ts'
import { measureWeeks, type WeeksResult } from './measure-weeks.ts'
import type { SignInRow, Trial } from './run.ts'

/** Shares of benign sign-ins that may be flagged, at which recall is told. */
const RATES = [0.01, 0.003, 0.001] as const

/** Recall of one contender, all attacks together and type by type, at each of `RATES`. */
export interface ContenderResult {
  readonly name: string
  readonly recall: readonly number[]
  /** 95 % interval of `recall`, from resampling identities. */
  readonly interval: readonly (readonly [number, number])[]
  readonly byType: Readonly<Record<string, readonly number[]>>
  /** Share of distinct victims of sign-in attacks with at least one of them flagged. */
  readonly victims: readonly number[]
  readonly auc: number
  /** Average precision if one sign-in in 1,000, and in 10,000, were an attack. */
  readonly averagePrecision: readonly [number, number]
}

/** One edge that a contender must stay below for the world to count as hard. */
export interface Band {
  readonly name: string
  readonly recall: number
  readonly atMost: number
  readonly holds: boolean
}

/** Everything that a run tells. */
export interface Evaluation {
  readonly options: {
    readonly seed: number
    readonly people: number
    readonly days: number
    readonly warmUp: number
    /** Which kind of world; absent: the offices. */
    readonly family?: Family
  }
  readonly events: number
  readonly signIns: number
  readonly attackSignIns: Readonly<Record<string, number>>
  readonly attackSignInsInWarmUp: number
  readonly rates: readonly number[]
  readonly contenders: readonly ContenderResult[]
  readonly bands: readonly Band[]
  /** Decisions as shipped. */
  readonly shipped: {
    readonly stoppedBenign: number
    readonly stoppedAttacks: number
    readonly alertedBenign: number
    readonly alertedAttacks: number
    readonly falseAlertsPerDayPer1000: number
    readonly peopleBothered: number
    readonly calibrationError: number
  }
  /** The ensemble's recall of takeovers and insiders by what they did, counted in days of an identity. */
  readonly activity: {
    readonly days: number
    readonly byType: Readonly<Record<string, readonly number[]>>
    readonly counts: Readonly<Record<string, number>>
  }
  readonly byHistory: readonly {
    readonly history: string
    readonly recall: readonly number[]
    readonly falsePositives: readonly number[]
  }[]
  readonly weeks: readonly WeeksResult[]
  readonly campaigns: CampaignsResult
  readonly microsecondsPerEvent: number
}

const BANDS: readonly (readonly [name: string, atMost: number])[] = [
  ['rules', 0.45],
  ['isolation forest', 0.45],
  ['Freeman without prior', 0.25],
]
const HISTORIES: readonly (readonly [name: string, below: number])[] = [
  ['under 3', 3],
  ['3 to 10', 10],
  ['10 to 30', 30],
  ['over 30', Number.POSITIVE_INFINITY],
]

/** Measures a trial. NaN where there was nothing to measure. */
export function evaluate(trial: Trial, options: Evaluation['options']): Evaluation {
  const { signIns } = trial
  const isAttack = Uint8Array.from(signIns, (row) => (isHostile(row) ? 1 : 0))
  const cluster = clusters(signIns.map(({ truth }) => truth.victim))
  const results = trial.names.map((name, column) => {
    const scores = Float64Array.from(signIns, (row) => row.scores[column] ?? Number.NaN)
    return measureContender(name, scores, isAttack, cluster, signIns)
  })
  return {
    options,
    events: trial.events,
    signIns: signIns.length,
    attackSignIns: countBy(signIns.filter(isHostile), ({ truth }) => truth.label),
    attackSignInsInWarmUp: trial.attackSignInsInWarmUp,
    rates: RATES,
    contenders: results,
    bands: bandsOf(results),
    shipped: shippedDecisions(trial, options.people),
    activity: activityRecall(trial),
    byHistory: byHistory(signIns, isAttack),
    weeks: measureWeeks(signIns, trial.counted, RATES),
    campaigns: measureCampaigns(trial.incidents, trial.days, options.people),
    microsecondsPerEvent: trial.microseconds,
  }
}

function measureContender(
  name: string,
  scores: Float64Array,
  isAttack: Uint8Array,
  cluster: Uint32Array,
  rows: readonly SignInRow[],
): ContenderResult {
  const ranking = rank(scores, isAttack)
  return {
    name,
    recall: RATES.map((rate) => recallAt(ranking, rate)),
    interval: RATES.map((rate) => recallInterval(ranking, cluster, rate)),
    byType: recallByType(ranking, rows),
    victims: RATES.map((rate) => victimsFound(ranking, scores, rows, rate)),
    auc: rocAuc(ranking),
    averagePrecision: [averagePrecision(ranking, 1e-3), averagePrecision(ranking, 1e-4)],
  }
}

/** Recall of each type against all benign events. */
function recallByType(ranking: Ranking, rows: readonly SignInRow[]): Record<string, number[]> {
  const places = Float64Array.from(ranking.order, (_, place) => -stepOf(ranking, place))
  const labels = Array.from(ranking.order, (row) => rows[row]?.truth.label ?? 'benign')
  return Object.fromEntries(
    [...new Set(labels)]
      .filter((label) => label !== 'benign')
      .sort()
      .map((type) => {
        const kept = labels.flatMap((label, at) =>
          label === type || label === 'benign' ? [at] : [],
        )
        const only = rank(
          kept.map((at) => places[at] as number),
          kept.map((at) => (labels[at] === type ? 1 : 0)),
        )
        return [type, RATES.map((rate) => recallAt(only, rate))]
      }),
  )
}

/** Index of the run of equal scores to which a place of the order belongs. */
function stepOf({ ends }: Ranking, place: number): number {
  let low = 0
  let high = ends.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ends[middle] as number) > place) high = middle
    else low = middle + 1
  }
  return low
}

function victimsFound(
  ranking: Ranking,
  scores: Float64Array,
  rows: readonly SignInRow[],
  rate: number,
): number {
  const threshold = thresholdAt(ranking, scores, rate)
  const victims = new Set<string>()
  const found = new Set<string>()
  rows.forEach((row, i) => {
    if (!isHostile(row)) return
    victims.add(row.truth.victim)
    if ((scores[i] as number) >= threshold) found.add(row.truth.victim)
  })
  return found.size / victims.size
}

function bandsOf(results: readonly ContenderResult[]): Band[] {
  return BANDS.map(([name, atMost]) => {
    const recall =
      results.find((result) => result.name === name)?.recall[RATES.indexOf(0.003)] ?? Number.NaN
    return { name, recall, atMost, holds: recall <= atMost }
  })
}

function shippedDecisions(
  { signIns, days, prevalence }: Trial,
  people: number,
): Evaluation['shipped'] {
  const attacks = signIns.filter(isHostile)
  const benign = signIns.filter((row) => !isHostile(row))
  const share = (rows: readonly SignInRow[], test: (row: SignInRow) => boolean) =>
    rows.filter(test).length / rows.length
  const alerts = benign.filter((row) => row.isAlert)
  // alerts of one identity within a day are one alert
  const distinct = new Set(
    alerts.map(({ truth, time }) => `${truth.victim} ${Math.floor(time / 86_400_000)}`),
  )
  const everybody = new Set(benign.map(({ truth }) => truth.victim))
  return {
    stoppedBenign: share(benign, (row) => row.isStopped),
    stoppedAttacks: share(attacks, (row) => row.isStopped),
    alertedBenign: share(benign, (row) => row.isAlert),
    alertedAttacks: share(attacks, (row) => row.isAlert),
    falseAlertsPerDayPer1000: falseAlertsPerDay(distinct.size, days, people),
    peopleBothered: new Set(alerts.map(({ truth }) => truth.victim)).size / everybody.size,
    calibrationError: calibrationError(
      signIns.map(({ probability }) => probability),
      signIns.map((row) => (isHostile(row) ? 1 : 0)),
      { attackWeight: (prevalence / (1 - prevalence)) * (benign.length / attacks.length) },
    ),
  }
}

function activityRecall({ activity }: Trial): Evaluation['activity'] {
  const hostile = activity.filter(({ truth }) => truth.label !== 'benign')
  const benign = activity.filter(({ truth }) => truth.label === 'benign')
  const counts = countBy(hostile, ({ truth }) => truth.label)
  const byType = Object.fromEntries(
    Object.keys(counts).map((type) => {
      const rows = [...benign, ...hostile.filter(({ truth }) => truth.label === type)]
      const ranking = rank(
        rows.map(({ score }) => score),
        rows.map(({ truth }) => (truth.label === type ? 1 : 0)),
      )
      return [type, RATES.map((rate) => recallAt(ranking, rate))]
    }),
  )
  return { days: activity.length, byType, counts }
}

/** How the ensemble fares with identities of short and long history, at thresholds common to all. */
function byHistory(signIns: readonly SignInRow[], isAttack: Uint8Array): Evaluation['byHistory'] {
  const scores = Float64Array.from(signIns, (row) => row.scores[0] ?? Number.NaN)
  const ranking = rank(scores, isAttack)
  const thresholds = RATES.map((rate) => thresholdAt(ranking, scores, rate))
  return HISTORIES.map(([history, below], i) => {
    const from = HISTORIES[i - 1]?.[1] ?? 0
    const rows = signIns.filter((row) => row.history >= from && row.history < below)
    const above = (wanted: boolean) =>
      thresholds.map((threshold) => {
        const those = rows.filter((row) => isHostile(row) === wanted)
        return those.filter((row) => (row.scores[0] ?? 0) >= threshold).length / those.length
      })
    return { history, recall: above(true), falsePositives: above(false) }
  })
}

function isHostile({ truth }: SignInRow): boolean {
  return truth.label !== 'benign'
}

function countBy<T>(rows: readonly T[], name: (row: T) => string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const row of rows) counts[name(row)] = (counts[name(row)] ?? 0) + 1
  return counts
}

function clusters(names: readonly string[]): Uint32Array {
  const known = new Map<string, number>()
  return Uint32Array.from(names, (name) => {
    const index = known.get(name) ?? known.size
    known.set(name, index)
    return index
  })
}
