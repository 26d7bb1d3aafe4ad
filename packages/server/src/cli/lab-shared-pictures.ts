import { fitPca, pcaPlace, rank, recallsAt, UNLABELLED } from '@gatewatch/engine/lab'
import { number, percent } from '../evaluate/cells.ts'
import { attacksOf, type Compared, TOLD_AT } from '../evaluate/lab/compare.ts'
import { seenBetween, some } from '../evaluate/lab/seen.ts'
import { titleOf } from '../evaluate/lab/tell-lab.ts'
import { CURVE } from '../evaluate/measure-contenders.ts'
import { intervalChart } from './charts/bars.ts'
import { type Axis, logShares, numbers, shares } from './charts/frame.ts'
import { dotChart, type Line, lineChart } from './charts/lines.ts'
import type { Picture } from './charts/picture.ts'
import type { LabReport, Named } from './lab-report.ts'

/** Dots that are drawn of either kind. */
const DOTS = 2000
/** How rare attacks are taken to be where precision is told. */
const PREVALENCE = 1e-3

/** Pictures that show all models side by side. */
export function sharedPictures(report: LabReport): readonly Named[] {
  const { compared } = report
  const embedding = embed(report)
  return [
    ...curves('sign-ins', 'Sign-ins', compared),
    ...curves('days of activity', 'Days of activity', compared),
    ...ablation(compared),
    ...learning(report),
    ...(embedding === null ? [] : [['embedding', embedding] as const]),
  ]
}

function curves(
  of: Compared['of'],
  title: string,
  compared: readonly Compared[],
): readonly Named[] {
  const those = compared.filter((one) => one.of === of)
  if (those.length === 0) return []
  const roc = those.map((one) => ({ name: withAuc(one), points: rocOf(one) }))
  const precision = those.map((one, i) => ({
    name: titleOf(one.name),
    points: precisionOf(roc[i]?.points ?? []),
  }))
  const found: Axis = { name: 'attacks found', from: 0, to: 1, ticks: shares }
  const file = of === 'sign-ins' ? 'sign-ins' : 'activity'
  return [
    [
      `roc-${file}`,
      lineChart(
        `${title}: attacks found by honest ones flagged (ROC)`,
        logShares(`honest ${of} flagged (logarithmic)`, 1e-4),
        found,
        roc,
      ),
    ],
    [
      `precision-${file}`,
      lineChart(
        `${title}: precision by recall, if one in 1,000 were an attack`,
        found,
        logShares('precision (logarithmic)', 1e-3),
        precision,
      ),
    ],
  ]
}

function withAuc({ name, auc }: Compared): string {
  return `${titleOf(name)} (AUC ${number(auc, 3)})`
}

function ablation(compared: readonly Compared[]): readonly Named[] {
  const models = compared.filter(
    ({ name, gain }) => name !== 'ensemble' && !Number.isNaN(gain.gain),
  )
  if (models.length === 0) return []
  const inPoints = ({ gain, interval: [low, high] }: Compared['gain']) => ({
    value: 100 * gain,
    interval: [100 * low, 100 * high] as const,
  })
  const rows = models.map(({ name, gain, told }) => ({
    name: titleOf(name),
    values: [inPoints(gain), inPoints(told)],
  }))
  const ends = rows.flatMap(({ values }) => values.flatMap(({ interval }) => interval))
  const most = Math.max(1, ...ends.map(Math.abs).filter(Number.isFinite))
  return [
    [
      'ablation',
      intervalChart(
        'Ablation: what each adds to the ensemble where 0.3 % of honest ones are flagged',
        numbers('points of recall, with a 95 % interval', -most, most),
        ['with the weight that did best on the days before', `with a weight of ${TOLD_AT}`],
        rows,
      ),
    ],
  ]
}

function learning({ curves: all }: LabReport): readonly Named[] {
  const those = all.filter(({ name }) => UNLABELLED.some((one) => one === name))
  const lines = those.flatMap(({ name, lines: [judged] }): Line[] =>
    judged === undefined ? [] : [{ name: titleOf(name), points: judged.points }],
  )
  const points = lines.flatMap((line) => line.points)
  if (points.length === 0) return []
  const least = Math.min(0.5, ...points.map(([, auc]) => auc).filter(Number.isFinite))
  return [
    [
      'learning',
      lineChart(
        'Learning curves on the days judged, models without labels',
        numbers('sign-ins learned from', 0, Math.max(...points.map(([by]) => by))),
        numbers('area under the ROC curve', least, 1),
        lines,
      ),
    ],
  ]
}

/** Sign-ins along the two directions in which they vary most. */
function embed({ table, compared }: LabReport): Picture | null {
  const [from, until, test, to] = table.windows
  const learned = seenBetween(table, from, until)
  if (learned.length < 100 || compared.length === 0) return null
  const model = fitPca(learned.map(({ vector }) => vector))
  const seen = seenBetween(table, test, to)
  const place = (isHonest: boolean) =>
    some(
      seen.filter(({ label }) => (label === 'benign') === isHonest),
      DOTS,
    ).map(({ vector }) => pcaPlace(model, vector))
  const [honest, attacks] = [place(true), place(false)]
  const axis = (k: 0 | 1): Axis => {
    const values = [...honest, ...attacks].map((one) => one[k]).sort((a, b) => a - b)
    const edge = (share: number) => values[Math.floor(share * (values.length - 1))] ?? 0
    return numbers(`direction ${k + 1}, in spreads`, edge(0.002), edge(0.998))
  }
  return dotChart(
    'Embedding: sign-ins along the two directions in which they vary most',
    axis(0),
    axis(1),
    [
      { name: `honest (${percent(Math.min(1, DOTS / seen.length))} % of them)`, points: honest },
      { name: 'attacks', points: attacks },
    ],
  )
}

function rocOf({ units }: Compared): Line['points'] {
  const isAttack = attacksOf(units)
  const ranking = rank(
    units.map(({ points }) => points),
    isAttack,
  )
  const recalls = recallsAt(ranking, [isAttack], CURVE)[0] ?? []
  return CURVE.map((rate, i) => [rate, recalls[i] ?? Number.NaN] as const)
}

function precisionOf(curve: Line['points']): Line['points'] {
  return curve
    .filter(([, recall]) => recall > 0)
    .map(([rate, recall]) => {
      const right = PREVALENCE * recall
      return [recall, right / (right + (1 - PREVALENCE) * rate)] as const
    })
}
