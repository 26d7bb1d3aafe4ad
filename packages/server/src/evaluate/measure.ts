import { rank } from '@gatewatch/engine/lab'
import type { Family } from '@gatewatch/simulator'
import type { ActivitySection } from './measure-activity.ts'
import type { CampaignsResult } from './measure-campaigns.ts'
import { type CausesSection, measureCauses } from './measure-causes.ts'
import {
  type Band,
  bandsOf,
  type ContenderResult,
  measureContenders,
} from './measure-contenders.ts'
import { type CostSection, measureCost } from './measure-cost.ts'
import type { FoundSection } from './measure-found.ts'
import { type HistoryRow, recallByHistory } from './measure-history.ts'
import { type ImportanceSection, measureImportance } from './measure-importance.ts'
import { type LeftOutRow, measureLeftOut } from './measure-left-out.ts'
import { acrossPrevalences, type PrevalenceRow } from './measure-prevalence.ts'
import type { PriorSection } from './measure-prior.ts'
import { type ShippedSection, shippedDecisions } from './measure-shipped.ts'
import { type Spread, spreadOf } from './measure-spread.ts'
import type { TakeoversSection } from './measure-takeovers.ts'
import { measureWeeks, type WeeksResult } from './measure-weeks.ts'
import { countBy, isHostile } from './rows.ts'
import type { Trial } from './trial.ts'

/** Shares of benign sign-ins that may be flagged, at which recall is told. */
export const RATES = [0.01, 0.003, 0.001, 0.0003] as const

/** A made-up world to be judged, and for how many of its days only to learn. */
export interface WorldOptions {
  readonly seed: number
  readonly people: number
  readonly days: number
  readonly warmUp: number
  /** Which kind of world; absent: the offices. */
  readonly family?: Family
  /** Members of the ensemble that are switched on beside those that ship: names, or files of trained models. */
  readonly models?: readonly string[]
  /** An easy world: of all attacks only the naive ones, from anywhere and on any device. */
  readonly isEasy?: boolean
}

/** What was judged, in words, and by how many people. */
export interface Subject {
  readonly title: string
  /** Null where events of files were judged. */
  readonly world: WorldOptions | null
  readonly people: number
  readonly seed: number
}

/** Everything that a run tells. Shares are 0-1; NaN where there was nothing to measure. */
export interface Evaluation extends Sections {
  readonly title: string
  readonly world: WorldOptions | null
  readonly people: number
  /** Days that are counted. */
  readonly days: number
  readonly events: number
  readonly signIns: number
  /** By type. */
  readonly attackSignIns: Readonly<Record<string, number>>
  /** Sign-ins of attackers who are judged by their actions, by type: outside all sums. */
  readonly activitySignIns: Readonly<Record<string, number>>
  readonly attackSignInsInWarmUp: number
  readonly rates: readonly number[]
  readonly contenders: readonly ContenderResult[]
  readonly bands: readonly Band[]
  readonly shipped: ShippedSection
  readonly cost: CostSection
  readonly prevalence: readonly PrevalenceRow[]
  readonly causes: CausesSection
  readonly importance: ImportanceSection
  readonly leftOut: readonly LeftOutRow[]
  readonly weeks: readonly WeeksResult[]
  readonly byHistory: readonly HistoryRow[]
  /** How scores are spread: share of benign and of attack sign-ins by score, 40 steps. */
  readonly spread: Spread
  /** Of events of files: as published evaluations count. */
  readonly prior?: PriorSection
  readonly microsecondsPerEvent: number
}

/** Sections that observers made while the trial ran (one `measure-*.ts` each). */
export interface Sections {
  readonly activity: ActivitySection
  readonly found: FoundSection
  readonly campaigns: CampaignsResult
  readonly takeovers: TakeoversSection
}

/** Measures a trial. */
export function evaluate(trial: Trial, subject: Subject, sections: Sections): Evaluation {
  const { signIns } = trial
  const { title, world, people, seed } = subject
  const contenders = measureContenders(trial, RATES)
  const ranking = rank(
    signIns.map(({ scores }) => scores[0] ?? Number.NaN),
    signIns.map((row) => (isHostile(row) ? 1 : 0)),
  )
  const shipped = shippedDecisions(trial, people)
  return {
    title,
    world,
    people,
    days: trial.days,
    events: trial.events,
    signIns: signIns.length,
    attackSignIns: countBy(signIns.filter(isHostile), ({ truth }) => truth.label),
    activitySignIns: countBy(trial.activitySignIns, ({ truth }) => truth.label),
    attackSignInsInWarmUp: trial.attackSignInsInWarmUp,
    rates: RATES,
    contenders,
    bands: bandsOf(contenders, RATES),
    shipped,
    cost: measureCost(sections.found, sections.campaigns, trial.days, people),
    prevalence: [
      acrossPrevalences('as shipped', shipped.stoppedAttacks, shipped.stoppedBenign),
      ...contenders.map(({ name, recall }) =>
        acrossPrevalences(name, recall[RATES.indexOf(0.003)] ?? Number.NaN, 0.003),
      ),
    ],
    causes: measureCauses(signIns, ranking),
    importance: measureImportance(signIns, RATES, seed),
    leftOut: measureLeftOut(trial, RATES),
    weeks: measureWeeks(signIns, trial.counted, RATES),
    byHistory: recallByHistory(signIns, ranking, RATES),
    spread: spreadOf(signIns),
    ...sections,
    microsecondsPerEvent: trial.microseconds,
  }
}
