import { rank } from '@gatewatch/engine/lab'
import type { Family } from '@gatewatch/simulator'
import type { ActivitySection } from './measure-activity.ts'
import type { CampaignsResult } from './measure-campaigns.ts'
import {
  type Band,
  bandsOf,
  type ContenderResult,
  measureContenders,
} from './measure-contenders.ts'
import type { FoundSection } from './measure-found.ts'
import { type HistoryRow, recallByHistory } from './measure-history.ts'
import { type ShippedSection, shippedDecisions } from './measure-shipped.ts'
import { measureWeeks, type WeeksResult } from './measure-weeks.ts'
import { countBy, isHostile } from './rows.ts'
import type { SignInRow, Trial } from './trial.ts'

/** Shares of benign sign-ins that may be flagged, at which recall is told. */
export const RATES = [0.01, 0.003, 0.001, 0.0003] as const

/** What was judged: a made-up world. */
export interface WorldOptions {
  readonly seed: number
  readonly people: number
  readonly days: number
  readonly warmUp: number
  /** Which kind of world; absent: the offices. */
  readonly family?: Family
}

/** Everything that a run tells. Shares are 0-1; NaN where there was nothing to measure. */
export interface Evaluation {
  readonly options: WorldOptions
  readonly events: number
  readonly signIns: number
  readonly attackSignIns: Readonly<Record<string, number>>
  readonly attackSignInsInWarmUp: number
  readonly rates: readonly number[]
  readonly contenders: readonly ContenderResult[]
  readonly bands: readonly Band[]
  readonly shipped: ShippedSection
  readonly activity: ActivitySection
  readonly found: FoundSection
  readonly campaigns: CampaignsResult
  readonly weeks: readonly WeeksResult[]
  readonly byHistory: readonly HistoryRow[]
  readonly microsecondsPerEvent: number
}

/** Sections that observers made while the trial ran (one `measure-*.ts` each). */
export interface Sections {
  readonly activity: ActivitySection
  readonly found: FoundSection
  readonly campaigns: CampaignsResult
}

/** Measures a trial. */
export function evaluate(trial: Trial, options: WorldOptions, sections: Sections): Evaluation {
  const { signIns } = trial
  const contenders = measureContenders(trial, RATES)
  return {
    options,
    events: trial.events,
    signIns: signIns.length,
    attackSignIns: countBy(signIns.filter(isHostile), ({ truth }) => truth.label),
    attackSignInsInWarmUp: trial.attackSignInsInWarmUp,
    rates: RATES,
    contenders,
    bands: bandsOf(contenders, RATES),
    shipped: shippedDecisions(trial, options.people),
    ...sections,
    byHistory: recallByHistory(signIns, ensembleRanking(signIns), RATES),
    weeks: measureWeeks(signIns, trial.counted, RATES),
    microsecondsPerEvent: trial.microseconds,
  }
}

function ensembleRanking(signIns: readonly SignInRow[]) {
  return rank(
    signIns.map(({ scores }) => scores[0] ?? Number.NaN),
    signIns.map((row) => (isHostile(row) ? 1 : 0)),
  )
}
