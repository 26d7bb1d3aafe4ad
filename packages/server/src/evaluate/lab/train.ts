import type { Member } from '@gatewatch/engine'
import {
  encodeLstm,
  fitLstm,
  fitRandomForestMember,
  fitUnlabelled,
  type LabModel,
  type LearningStep,
  type Lstm,
  UNLABELLED,
} from '@gatewatch/engine/lab'
import { type Names, namesOf, sequencesOf } from './sequences.ts'
import type { LabTable, TableRow } from './table.ts'

/** A fitted model as it travels: its bytes, and what it was fitted on. */
export interface Trained {
  readonly name: LabModel
  readonly bytes: Uint8Array
  readonly samples: number
  readonly seconds: number
  /** Null for the model of sequences. */
  readonly member: Member | null
}

/** Every model, and what could not be fitted with the reason. */
export interface TrainedAll {
  readonly models: readonly Trained[]
  readonly left: readonly (readonly [name: LabModel, why: string])[]
  readonly sequence: { readonly model: Lstm; readonly names: Names } | null
  readonly curve: readonly LearningStep[]
}

/** How models are trained. */
export interface TrainOptions {
  readonly seed: number
  /** Which sign-ins are learned from without labels: everything, or what is labelled or was judged normal. */
  readonly from: 'everything' | 'normal'
  /** Are labels known, so that normal is what they say? */
  readonly hasLabels: boolean
  /** Verdicts that the random forest learns from: about the strangest sign-ins, which people look at first. */
  readonly verdicts: number
  /** Hears which model is being fitted, and the share done, 0-1. */
  readonly progress?: (name: LabModel, share: number) => void
}

/** A sign-in with its numbers. */
type Seen = TableRow & { readonly vector: Float64Array }

/** Sign-ins of a window that members read. */
export function seenBetween({ rows }: LabTable, from: number, to: number): readonly Seen[] {
  return rows.filter((row): row is Seen => row.vector !== null && row.time >= from && row.time < to)
}

/** Sign-ins that people would judge: the strangest, in the order of their strangeness. */
export function strangest(rows: readonly Seen[], count: number): readonly Seen[] {
  return rows.toSorted((a, b) => b.score - a.score || a.time - b.time).slice(0, count)
}

/** A random forest from verdicts on some sign-ins, beside ordinary ones; null with fewer than five of either kind. */
export function forestFrom(judged: readonly Seen[], ordinary: readonly Seen[], seed: number) {
  return fitRandomForestMember(
    {
      vectors: judged.map(({ vector }) => vector),
      targets: judged.map(({ label }) => (label === 'benign' ? 0 : 1)),
    },
    ordinary.map(({ vector }) => vector),
    seed,
  )
}

/** Ordinary sign-ins that stand beside verdicts: as many as a population keeps. */
export function background(rows: readonly Seen[], judged: readonly Seen[]): readonly Seen[] {
  const known = new Set(judged)
  const ordinary = rows.filter((row) => row.isOrdinary && !known.has(row))
  const step = Math.max(1, ordinary.length / 3072)
  return Array.from(
    { length: Math.min(3072, ordinary.length) },
    (_, i) => ordinary[Math.floor(i * step)],
  ).filter((row) => row !== undefined)
}

/**
 * Fits every model on the first window of a table. Half of the sign-ins fit a model, the other half say what is usual. The same table
 * and seed give the same bytes.
 */
export function trainAll(table: LabTable, options: TrainOptions): TrainedAll {
  const { seed, hasLabels, verdicts, progress = () => {} } = options
  const [from, until] = table.windows
  const all = seenBetween(table, from, until)
  const isNormal = (row: TableRow) => (hasLabels ? row.label === 'benign' : row.isOrdinary)
  const those = options.from === 'normal' ? all.filter(isNormal) : all
  const half = (which: number) =>
    those.filter((_, i) => i % 2 === which).map(({ vector }) => vector)
  const [fitOn, compareWith] = [half(0), half(1)]
  const models: Trained[] = []
  const left: (readonly [LabModel, string])[] = []
  const fit = (
    name: LabModel,
    samples: number,
    work: () => [Uint8Array, Member | null] | string,
  ) => {
    progress(name, 0)
    const begun = performance.now()
    let made: ReturnType<typeof work>
    try {
      made = work()
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      made = error.message
    }
    const seconds = (performance.now() - begun) / 1000
    if (typeof made === 'string') left.push([name, made])
    else models.push({ name, bytes: made[0], samples, seconds, member: made[1] })
    progress(name, 1)
  }
  for (const name of UNLABELLED) {
    fit(name, those.length, () => {
      const member = fitUnlabelled(name, fitOn, compareWith, seed)
      return [member.encode(), member]
    })
  }
  fit('random_forest', verdicts, () => {
    if (!hasLabels) return 'there are no labels to learn from: name a file with --labels'
    const judged = strangest(all, verdicts)
    const member = forestFrom(judged, background(all, judged), seed)
    return member === null
      ? `fewer than five of the ${judged.length} strangest sign-ins are attacks`
      : [member.encode(), member]
  })
  const actions = table.actions.filter(
    ({ time, label }) => time < until && (options.from === 'everything' || label === 'benign'),
  )
  const names = namesOf(actions)
  let sequence: TrainedAll['sequence'] = null
  let curve: readonly LearningStep[] = []
  fit('lstm', actions.length, () => {
    if (names.length < 5) return 'there are too few kinds of action to speak of a sequence'
    const fitted = fitLstm(sequencesOf(actions, names), names.length, seed, {}, (share) =>
      progress('lstm', share),
    )
    sequence = { model: fitted.model, names }
    curve = fitted.curve
    return [encodeLstm(fitted.model, names), null]
  })
  return { models, left, sequence, curve }
}
