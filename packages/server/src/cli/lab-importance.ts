import { catalogue } from '@gatewatch/engine'
import { rank, rocAuc, SEQUENCE, seededRandom, shuffle, VECTOR } from '@gatewatch/engine/lab'
import type { Compared } from '../evaluate/lab/compare.ts'
import { markedOf, measuredOn, some } from '../evaluate/lab/seen.ts'
import { lastActions, sequenceMemberOf } from '../evaluate/lab/sequences.ts'
import { barChart } from './charts/bars.ts'
import type { LabReport, Named } from './lab-report.ts'

/** Attacks whose points are shared out: an exact share takes long for a forest. */
const SHARED_OUT = 300
/** Numbers that are shown. */
const SHOWN = 10
/** Ordinary days on which a model of sequences is tried. */
const DAYS = 500
const DAY = 86_400_000

/**
 * What each number is worth to a model: how much its AUC falls when the number is dealt out anew, and what it says of attacks by it.
 * Of the ensemble each term of the score, and what rules found; of sequences the actions before the one that is judged.
 */
export function importance(one: Compared, report: LabReport): readonly Named[] {
  if (one.of === 'days of activity') return one.name === 'lstm' ? ofSequences(report) : []
  return one.name === 'ensemble' ? ofEnsemble(report) : ofMember(one, report)
}

function ofMember(one: Compared, { table, trained, seed }: LabReport): readonly Named[] {
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
  return [
    permutation(lost),
    additive(VECTOR.map(({ label }, k) => ({ name: label, value: sums[k] ?? 0 }))),
  ]
}

function ofEnsemble({ table, seed }: LabReport): readonly Named[] {
  const rows = measuredOn(table, table.windows[2], table.windows[3])
  const { isAttack } = markedOf(rows)
  const terms = rows.map(({ score, points }) => [
    ...points,
    score - points.reduce((sum, one) => sum + one, 0),
  ])
  const auc = (scores: readonly number[]) => rocAuc(rank(scores, isAttack))
  const whole = auc(rows.map(({ score }) => score))
  const order = Uint32Array.from(rows, (_, i) => i)
  shuffle(order, seededRandom(seed))
  const names = [...catalogue.map(({ label }) => label), 'what rules found']
  const attacks = terms.filter((_, i) => isAttack[i] === 1)
  const of = (row: number, k: number) => terms[row]?.[k] ?? 0
  return [
    permutation(
      names.map((name, k) => ({
        name,
        value: whole - auc(rows.map(({ score }, i) => score - of(i, k) + of(order[i] ?? 0, k))),
      })),
    ),
    additive(
      names.map((name, k) => ({
        name,
        value: attacks.reduce((sum, one) => sum + (one[k] ?? 0), 0) / attacks.length,
      })),
    ),
  ]
}

/** The last eight actions before each, by how far back: days are told apart by their strangest action. */
function ofSequences({ table, trained, seed }: LabReport): readonly Named[] {
  if (trained.sequence === null) return []
  const [, choose, test] = table.windows
  const member = sequenceMemberOf(
    trained.sequence,
    table.actions.filter(({ time }) => time < choose),
  )
  const days = new Map<string, { isAttack: boolean; actions: Float64Array[] }>()
  const ofAttackers: Float64Array[] = []
  for (const { action, kinds } of lastActions(table.actions)) {
    const { entity, time, label, isSignIn } = action
    if (time < test || isSignIn) continue
    const key = `${entity} ${Math.floor(time / DAY)}`
    const day = days.get(key) ?? { isAttack: false, actions: [] }
    days.set(key, day)
    day.isAttack ||= label !== 'benign'
    const actions = Float64Array.from(kinds)
    day.actions.push(actions)
    if (label !== 'benign') ofAttackers.push(actions)
  }
  const all = [...days.values()]
  const honest = all.filter(({ isAttack }) => !isAttack)
  const measured = [...all.filter(({ isAttack }) => isAttack), ...some(honest, DAYS)]
  const flat = measured.flatMap(({ actions }) => actions)
  const order = Uint32Array.from(flat, (_, i) => i)
  shuffle(order, seededRandom(seed))
  const isAttack = measured.map((day) => (day.isAttack ? 1 : 0))
  const auc = (dealt: number) => {
    let i = 0
    const strangest = measured.map(({ actions }) => {
      let most = 0
      for (const one of actions) {
        const other = one.slice()
        const from = flat[order[i++] ?? 0]
        if (dealt >= 0) other[dealt] = from?.[dealt] ?? 0
        most = Math.max(most, member.points(other))
      }
      return most
    })
    return rocAuc(rank(strangest, isAttack))
  }
  const whole = auc(-1)
  const shares = new Float64Array(SEQUENCE)
  const sums = new Float64Array(SEQUENCE)
  const shared = some(ofAttackers, SHARED_OUT)
  for (const actions of shared) {
    member.explain(actions, shares)
    for (let k = 0; k < SEQUENCE; k++) sums[k] = (sums[k] ?? 0) + (shares[k] ?? 0) / shared.length
  }
  const names = Array.from(sums, (_, k) =>
    k === SEQUENCE - 1 ? 'the action itself' : `${SEQUENCE - 1 - k} before it`,
  )
  return [
    permutation(names.map((name, k) => ({ name, value: whole - auc(k) }))),
    additive(names.map((name, k) => ({ name, value: sums[k] ?? 0 }))),
  ]
}

interface Bar {
  readonly name: string
  readonly value: number
}

function permutation(lost: readonly Bar[]): Named {
  return [
    'permutation',
    bars('Area under the ROC curve lost when a number is dealt out anew', lost, 4),
  ]
}

function additive(said: readonly Bar[]): Named {
  return ['additive', bars('What it says of attacks, shared out by number (mean, nats)', said, 2)]
}

function bars(title: string, all: readonly Bar[], digits: number) {
  const best = all.toSorted((a, b) => b.value - a.value).slice(0, SHOWN)
  return barChart(
    title,
    best.map((bar) => ({ ...bar, label: bar.value.toFixed(digits) })),
    Math.max(10 ** -digits, ...best.map(({ value }) => value)),
  )
}
