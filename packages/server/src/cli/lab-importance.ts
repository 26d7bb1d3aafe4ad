import { rank, rocAuc, seededRandom, shuffle, VECTOR } from '@gatewatch/engine/lab'
import type { Compared } from '../evaluate/lab/compare.ts'
import { markedOf, measuredOn } from '../evaluate/lab/seen.ts'
import { barChart } from './charts/bars.ts'
import type { LabReport, Named } from './lab-report.ts'

/** Attacks whose points are shared out: an exact share takes long for a forest. */
const SHARED_OUT = 300
/** Numbers that are shown. */
const SHOWN = 10

/** What each number is worth to a model: how much its AUC falls when the number is dealt out anew, and what it says of attacks by it. */
export function importance(one: Compared, { table, trained, seed }: LabReport): readonly Named[] {
  const { member } = trained.models.find(({ name }) => name === one.name) ?? {}
  if (member === undefined || member === null) return []
  const { vectors, isAttack } = markedOf(measuredOn(table, table.windows[2], table.windows[3]))
  const auc = (those: readonly Float64Array[]) =>
    rocAuc(
      rank(
        those.map((vector) => member.points(vector)),
        isAttack,
      ),
    )
  const whole = auc(vectors)
  const order = Uint32Array.from(vectors, (_, i) => i)
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
  const attacks = vectors.filter((_, i) => isAttack[i] === 1).slice(0, SHARED_OUT)
  for (const vector of attacks) {
    member.explain(vector, shares)
    for (let k = 0; k < sums.length; k++)
      sums[k] = (sums[k] ?? 0) + (shares[k] ?? 0) / attacks.length
  }
  const additive = VECTOR.map(({ label }, k) => ({ name: label, value: sums[k] ?? 0 }))
  return [
    ['permutation', bars('Area under the ROC curve lost when a number is dealt out anew', lost, 4)],
    ['additive', bars('What it says of attacks, shared out by number (mean, nats)', additive, 2)],
  ]
}

function bars(
  title: string,
  all: readonly { readonly name: string; readonly value: number }[],
  digits: number,
) {
  const best = all.toSorted((a, b) => b.value - a.value).slice(0, SHOWN)
  return barChart(
    title,
    best.map((bar) => ({ ...bar, label: bar.value.toFixed(digits) })),
    Math.max(10 ** -digits, ...best.map(({ value }) => value)),
  )
}
