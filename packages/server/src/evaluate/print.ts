import type { Evaluation } from './measure.ts'
import { printCampaigns } from './measure-campaigns.ts'
import { printWeeks } from './measure-weeks.ts'

/** An evaluation as text for a terminal. Percentages; nothing is rounded up. */
export function printEvaluation(evaluation: Evaluation): string {
  const { options, rates, contenders, shipped, activity } = evaluation
  const types = Object.keys(evaluation.attackSignIns).sort()
  const attacks = Object.values(evaluation.attackSignIns).reduce((sum, one) => sum + one, 0)
  const head = rates.map((rate) => `@${percent(rate)}`)
  return [
    `World: ${options.family ?? 'offices'}, seed ${options.seed}, ${options.people} people, ${options.days} days, the first ${options.warmUp} as warm-up (attacks in it: ${evaluation.attackSignInsInWarmUp} sign-ins, unlabelled).`,
    `Judged: ${evaluation.signIns} successful sign-ins, ${attacks} of them attacks; ${evaluation.events} events in all, ${evaluation.microsecondsPerEvent.toFixed(1)} us each to assess and learn.`,
    '',
    'Recall of attack sign-ins, % (95 % interval), at fixed shares of benign sign-ins flagged:',
    table([
      ['', ...head, 'victims @0.3%', 'ROC AUC', 'AP @1e-3'],
      ...contenders.map((one) => [
        one.name,
        ...one.recall.map((recall, i) => {
          const [low, high] = one.interval[i] ?? [Number.NaN, Number.NaN]
          return Number.isNaN(recall)
            ? '-'
            : `${percent(recall)} (${percent(low)}-${percent(high)})`
        }),
        percent(one.victims.recall[1]),
        decimals(one.auc),
        decimals(one.averagePrecision[0]),
      ]),
    ]),
    '',
    `By type of attack, % at ${head.join(' / ')}:`,
    table([
      ['', 'sign-ins', ...contenders.map(({ name }) => name)],
      ...types.map((type) => [
        type,
        String(evaluation.attackSignIns[type] ?? 0),
        ...contenders.map(({ byType }) =>
          (byType[type]?.recall ?? []).map((one) => percent(one)).join(' / '),
        ),
      ]),
    ]),
    '',
    'By length of history (Gatewatch), %:',
    table([
      ['sign-ins before', `recall ${head.join(' / ')}`, 'false positives'],
      ...evaluation.byHistory.map(({ history, recall, falsePositives }) => [
        history,
        recall.map(percent).join(' / '),
        falsePositives.map((one) => percent(one, 2)).join(' / '),
      ]),
    ]),
    '',
    `By activity (Gatewatch), % of ${activity.days} days of identities, at ${head.join(' / ')}:`,
    table([
      ['', 'days', 'found'],
      ...Object.entries(activity.byType).map(([type, recall]) => [
        type,
        String(activity.counts[type] ?? 0),
        recall.map((one) => percent(one)).join(' / '),
      ]),
    ]),
    '',
    'Decisions as shipped:',
    `  challenged or denied: ${percent(shipped.stoppedBenign, 2)} % of benign sign-ins, ${percent(shipped.stoppedAttacks)} % of attacks`,
    `  alerts: ${percent(shipped.alertedBenign, 2)} % of benign sign-ins, ${percent(shipped.alertedAttacks)} % of attacks; ${shipped.falseAlertsPerDayPer1000.toFixed(2)} false alerts a day per 1,000 people, ${percent(shipped.peopleBothered)} % of people ever`,
    `  calibration error of the probability: ${shipped.calibrationError.toPrecision(2)}`,
    '',
    'Until the first alert, as shipped:',
    table([
      ['', 'campaigns', 'with an alert', 'events (median, p90)', 'hours'],
      ...[...evaluation.found.byType, evaluation.found.all].map((row) => [
        row.type,
        String(row.campaigns),
        percent(row.found),
        row.events.map((one) => number(one, 0)).join(', '),
        row.hours.map((one) => number(one, 1)).join(', '),
      ]),
    ]),
    '',
    ...printWeeks(evaluation.weeks),
    '',
    ...printCampaigns(evaluation.campaigns),
    '',
    ...verdictOnWorld(evaluation),
  ].join('\n')
}

/** Whether the figures count: a world without attacks proves nothing, and an easy one little. */
function verdictOnWorld({ contenders, bands }: Evaluation): string[] {
  const recall = contenders[0]?.recall[0] ?? Number.NaN
  if (Number.isNaN(recall))
    return [
      'No attack sign-in after the warm-up: there is nothing to measure. Make the world larger or longer.',
    ]
  const counts = bands.every(({ holds }) => holds)
  return [
    `The world is ${counts ? 'hard enough to count' : 'NOT hard enough: recall figures do not count'} (recall at 0.3% false positives):`,
    ...bands.map(
      ({ name, recall: reached, atMost, holds }) =>
        `  ${name} ${percent(reached)} %, at most ${percent(atMost)} %: ${holds ? 'holds' : 'BROKEN'}`,
    ),
    '',
    `Overall recall at 1% false positives: ${percent(recall)} %`,
  ]
}

function decimals(value: number): string {
  return Number.isNaN(value) ? '-' : value.toFixed(3)
}

function number(value: number, digits: number): string {
  return Number.isNaN(value) ? '-' : value.toFixed(digits)
}

function percent(share: number | undefined, digits = 1): string {
  if (share === undefined || Number.isNaN(share)) return '-'
  const shown = (Math.floor(share * 100 * 10 ** digits + 1e-9) / 10 ** digits).toFixed(digits)
  return shown.replace(/\.0+$/, '')
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>(
    (sofar, row) => row.map((cell, i) => Math.max(cell.length, sofar[i] ?? 0)),
    [],
  )
  return rows
    .map(
      (row) =>
        `  ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ')}`,
    )
    .join('\n')
}
