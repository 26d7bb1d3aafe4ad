import { rank, thresholdAt } from '@gatewatch/engine/lab'
import { attacksOf, type Compared, type Unit } from '../evaluate/lab/compare.ts'
import type { LearningCurve } from '../evaluate/lab/learning-curves.ts'
import { some } from '../evaluate/lab/seen.ts'
import { confusionChart } from './charts/bars.ts'
import { type Axis, logShares, numbers, shares } from './charts/frame.ts'
import { dotChart, lineChart, spreadChart } from './charts/lines.ts'
import type { Picture } from './charts/picture.ts'
import { importance } from './lab-importance.ts'
import type { LabReport, Named } from './lab-report.ts'

const DAY = 86_400_000
/** Dots that are drawn of either kind. */
const DOTS = 2000
/** Steps of a distribution. */
const STEPS = 28
const FLAGGED = 0.003
/** The two kinds in the order of their colours. */
const KINDS = ['honest', 'attacks'] as const

/** Pictures of one model: how its scores are spread and lie over time, how it learned, what is flagged, and what matters to it. */
export function modelPictures(one: Compared, report: LabReport): readonly Named[] {
  const units = one.units.filter(({ points }) => !Number.isNaN(points))
  const points = units.map((unit) => unit.points)
  const low = points.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
  const high = points.reduce((most, value) => Math.max(most, value), low + 1)
  if (units.length === 0) return []
  const isAttack = attacksOf(units)
  const axis = (name: string) => numbers(name, low, high)
  const learning = report.curves.find(({ name }) => name === one.name)
  return [
    ['scores', spread(units, isAttack, axis('score, nats'))],
    ['time', overTime(units, isAttack, axis('score, nats'))],
    ...(learning === undefined ? [] : [['learning', learningCurve(learning)] as const]),
    ['confusion', confusion(points, isAttack, one.of)],
    ...importance(one, report),
  ]
}

function spread(units: readonly Unit[], isAttack: Uint8Array, axis: Axis): Picture {
  const width = (axis.to - axis.from) / STEPS
  const groups = KINDS.map((name, kind) => {
    const those = units.filter((_, i) => isAttack[i] === kind)
    const counts = new Array<number>(STEPS).fill(0)
    for (const { points } of those) {
      const step = Math.min(STEPS - 1, Math.floor((points - axis.from) / width))
      counts[step] = (counts[step] ?? 0) + 1 / those.length
    }
    const middle = (i: number) => axis.from + (i + 0.5) * width
    return {
      name: `${name} (${those.length})`,
      points: counts.map((share, i) => [middle(i), share] as const),
    }
  })
  return spreadChart(
    'Scores of honest ones and of attacks',
    axis,
    logShares('share of either (logarithmic)', 1e-4),
    groups,
  )
}

function overTime(units: readonly Unit[], isAttack: Uint8Array, axis: Axis): Picture {
  const from = units[0]?.time ?? 0
  const days = Math.max(1, ((units.at(-1)?.time ?? 0) - from) / DAY)
  const groups = KINDS.map((name, kind) => {
    const those = units.filter((_, i) => isAttack[i] === kind)
    const drawn = some(those, DOTS)
    const share = drawn.length < those.length ? ` (${drawn.length} of ${those.length})` : ''
    return {
      name: `${name}${share}`,
      points: drawn.map(({ time, points }) => [(time - from) / DAY, points] as const),
    }
  })
  return dotChart('Scores over time', numbers('days since the first judged', 0, days), axis, groups)
}

function confusion(points: readonly number[], isAttack: Uint8Array, of: Compared['of']): Picture {
  const at = thresholdAt(rank(points, isAttack), points, FLAGGED)
  const count = (kind: number, isFlagged: boolean) =>
    points.filter((one, i) => isAttack[i] === kind && one >= at === isFlagged).length
  return confusionChart(
    `Confusion matrix where 0.3 % of honest ${of} are flagged`,
    ['passed', 'flagged'],
    [
      ['honest', count(0, false), count(0, true)],
      ['attacks', count(1, false), count(1, true)],
    ],
  )
}

function learningCurve({ by, told, lines }: LearningCurve): Picture {
  const values = lines
    .flatMap(({ points }) => points.map(([, value]) => value))
    .filter(Number.isFinite)
  const most = lines.reduce((sofar, { points }) => Math.max(sofar, points.at(-1)?.[0] ?? 0), 1)
  const least = by === 'rounds' ? 1 : 0
  const y =
    told === 'nats a token'
      ? numbers('loss, nats a token', 0, Math.max(...values))
      : told === 'found at 0.3 %'
        ? { name: 'attacks found at 0.3 % of honest ones flagged', from: 0, to: 1, ticks: shares }
        : numbers(told, Math.min(0.5, ...values), 1)
  return lineChart(
    `Learning curve, by ${by}${by === 'rounds' ? ' over the sequences' : ' learned from'}`,
    numbers(by, least, most, least),
    y,
    lines,
  )
}
