import { MODEL_CARDS, type ModelCard, VECTOR } from '@gatewatch/engine/lab'
import { z } from 'zod'
import { version } from '../../version.ts'
import { number, percent } from '../cells.ts'
import { type Compared, LAB_RATES } from './compare.ts'
import type { LabTable } from './table.ts'
import type { Trained } from './train.ts'

const share = z.number().nullable()
const interval = z.tuple([share, share])
const gain = z.object({ gain: share, interval })
const moments = z.tuple([z.iso.datetime(), z.iso.datetime()])
const card = z.object({
  title: z.string(),
  what: z.string(),
  works: z.string(),
  fails: z.string(),
  high: z.string(),
})

/** What stands beside a model's binary file, as JSON: its card, what it was fitted on, and what came of it. Shares 0-1. */
export const ModelStatistics = z.object({
  model: z.string(),
  card,
  gatewatch: z.string(),
  seed: z.int(),
  data: z.string(),
  window: moments,
  normal_only: z.boolean(),
  samples: z.int(),
  training_seconds: z.number(),
  bytes: z.int(),
  features: z.array(z.string()),
  judged: z
    .object({
      window: moments,
      of: z.string(),
      units: z.int(),
      attacks: z.int(),
      rates: z.array(z.number()),
      recall_alone: z.array(share),
      recall_interval: z.array(interval),
      auc: share,
      weight: share,
      recall_with_ensemble: z.array(share),
      gain_at_0_003: gain,
      gain_at_weight_0_2: gain,
    })
    .nullable(),
})
/** See the schema. */
export type ModelStatistics = z.infer<typeof ModelStatistics>

/** What is known of a trained model. `found`: how it did on the days judged, where labels are known. */
export function statisticsOf(
  { name, bytes, samples, seconds }: Trained,
  { title, windows }: LabTable,
  found: Compared | undefined,
  { seed, isNormalOnly }: { readonly seed: number; readonly isNormalOnly: boolean },
): ModelStatistics {
  const dates = (from: number, to: number): [string, string] => [
    new Date(from).toISOString(),
    new Date(to).toISOString(),
  ]
  return {
    model: name,
    card: MODEL_CARDS[name],
    gatewatch: version,
    seed,
    data: title,
    window: dates(windows[0], windows[1]),
    normal_only: isNormalOnly,
    samples,
    training_seconds: Number(seconds.toFixed(2)),
    bytes: bytes.length,
    features: name === 'lstm' ? ['sequence of actions'] : VECTOR.map((one) => one.name),
    judged: found === undefined ? null : judgedOf(found, dates(windows[2], windows[3])),
  }
}

function judgedOf(
  found: Compared,
  window: [string, string],
): NonNullable<ModelStatistics['judged']> {
  const gainOf = ({ gain, interval: [low, high] }: Compared['gain']) => ({
    gain: known(gain),
    interval: [known(low), known(high)] as [number | null, number | null],
  })
  return {
    window,
    of: found.of,
    units: found.units.length,
    attacks: found.units.filter(({ label }) => label !== 'benign').length,
    rates: [...LAB_RATES],
    recall_alone: found.recall.map(known),
    recall_interval: found.interval.map(([low, high]) => [known(low), known(high)]),
    auc: known(found.auc),
    weight: found.weight,
    recall_with_ensemble: found.together.map(known),
    gain_at_0_003: gainOf(found.gain),
    gain_at_weight_0_2: gainOf(found.told),
  }
}

/** JSON knows no NaN. */
function known(value: number): number | null {
  return Number.isNaN(value) ? null : value
}

/** A model's card for people: a heading and a sentence a row. */
export function cardRows({
  what,
  works,
  fails,
  high,
}: ModelCard): readonly (readonly [heading: string, text: string])[] {
  return [
    ['What it is', what],
    ['Works', works],
    ['Does not', fails],
    ['A high score', high],
  ]
}

/** What a model was fitted on and what came of it, as a card goes on. */
export function statisticsRows(
  one: ModelStatistics,
): readonly (readonly [heading: string, text: string])[] {
  const unit =
    one.model === 'lstm' ? 'actions' : one.model === 'random_forest' ? 'verdicts' : 'sign-ins'
  const normal = one.normal_only ? ', normal ones alone' : ''
  const { judged } = one
  return [
    [
      'Data window',
      `${days(one.window)} of ${one.data}: ${one.samples} ${unit}${normal}; seed ${one.seed}`,
    ],
    ['Features', one.features.join(', ')],
    ['Size', `${one.bytes} bytes, fitted in ${number(one.training_seconds, 1)} s`],
    ...(judged === null ? [] : [['Found', told(judged)] as const]),
  ]
}

function told(judged: NonNullable<ModelStatistics['judged']>): string {
  const { window, of, units, attacks, rates, recall_alone: recall, auc } = judged
  const found = rates.map(
    (rate, r) =>
      `${percent(recall[r] ?? Number.NaN)} % at ${Number((100 * rate).toPrecision(3))} %`,
  )
  const { gain } = judged.gain_at_0_003
  const added = number(100 * (gain ?? Number.NaN), 1)
  return `${days(window)}, ${attacks} attacks among ${units} ${of}: ${found.join(', ')} false positives; area under the ROC curve ${number(auc ?? Number.NaN, 3)}; adds ${added} points at 0.3 % with weight ${number(judged.weight ?? 0, 2)}`
}

/** A window's days; the last moment is not within. */
function days([from, to]: readonly [string, string]): string {
  const day = (at: number) => new Date(at).toISOString().slice(0, 10)
  return `${day(Date.parse(from))} to ${day(Date.parse(to) - 1)}`
}
