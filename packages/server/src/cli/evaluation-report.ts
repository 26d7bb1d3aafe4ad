import { meanOf, percent, type Section } from '../evaluate/cells.ts'
import type { Evaluation } from '../evaluate/measure.ts'
import { CURVE } from '../evaluate/measure-contenders.ts'
import { barChart } from './charts/bars.ts'
import { logShares, numbers, shares } from './charts/frame.ts'
import { lineChart, spreadChart } from './charts/lines.ts'
import { figure, type Picture } from './charts/picture.ts'
import { escaped, page } from './page.ts'

/** An evaluation as one self-contained page: what it means in a few words, pictures, and every table. */
export function evaluationHtml(
  evaluations: readonly Evaluation[],
  sections: readonly Section[],
): string {
  const [first] = evaluations
  if (first === undefined) return page('Gatewatch evaluation', '')
  return page(
    'Gatewatch evaluation',
    `<p class="quiet">${escaped(evaluations.length === 1 ? first.title : `${evaluations.length} worlds`)}</p>
${cards(evaluations)}
<p>Nothing that judged these events was told which were attacks. Each event was judged before it was learned from. A false-positive rate is the share of honest sign-ins flagged; recall is the share of attack sign-ins found at that rate. What sign-ins alone cannot show, such as a thief in the victim's own browser, stays in the figures as missed.</p>
<div class="charts">${charts(evaluations).map(figure).join('')}</div>
${sections.map(sectionHtml).join('')}`,
  )
}

function cards(evaluations: readonly Evaluation[]): string {
  const share = (read: (one: Evaluation) => number | undefined) =>
    `${percent(meanOf(evaluations, read))} %`
  const rows: readonly (readonly [string, string])[] = [
    [
      'of attack sign-ins found at 0.3 % false positives',
      share((one) => one.contenders[0]?.recall[1]),
    ],
    ['of victims found at 0.3 %', share((one) => one.contenders[0]?.victims.recall[1])],
    [
      'of attack sign-ins challenged or denied, as shipped',
      share(({ shipped }) => shipped.stoppedAttacks),
    ],
    [
      'of honest sign-ins challenged or denied, as shipped',
      `${percent(
        meanOf(evaluations, ({ shipped }) => shipped.stoppedBenign),
        2,
      )} %`,
    ],
    [
      'false alerts a day per 1,000 people',
      meanOf(evaluations, ({ campaigns }) => campaigns.falseAlertsPerDayPer1000).toFixed(2),
    ],
  ]
  return `<div class="cards">${rows.map(([name, value]) => `<div class="card"><b>${escaped(value.replace('NaN', '-'))}</b><span>${escaped(name)}</span></div>`).join('')}</div>`
}

function charts(evaluations: readonly Evaluation[]): Picture[] {
  const [first] = evaluations
  const { contenders = [], importance, shipped, spread } = first ?? {}
  const curveOf = (c: number) =>
    CURVE.map(
      (rate, i) => [rate, meanOf(evaluations, (one) => one.contenders[c]?.curve[i])] as const,
    )
  const precision = (c: number, prevalence: number) =>
    curveOf(c).map(([rate, recall]) => {
      const right = prevalence * recall
      return [recall, right / (right + (1 - prevalence) * rate)] as const
    })
  const byRecall = (points: readonly (readonly [number, number])[]) =>
    points.filter(([recall]) => recall > 0)
  const precisionChart = (prevalence: number, title: string) =>
    lineChart(
      title,
      { name: 'attack sign-ins found', from: 0, to: 1, ticks: shares },
      logShares('precision (logarithmic)', prevalence),
      contenders.map(({ name }, c) => ({ name, points: byRecall(precision(c, prevalence)) })),
    )
  const types = [...new Set(evaluations.flatMap((one) => Object.keys(one.attackSignIns)))].sort()
  const found = types.map((type) => {
    const value = meanOf(evaluations, (one) => one.contenders[0]?.byType[type]?.recall[1])
    return { name: type.replaceAll('_', ' '), value, label: `${percent(value)} %` }
  })
  const without = (importance?.ablation ?? []).map((row) => {
    const value = meanOf(
      evaluations,
      (one) => one.importance.ablation.find((other) => other.without === row.without)?.recall[1],
    )
    return { name: row.without, value, label: `${percent(value)} %` }
  })
  const terms = (importance?.terms ?? [])
    .map(({ term, label }) => {
      const value = meanOf(
        evaluations,
        (one) => one.importance.terms.find((other) => other.term === term)?.permutation,
      )
      return { name: label, value, label: `${(100 * value).toFixed(1)} points` }
    })
    .sort((a, b) => b.value - a.value)
    .slice(0, 12)
  const risk = (shipped?.risk ?? []).map(({ expected }, r) => ({
    name: `risk ${shipped?.risk[r]?.risk} and more`,
    value: meanOf(evaluations, (one) => one.shipped.risk[r]?.benign) / expected,
    label: `${(meanOf(evaluations, (one) => one.shipped.risk[r]?.benign) / expected).toFixed(2)} times`,
    mark: 1,
  }))
  return [
    lineChart(
      'Attack sign-ins found, by how many honest ones are flagged (ROC)',
      logShares('honest sign-ins flagged (logarithmic)', 1e-4),
      { name: 'found', from: 0, to: 1, ticks: shares },
      contenders.map(({ name }, c) => ({ name, points: curveOf(c) })),
    ),
    precisionChart(1e-3, 'Precision by recall, if one sign-in in 1,000 were an attack'),
    precisionChart(1e-4, 'Precision by recall, if one sign-in in 10,000 were an attack'),
    barChart('Found at 0.3 % false positives, by type of attack', found, 1),
    barChart('Found at 0.3 % without one part of the score', without, 1),
    barChart(
      'Recall lost at 0.3 % when a term is dealt out anew',
      terms,
      Math.max(0.01, ...terms.map(({ value }) => value)),
    ),
    barChart('Honest sign-ins at a risk, over those promised (line: as promised)', risk, 2),
    ...(spread === undefined ? [] : [spreadPicture(evaluations, spread)]),
  ]
}

function spreadPicture(
  evaluations: readonly Evaluation[],
  { from, step, benign }: Evaluation['spread'],
): Picture {
  const to = from + step * benign.length
  const group = (name: string, key: 'benign' | 'attacks') => ({
    name,
    points: benign.map(
      (_, i) =>
        [from + (i + 0.5) * step, meanOf(evaluations, (one) => one.spread[key][i])] as const,
    ),
  })
  return spreadChart(
    'Scores of honest and of attack sign-ins',
    numbers('score, nats', from, to),
    logShares('share of either (logarithmic)', 1e-4),
    [group('honest', 'benign'), group('attacks', 'attacks')],
  )
}

/** A section as a part of a page. */
export function sectionHtml({ title, lines, table: [head, ...rows] }: Section): string {
  const cell = (text: string) => {
    const mark = text === 'met' ? 'met' : text === 'NOT met' ? 'missed' : ''
    return `<td${mark === '' ? '' : ` class="${mark}"`}>${escaped(text)}</td>`
  }
  const table =
    head === undefined
      ? ''
      : `<div class="wide"><table><tr>${head.map((text) => `<th>${escaped(text)}</th>`).join('')}</tr>${rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('')}</table></div>`
  return `<h2>${escaped(title.replace(/:$/, ''))}</h2><section class="box">${lines.map((line) => `<p>${escaped(line.trim())}</p>`).join('')}${table}</section>`
}
