import {
  fitPca,
  pcaPlace,
  rank,
  recallsAt,
  rocAuc,
  seededRandom,
  shuffle,
  thresholdAt,
  VECTOR,
} from '@gatewatch/engine/lab'
import { percent } from '../evaluate/cells.ts'
import { attacksOf, type Compared } from '../evaluate/lab/compare.ts'
import { titleOf } from '../evaluate/lab/tell-lab.ts'
import { seenBetween } from '../evaluate/lab/train.ts'
import { CURVE } from '../evaluate/measure-contenders.ts'
import { type Axis, barChart, confusionChart, dotChart, lineChart, type Picture } from './charts.ts'
import { rateAxis, shares } from './evaluation-report.ts'
import type { LabReport } from './lab-report.ts'

/** A picture with the name of its file. */
type Named = readonly [name: string, picture: Picture]

const DAY = 86_400_000
/** Benign sign-ins that importance is measured on, and dots drawn. */
const SAMPLE = 2000
const found: Axis = { name: 'found', from: 0, to: 1, ticks: shares }

/** Pictures that show all models side by side. */
export function sharedPictures(report: LabReport): readonly Named[] {
  const { compared, trained, verdicts } = report
  const signIns = compared.filter(({ of }) => of === 'sign-ins')
  const days = compared.filter(({ of }) => of !== 'sign-ins')
  const pictures: Named[] = []
  for (const [name, of, those] of [
    ['sign-ins', 'Sign-ins', signIns],
    ['activity', 'Days of activity', days],
  ] as const) {
    if (those.length === 0) continue
    const curves = those.map((one) => ({ name: titleOf(one.name), points: rocOf(one) }))
    pictures.push([
      `roc-${name}`,
      lineChart(
        `${of}: attacks found by honest ones flagged (ROC, logarithmic)`,
        rateAxis,
        found,
        curves,
      ),
    ])
    pictures.push([
      `precision-${name}`,
      lineChart(
        `${of}: precision by recall, if one in 1,000 were an attack`,
        { ...found, name: 'attacks found' },
        { ...found, name: 'precision' },
        curves.map(({ name: model, points }) => ({ name: model, points: precisionOf(points) })),
      ),
    ])
  }
  const added = compared.filter(({ name }) => name !== 'ensemble')
  if (added.length > 0) {
    const most = Math.max(0.01, ...added.map(({ gain }) => gain.gain))
    pictures.push([
      'ablation',
      barChart(
        'What each adds to the ensemble at 0.3 % (points of recall)',
        added.map(({ name, gain }) => ({
          name: titleOf(name),
          value: gain.gain,
          label: `${(100 * gain.gain).toFixed(1)} (${(100 * gain.interval[0]).toFixed(1)} to ${(100 * gain.interval[1]).toFixed(1)})`,
        })),
        2 * most,
      ),
    ])
  }
  if (trained.curve.length > 0) {
    const top = Math.max(...trained.curve.map(({ fitted, held }) => Math.max(fitted, held)))
    pictures.push([
      'learning-lstm',
      lineChart(
        'LSTM: loss by rounds over the sequences',
        numbers('rounds', 1, Math.max(2, trained.curve.length)),
        numbers('nats a token', 0, top),
        [
          { name: 'held back', points: trained.curve.map(({ held }, i) => [i + 1, held] as const) },
          {
            name: 'fitted on',
            points: trained.curve.map(({ fitted }, i) => [i + 1, fitted] as const),
          },
        ],
      ),
    ])
  }
  if (verdicts.length > 1) {
    pictures.push([
      'learning-random-forest',
      lineChart(
        'Random forest: attacks found at 0.3 % by verdicts learned from',
        numbers('verdicts', 0, verdicts.at(-1)?.verdicts ?? 1),
        found,
        [
          {
            name: 'with the ensemble',
            points: verdicts.map((one) => [one.verdicts, one.together] as const),
          },
          { name: 'alone', points: verdicts.map((one) => [one.verdicts, one.alone] as const) },
        ],
      ),
    ])
  }
  const embedding = embed(report)
  if (embedding !== null) pictures.push(['embedding', embedding])
  return pictures
}

/** Pictures of one model: how its scores are spread, over time, what is flagged, and what matters to it. */
export function modelPictures(one: Compared, report: LabReport): readonly Named[] {
  const units = one.units.filter(({ points }) => !Number.isNaN(points))
  if (units.length === 0) return []
  const sorted = units.map(({ points }) => points).sort((a, b) => a - b)
  const low = sorted[0] ?? 0
  const high = Math.max(low + 1, sorted.at(-1) ?? 1)
  const isAttack = attacksOf(units)
  const ranking = rank(
    units.map(({ points }) => points),
    isAttack,
  )
  const at = thresholdAt(
    ranking,
    units.map(({ points }) => points),
    0.003,
  )
  const count = (label: 0 | 1, flagged: boolean) =>
    units.filter(({ points }, i) => isAttack[i] === label && points >= at === flagged).length
  const from = units[0]?.time ?? 0
  const days = ((units.at(-1)?.time ?? 0) - from) / DAY
  return [
    ['scores', spread(units, isAttack, low, high)],
    [
      'confusion',
      confusionChart(
        'At 0.3 % of honest ones flagged',
        ['passed', 'flagged'],
        [
          ['honest', count(0, false), count(0, true)],
          ['attacks', count(1, false), count(1, true)],
        ],
      ),
    ],
    [
      'time',
      dotChart(
        'Scores over time',
        numbers('days', 0, Math.max(1, days)),
        numbers('nats', low, high),
        [0, 1].map((label) => ({
          name: label === 0 ? 'honest (some)' : 'attacks',
          points: some(
            units.filter((_, i) => isAttack[i] === label),
            SAMPLE,
          ).map(({ time, points }) => [(time - from) / DAY, points] as const),
        })),
      ),
    ],
    ...importance(one, report),
  ]
}

