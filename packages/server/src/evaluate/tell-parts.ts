import { atRate, meanOf, number, percent, type Section } from './cells.ts'
import type { Evaluation } from './measure.ts'

/** What each part of the score is worth, what it says, and whom it serves. */
export function tellParts(evaluations: readonly Evaluation[]): Section[] {
  const { rates = [] } = evaluations[0] ?? {}
  const heads = rates.map(atRate)
  return [
    leftOut(evaluations, heads),
    causes(evaluations),
    ablation(evaluations, heads),
    importance(evaluations),
    histories(evaluations, heads),
    activity(evaluations, heads),
  ]
}

function leftOut(evaluations: readonly Evaluation[], heads: readonly string[]): Section {
  const keys = [
    ...new Map(
      evaluations
        .flatMap((one) => one.leftOut)
        .map((row) => [`${row.trained} ${row.type}`, row] as const),
    ).values(),
  ]
  const cells = (key: (typeof keys)[number], side: 'withIt' | 'without') =>
    heads.map((_, r) =>
      percent(
        meanOf(
          evaluations,
          (one) =>
            one.leftOut.find(({ type, trained }) => type === key.type && trained === key.trained)?.[
              side
            ][r],
        ),
      ),
    )
  return {
    title: 'Types of attack left out of training, % of their own sign-ins found:',
    lines: [
      `At ${heads.join(' / ')}. The label-free head plays three types in its rehearsals; all others are unknown to it anyway. The oracle is told labels, but never those of the type.`,
    ],
    table: [
      ['type', 'trained', 'on everything', 'without the type'],
      ...keys.map((key) => [
        key.type,
        key.trained,
        cells(key, 'withIt').join(' / '),
        cells(key, 'without').join(' / '),
      ]),
    ],
  }
}

function causes(evaluations: readonly Evaluation[]): Section {
  const all = evaluations.map((one) => one.causes)
  const types = [...new Set(all.flatMap(({ byType }) => byType.map(({ type }) => type)))]
  const sum = (values: readonly number[]) => values.reduce((total, one) => total + one, 0)
  const detected = sum(all.map((one) => one.detected))
  const named = sum(all.map((one) => one.named))
  return {
    title: 'Reasons against truth:',
    lines: [
      `What the attack brought along is among the two loudest reasons of ${percent(named / detected)} % of the ${detected} attack sign-ins found @0.3 %. Beside it, for chance: how many of the honest ones above the same threshold name the same.`,
    ],
    table: [
      ['', 'found', 'cause named, %', 'by honest ones, %'],
      ...types.map((type) => {
        const rows = all.flatMap(({ byType }) => byType.filter((row) => row.type === type))
        const found = sum(rows.map((row) => row.detected))
        return [
          type,
          String(found),
          percent(sum(rows.map((row) => row.named)) / found),
          percent(meanOf(rows, (row) => row.chance)),
        ]
      }),
    ],
  }
}

function ablation(evaluations: readonly Evaluation[], heads: readonly string[]): Section {
  const names = evaluations[0]?.importance.ablation.map(({ without }) => without) ?? []
  return {
    title: 'Ablation, recall of attack sign-ins in % without one part of the score:',
    lines: ['Scored anew from the stored points; what was learned meanwhile is not played again.'],
    table: [
      ['without', ...heads],
      ...names.map((name) => [
        name,
        ...heads.map((_, r) =>
          percent(
            meanOf(
              evaluations,
              ({ importance }) =>
                importance.ablation.find(({ without }) => without === name)?.recall[r],
            ),
          ),
        ),
      ]),
    ],
  }
}

function importance(evaluations: readonly Evaluation[]): Section {
  const terms = evaluations[0]?.importance.terms ?? []
  const of = (term: string, key: 'distance' | 'permutation') =>
    meanOf(evaluations, (one) => one.importance.terms.find((row) => row.term === term)?.[key])
  return {
    title: 'Importance of the terms:',
    lines: [
      'Points of recall lost @0.3 % when the term is dealt out anew among all sign-ins; and the nats that it gives attacks beyond benign sign-ins, on average.',
    ],
    table: [
      ['', 'recall lost', 'nats'],
      ...terms
        .toSorted((a, b) => of(b.term, 'permutation') - of(a.term, 'permutation'))
        .slice(0, 16)
        .map(({ term, label }) => [
          label,
          number(100 * of(term, 'permutation'), 1),
          number(of(term, 'distance'), 2),
        ]),
    ],
  }
}

function histories(evaluations: readonly Evaluation[], heads: readonly string[]): Section {
  const rows = evaluations[0]?.byHistory ?? []
  return {
    title: 'By length of history (Gatewatch), %:',
    lines: [],
    table: [
      ['events before', `recall ${heads.join(' / ')}`, 'false positives'],
      ...rows.map(({ history }, h) => [
        history,
        heads
          .map((_, r) => percent(meanOf(evaluations, (one) => one.byHistory[h]?.recall[r])))
          .join(' / '),
        heads
          .map((_, r) =>
            percent(
              meanOf(evaluations, (one) => one.byHistory[h]?.falsePositives[r]),
              2,
            ),
          )
          .join(' / '),
      ]),
    ],
  }
}

function activity(evaluations: readonly Evaluation[], heads: readonly string[]): Section {
  const types = [...new Set(evaluations.flatMap((one) => Object.keys(one.activity.byType)))]
  return {
    title: `By activity (Gatewatch), % of days of identities, at ${heads.join(' / ')}:`,
    lines: [],
    table: [
      ['', 'days', 'found'],
      ...types.map((type) => [
        type,
        String(evaluations.reduce((sum, one) => sum + (one.activity.counts[type] ?? 0), 0)),
        heads
          .map((_, r) => percent(meanOf(evaluations, (one) => one.activity.byType[type]?.[r])))
          .join(' / '),
      ]),
    ],
  }
}
