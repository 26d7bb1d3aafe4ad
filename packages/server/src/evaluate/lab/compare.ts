import { catalogue } from '@gatewatch/engine'
import {
  gainInterval,
  type Interval,
  type LabModel,
  rank,
  recallIntervals,
  recallsAt,
  rocAuc,
} from '@gatewatch/engine/lab'
import { numbered } from '../rows.ts'
import { dayPoints, daysOf } from './sequences.ts'
import type { LabTable } from './table.ts'
import type { TrainedAll } from './train.ts'

/** Shares of benign events that may be flagged. */
export const LAB_RATES = [0.01, 0.003, 0.001] as const
/** The rate at which what a model adds is told. */
const AT = 1
/** Weights that are tried on the days before those that count. */
const WEIGHTS = [0, 0.05, 0.1, 0.2, 0.4, 0.8] as const

/** A weight at which every model is told, whatever the days before say. */
export const TOLD_AT = 0.2

/** What is flagged or not: a sign-in, or a day of what an identity did. */
export interface Unit {
  readonly time: number
  readonly entity: string
  readonly label: string
  /** The ensemble's score without the model's own term, nats; what the model says, nats (NaN: nothing). */
  readonly base: number
  readonly points: number
}

/** What one model finds alone, and what it adds to the ensemble. Shares 0-1. */
export interface Compared {
  readonly name: LabModel | 'ensemble'
  readonly of: 'sign-ins' | 'days of activity'
  readonly recall: readonly number[]
  readonly interval: readonly Interval[]
  readonly auc: number
  /** The weight that did best on the days before; 0: none did better than nothing. Null for the ensemble itself. */
  readonly weight: number | null
  readonly together: readonly number[]
  /** What `together` finds more at 0.3 % than the ensemble without it, with a 95 % interval. */
  readonly gain: { readonly gain: number; readonly interval: Interval }
  /** The same at a weight of 0.2, whatever did best before. */
  readonly told: { readonly gain: number; readonly interval: Interval }
  /** Of those that count: what was said of each. */
  readonly units: readonly Unit[]
}

/** Compares every trained model with the ensemble on the last window of a table. */
export function compareAll(table: LabTable, trained: TrainedAll): readonly Compared[] {
  const found: Compared[] = []
  const whole = signInUnits(table, null)
  found.push(compare('ensemble', 'sign-ins', whole, table.windows))
  for (const { name, member } of trained.models) {
    if (member === null) continue
    const units = signInUnits(table, { name, points: (vector) => member.points(vector) })
    found.push(compare(name, 'sign-ins', units, table.windows))
  }
  if (trained.sequence !== null) {
    const { model, names } = trained.sequence
    const days = daysOf(table.actions, model, names)
    const points = dayPoints(
      days.filter(({ time }) => time >= table.windows[1] && time < table.windows[2]),
    )
    const units = days.map((day) => ({ ...day, base: day.score, points: points(day) }))
    found.push(
      compare(
        'ensemble',
        'days of activity',
        units.map((unit) => ({ ...unit, points: unit.base })),
        table.windows,
      ),
      compare('lstm', 'days of activity', units, table.windows),
    )
  }
  return found
}

/** Every sign-in as a unit: with what a model says, or with the ensemble's own score. */
export function signInUnits(
  { rows }: LabTable,
  model: { readonly name: LabModel; points(vector: Float64Array): number } | null,
): readonly Unit[] {
  const term = catalogue.findIndex(({ name }) => name === model?.name)
  return rows.map(({ time, entity, label, score, points, vector }) => ({
    time,
    entity,
    label,
    base: score - (points[term] ?? 0),
    points: model === null ? score : vector === null ? Number.NaN : model.points(vector),
  }))
}

/** Measures one model: alone, and added to the ensemble with the weight that did best on the days before. */
export function compare(
  name: Compared['name'],
  of: Compared['of'],
  units: readonly Unit[],
  windows: LabTable['windows'],
): Compared {
  const [, choose, test, to] = windows
  const between = (from: number, until: number) =>
    units.filter(({ time }) => time >= from && time < until)
  const weight = name === 'ensemble' ? null : bestWeight(between(choose, test))
  const counted = between(test, to)
  const isAttack = attacksOf(counted)
  const cluster = numbered(counted.map(({ entity }) => entity))
  const alone = rank(
    counted.map(({ points }) => points),
    isAttack,
  )
  const before = rankWith(counted, 0)
  const after = rankWith(counted, weight ?? 0)
  return {
    name,
    of,
    recall: recallsAt(alone, [isAttack], LAB_RATES)[0] ?? [],
    interval: recallIntervals(alone, [isAttack], cluster, LAB_RATES)[0] ?? [],
    auc: rocAuc(alone),
    weight,
    together: recallsAt(after, [isAttack], LAB_RATES)[0] ?? [],
    gain: gainInterval(before, after, isAttack, cluster, LAB_RATES[AT]),
    told: gainInterval(before, rankWith(counted, TOLD_AT), isAttack, cluster, LAB_RATES[AT]),
    units: counted,
  }
}

/** 1 for each unit that is an attack, else 0. */
export function attacksOf(units: readonly Unit[]): Uint8Array {
  return Uint8Array.from(units, ({ label }) => (label === 'benign' ? 0 : 1))
}

/** The mean of recall at all rates decides, so that one lucky step does not; of equals the smallest weight. */
function bestWeight(units: readonly Unit[]): number {
  const isAttack = attacksOf(units)
  let best: number = WEIGHTS[0]
  let most = Number.NEGATIVE_INFINITY
  for (const weight of WEIGHTS) {
    const recalls = recallsAt(rankWith(units, weight), [isAttack], LAB_RATES)[0] ?? []
    const value = recalls.reduce((sum, one) => sum + one, 0)
    if (value <= most + 1e-9) continue
    most = value
    best = weight
  }
  return best
}

function rankWith(units: readonly Unit[], weight: number) {
  return rank(
    units.map(({ base, points }) => base + (Number.isNaN(points) ? 0 : weight * points)),
    attacksOf(units),
  )
}

/** Is what a model adds shown, not shown, or harm? */
export function isWorth({ gain }: Compared): boolean {
  return gain.interval[0] > 0
}