function spread(
  units: Compared['units'],
  isAttack: Uint8Array,
  low: number,
  high: number,
): Picture {
  const steps = 40
  const line = (label: number) => {
    const those = units.filter((_, i) => isAttack[i] === label)
    const counts = new Array<number>(steps).fill(0)
    for (const { points } of those) {
      const step = Math.min(steps - 1, Math.floor((steps * (points - low)) / (high - low)))
      counts[step] = (counts[step] ?? 0) + 1 / those.length
    }
    return counts.map((share, i) => [low + ((i + 0.5) * (high - low)) / steps, share] as const)
  }
  return lineChart(
    'Scores of honest ones and of attacks (share of each; logarithmic)',
    numbers('nats', low, high),
    {
      name: 'share',
      from: 1e-4,
      to: 1,
      isLog: true,
      ticks: [
        [1e-4, '0.01 %'],
        [1e-2, '1 %'],
        [1, '100 %'],
      ],
    },
    [
      { name: 'attacks', points: line(1) },
      { name: 'honest', points: line(0) },
    ],
  )
}

/** What each number is worth to a model: how much its AUC falls when the number is dealt out anew, and what it says of attacks by it. */
function importance(one: Compared, { table, trained, seed }: LabReport): readonly Named[] {
  const { member } = trained.models.find(({ name }) => name === one.name) ?? {}
  if (member === undefined || member === null) return []
  const seen = seenBetween(table, table.windows[2], table.windows[3])
  const rows = [
    ...seen.filter(({ label }) => label !== 'benign').slice(0, SAMPLE),
    ...some(
      seen.filter(({ label }) => label === 'benign'),
      SAMPLE,
    ),
  ]
  const isAttack = rows.map(({ label }) => (label === 'benign' ? 0 : 1))
  const auc = (vectors: readonly Float64Array[]) =>
    rocAuc(
      rank(
        vectors.map((vector) => member.points(vector)),
        isAttack,
      ),
    )
  const vectors = rows.map(({ vector }) => vector)
  const whole = auc(vectors)
  const order = Uint32Array.from(rows, (_, i) => i)
  shuffle(order, seededRandom(seed))
  const lost = VECTOR.map(({ label }, k) => {
    const dealt = vectors.map((vector, i) => {
      const other = vector.slice()
      other[k] = vectors[order[i] ?? 0]?.[k] ?? Number.NaN
      return other
    })
    return { name: label, value: whole - auc(dealt) }
  })
  const shares = new Float64Array(VECTOR.length)
  const sums = new Float64Array(VECTOR.length)
  const attacks = rows.filter(({ label }) => label !== 'benign').slice(0, 300)
  for (const { vector } of attacks) {
    member.explain(vector, shares)
    for (let k = 0; k < sums.length; k++)
      sums[k] = (sums[k] ?? 0) + (shares[k] ?? 0) / attacks.length
  }
  const additive = VECTOR.map(({ label }, k) => ({ name: label, value: sums[k] ?? 0 }))
  const bars = (title: string, all: readonly { name: string; value: number }[], digits: number) => {
    const best = all.toSorted((a, b) => b.value - a.value).slice(0, 10)
    return barChart(
      title,
      best.map((bar) => ({ ...bar, label: bar.value.toFixed(digits) })),
      Math.max(10 ** -digits, ...best.map(({ value }) => value)),
    )
  }
  return [
    ['permutation', bars('AUC lost when a number is dealt out anew (permutation)', lost, 4)],
    ['additive', bars('What it says of attacks, by number (mean share, nats)', additive, 2)],
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
      SAMPLE,
    ).map(({ vector }) => pcaPlace(model, vector))
  const [honest, attacks] = [place(true), place(false)]
  const axis = (k: 0 | 1): Axis => {
    const values = [...honest, ...attacks].map((one) => one[k]).sort((a, b) => a - b)
    const edge = (share: number) => values[Math.floor(share * (values.length - 1))] ?? 0
    return numbers(`direction ${k + 1}`, edge(0.002), edge(0.998))
  }
  return dotChart('Sign-ins along the two directions in which they vary most', axis(0), axis(1), [
    { name: `honest (${percent(Math.min(1, SAMPLE / seen.length))} % of them)`, points: honest },
    { name: 'attacks', points: attacks },
  ])
}

function rocOf({ units }: Compared): readonly (readonly [number, number])[] {
  const isAttack = attacksOf(units)
  const ranking = rank(
    units.map(({ points }) => points),
    isAttack,
  )
  const recalls = recallsAt(ranking, [isAttack], CURVE)[0] ?? []
  return CURVE.map((rate, i) => [rate, recalls[i] ?? Number.NaN] as const)
}

function precisionOf(curve: readonly (readonly [number, number])[]) {
  const prevalence = 1e-3
  return curve
    .filter(([, recall]) => recall > 0)
    .map(([rate, recall]) => {
      const right = prevalence * recall
      return [recall, right / (right + (1 - prevalence) * rate)] as const
    })
}

function numbers(name: string, from: number, to: number): Axis {
  return {
    name,
    from,
    to,
    ticks: [0, 0.25, 0.5, 0.75, 1].map((part) => {
      const at = from + part * (to - from)
      return [at, at.toFixed(to - from > 10 ? 0 : 2)] as const
    }),
  }
}

function some<T>(all: readonly T[], most: number): readonly T[] {
  const step = Math.max(1, all.length / most)
  return all.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step))
}
