import { type Interval, MODEL_CARDS } from '@gatewatch/engine/lab'
import { atRate, number, percent, type Section } from '../cells.ts'
import { type Compared, isWorth, LAB_RATES, TOLD_AT } from './compare.ts'
import type { VerdictsRow } from './learn-verdicts.ts'
import type { LabTable } from './table.ts'
import type { TrainedAll } from './train.ts'

/** What training and comparison came to, in words and tables. */
export function tellLab(
  table: LabTable,
  trained: TrainedAll,
  compared: readonly Compared[],
  verdicts: readonly VerdictsRow[],
): Section[] {
  const training = tellTraining(table, trained)
  // without labels there is nothing to compare by
  if (compared.length === 0) return [training]
  return [training, tellAlone(compared), tellAdded(compared), ...tellVerdicts(verdicts)]
}

/** A model's name for people. */
export function titleOf(name: Compared['name']): string {
  return name === 'ensemble' ? 'ensemble, as shipped' : MODEL_CARDS[name].title
}

function tellTraining({ title, events, windows }: LabTable, trained: TrainedAll): Section {
  const day = (at: number) => new Date(at).toISOString().slice(0, 10)
  const [from, choose, test, to] = windows
  return {
    title: 'Training:',
    lines: [
      `${title}: ${events} events. Learned from ${day(from)} to ${day(choose - 1)}, weights chosen to ${day(test - 1)}, judged to ${day(to - 1)}.`,
      ...trained.left.map(([name, why]) => `${titleOf(name)} was not fitted: ${why}.`),
    ],
    table: [
      ['model', 'learned from', 'bytes', 'seconds'],
      ...trained.models.map(({ name, samples, bytes, seconds }) => [
        titleOf(name),
        `${samples} ${name === 'lstm' ? 'actions' : name === 'random_forest' ? 'verdicts' : 'sign-ins'}`,
        String(bytes.length),
        number(seconds, 1),
      ]),
      ['all, as many at once as there are cores', '', '', number(trained.seconds, 1)],
    ],
  }
}

const range = ([low, high]: Interval) =>
  Number.isNaN(low) ? '-' : `${points(low)} to ${points(high)}`
const points = (share: number) => `${share >= 0 ? '+' : ''}${number(100 * share, 1)}`

function tellAlone(compared: readonly Compared[]): Section {
  return {
    title: 'Each model alone, attacks found in % (95 % interval):',
    lines: [
      'Days of activity are of identities that did more than sign in; those where anybody but the owner acted, or the owner turned, are to be found.',
    ],
    table: [
      ['model', 'of', 'attacks', ...LAB_RATES.map(atRate), 'AUC'],
      ...compared.map(({ name, of, recall, interval, auc, units }) => [
        titleOf(name),
        of,
        String(units.filter(({ label }) => label !== 'benign').length),
        ...recall.map((one, r) => {
          const [low, high] = interval[r] ?? [Number.NaN, Number.NaN]
          return Number.isNaN(low)
            ? percent(one)
            : `${percent(one)} (${percent(low)}-${percent(high)})`
        }),
        number(auc, 3),
      ]),
    ],
  }
}

function tellAdded(compared: readonly Compared[]): Section {
  const models = compared.filter(({ name }) => name !== 'ensemble')
  const named = (those: readonly Compared[]) => those.map(({ name }) => titleOf(name)).join(', ')
  const worth = models.filter(isWorth)
  const harmful = models.filter(({ gain }) => gain.interval[1] < 0)
  const unknown = models.filter(({ gain }) => Number.isNaN(gain.gain))
  const rest = models.filter((one) => !isWorth(one) && !unknown.includes(one))
  return {
    title: 'What each adds to the ensemble (ablation), attacks found in %:',
    lines: [
      'The weight is the one that did best on the days before those judged; 0 means that no weight did better than none.',
      worth.length > 0
        ? `Worth switching on here: ${named(worth)}.`
        : 'None is shown to be worth switching on here.',
      ...(rest.length > 0 ? [`Not worth switching on, as far as this shows: ${named(rest)}.`] : []),
      ...(unknown.length > 0
        ? [`Without attacks on the days judged nothing can be said of: ${named(unknown)}.`]
        : []),
      ...(harmful.length > 0 ? [`Does harm: ${named(harmful)}.`] : []),
    ],
    table: [
      [
        'model',
        'weight',
        ...LAB_RATES.map((rate) => `with it ${atRate(rate)}`),
        'adds @0.3 %',
        '95 %',
        `at ${TOLD_AT} it adds`,
        '95 %',
      ],
      ...models.map(({ name, weight, together, gain, told }) => [
        titleOf(name),
        number(weight ?? 0, 2),
        ...together.map((one) => percent(one)),
        points(gain.gain),
        range(gain.interval),
        points(told.gain),
        range(told.interval),
      ]),
    ],
  }
}

function tellVerdicts(rows: readonly VerdictsRow[]): Section[] {
  if (rows.length === 0) return []
  return [
    {
      title: 'Random forest from verdicts, what it adds at 0.3 %:',
      lines: [
        'People judge the strangest sign-ins of the days learned from; weights are chosen on the days after.',
      ],
      table: [
        [
          'verdicts',
          'of attacks',
          'alone @0.3 %',
          'with the ensemble',
          'adds',
          '95 %',
          `at ${TOLD_AT} it adds`,
          '95 %',
        ],
        ...rows.map(({ verdicts, attacks, alone, together, gain, told }) => [
          String(verdicts),
          String(attacks),
          percent(alone),
          percent(together),
          points(gain.gain),
          range(gain.interval),
          points(told.gain),
          range(told.interval),
        ]),
      ],
    },
  ]
}
