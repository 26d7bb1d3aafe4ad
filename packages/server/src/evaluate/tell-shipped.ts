import { meanOf, number, percent, type Section, shareCell } from './cells.ts'
import type { Evaluation } from './measure.ts'
import { COSTS, type CostSection } from './measure-cost.ts'

/** What people meet with default settings, what it means at real shares of attacks, and whether risk keeps its word. */
export function tellShipped(evaluations: readonly Evaluation[]): Section[] {
  return [
    decisions(evaluations),
    prevalences(evaluations),
    calibration(evaluations),
    untilFound(evaluations),
    costs(evaluations),
  ]
}

function decisions(evaluations: readonly Evaluation[]): Section {
  const shares = (read: (one: Evaluation) => number) => shareCell(evaluations.map(read))
  const mean = (read: (one: Evaluation) => number) => number(meanOf(evaluations, read), 2)
  const types = [...new Set(evaluations.flatMap((one) => Object.keys(one.shipped.stoppedByType)))]
  return {
    title: 'Decisions as shipped:',
    lines: [
      `challenged or denied: ${percent(
        meanOf(evaluations, ({ shipped }) => shipped.stoppedBenign),
        2,
      )} % of benign sign-ins, ${shares(({ shipped }) => shipped.stoppedAttacks)} % of attacks`,
      `sign-ins with an alert: ${percent(
        meanOf(evaluations, ({ shipped }) => shipped.alertedBenign),
        2,
      )} % of benign, ${shares(({ shipped }) => shipped.alertedAttacks)} % of attacks`,
      `false alerts a day per 1,000 people: ${mean(({ shipped }) => shipped.falseAlertsPerDayPer1000)} of sign-ins, ${mean(({ campaigns }) => campaigns.falseAlertsPerDayPer1000)} of every kind; ${percent(meanOf(evaluations, ({ shipped }) => shipped.peopleBothered))} % of people ever, ${mean(({ shipped }) => shipped.falseAlertsPerPersonYear)} for each person in a year`,
    ],
    table: [
      ['', 'challenged or denied, %'],
      ...types
        .sort()
        .map((type) => [
          type,
          shareCell(evaluations.map(({ shipped }) => shipped.stoppedByType[type])),
        ]),
    ],
  }
}

function prevalences(evaluations: readonly Evaluation[]): Section {
  const rows = evaluations[0]?.prevalence ?? []
  const shipped = rows[0]
  const counts = (shipped?.at ?? []).map((_, p) => {
    const count = (key: 'hits' | 'misses' | 'falseAlarms' | 'passes') =>
      Math.round(
        1e5 * meanOf(evaluations, (one) => one.prevalence[0]?.at[p]?.[key]),
      ).toLocaleString('en-US')
    return `at ${percent(shipped?.at[p]?.prevalence, 2)} %: ${count('hits')} attacks stopped, ${count('misses')} missed, ${count('falseAlarms')} honest sign-ins stopped, ${count('passes')} passed`
  })
  return {
    title: 'What recall and false positives mean at a share of attacks, %:',
    lines: [
      'As shipped, and everybody at 0.3 % of benign sign-ins flagged. Accuracy is nearly all benign sign-ins: where attacks are rare, flagging nothing is the most accurate of all. Precision and F1 follow from the share of attacks more than from the detector. Judge by recall at a fixed share of false positives, and by alerts a day.',
      ...counts.map((line) => `Of 100,000 sign-ins as shipped, ${line}.`),
    ],
    table: [
      [
        '',
        ...(shipped?.at ?? []).map(
          ({ prevalence }) => `${percent(prevalence, 2)} %: accuracy / precision / recall / F1`,
        ),
      ],
      ...rows.map(({ flagging, at }, r) => [
        flagging,
        ...at.map((_, p) =>
          (['accuracy', 'precision', 'recall', 'f1'] as const)
            .map((key) =>
              percent(
                meanOf(evaluations, (one) => one.prevalence[r]?.at[p]?.[key]),
                2,
              ),
            )
            .join(' / '),
        ),
      ]),
    ],
  }
}

function calibration(evaluations: readonly Evaluation[]): Section {
  const rows = evaluations[0]?.shipped.risk ?? []
  return {
    title: 'Calibration:',
    lines: [
      `Error of the stated probability, with attacks as rare as the policy takes them to be: ${meanOf(evaluations, ({ shipped }) => shipped.calibrationError).toPrecision(2)}.`,
    ],
    table: [
      ['risk at least', 'of benign sign-ins promised, %', 'measured, %', 'of attacks, %'],
      ...rows.map(({ risk, expected }, r) => [
        String(risk),
        percent(expected, 3),
        percent(
          meanOf(evaluations, ({ shipped }) => shipped.risk[r]?.benign),
          3,
        ),
        percent(meanOf(evaluations, ({ shipped }) => shipped.risk[r]?.attacks)),
      ]),
    ],
  }
}

function untilFound(evaluations: readonly Evaluation[]): Section {
  const types = [
    ...new Set(evaluations.flatMap(({ found }) => found.byType.map(({ type }) => type))),
  ]
  const rowsOf = (type: string) =>
    evaluations.flatMap(({ found }) =>
      [...found.byType, found.all].filter((row) => row.type === type),
    )
  return {
    title: 'Until the first alert, as shipped:',
    lines: [
      'One attacker against one or many; the median and the 90th percentile of the hostile events up to the first alert, and of hours.',
    ],
    table: [
      ['', 'attackers', 'with an alert, %', 'events', 'hours'],
      ...[...types.sort(), 'all'].map((type) => {
        const rows = rowsOf(type)
        const ends = (key: 'events' | 'hours', digits: number) =>
          [0, 1]
            .map((e) =>
              number(
                meanOf(rows, (row) => row[key][e]),
                digits,
              ),
            )
            .join(', ')
        return [
          type,
          String(rows.reduce((sum, row) => sum + row.campaigns, 0)),
          percent(meanOf(rows, (row) => row.found)),
          ends('events', 0),
          ends('hours', 1),
        ]
      }),
    ],
  }
}

function costs(evaluations: readonly Evaluation[]): Section {
  const cell = (key: keyof CostSection) =>
    number(
      meanOf(evaluations, ({ cost }) => cost[key]),
      1,
    )
  return {
    title: 'Weighted cost, as shipped, a day and 1,000 people:',
    lines: [
      `${COSTS.falseAlert} for a false alert of any kind, ${COSTS.missed} for an attacker who never raises one, ${COSTS.hourLate} for each hour until the first alert on one who does.`,
    ],
    table: [
      ['', 'false alerts', 'attackers missed', 'hours late', 'together', 'never to alert'],
      [
        'cost',
        cell('falseAlerts'),
        cell('missed'),
        cell('hoursLate'),
        cell('total'),
        cell('ofSilence'),
      ],
    ],
  }
}
