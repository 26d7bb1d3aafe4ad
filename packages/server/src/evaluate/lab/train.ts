import type { Member } from '@gatewatch/engine'
import {
  decodeLstm,
  decodeMember,
  type LabModel,
  type LearningStep,
  type Lstm,
  UNLABELLED,
} from '@gatewatch/engine/lab'
import { inThreads } from '../in-threads.ts'
import type { FitOutcome, FitTask, ForestTask } from './fit-task.ts'
import { type Seen, seenBetween, some } from './seen.ts'
import { type Names, namesOf, sequenceMemberOf, sequencesOf } from './sequences.ts'
import type { Action, LabTable, TableRow } from './table.ts'

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
  /** How long it all took by the clock. */
  readonly seconds: number
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
  /** Hears the share done of all models together, 0-1. */
  readonly progress?: (share: number) => void
}

/** Sign-ins that people would judge: the strangest, in the order of their strangeness. */
function strangest(rows: readonly Seen[], count: number): readonly Seen[] {
  return rows.toSorted((a, b) => b.score - a.score || a.time - b.time).slice(0, count)
}

/** The fit of a random forest on verdicts on some of these sign-ins, the strangest, beside ordinary ones. */
export function forestTask(all: readonly Seen[], verdicts: number, seed: number): ForestTask {
  const judged = strangest(all, verdicts)
  const vectors = judged.map(({ vector }) => vector)
  const targets = judged.map(({ label }) => (label === 'benign' ? 0 : 1))
  const ordinary = background(all, judged).map(({ vector }) => vector)
  return { name: 'random_forest', seed, judged: { vectors, targets }, ordinary }
}

/** Ordinary sign-ins that stand beside verdicts: as many as a population keeps. */
function background(rows: readonly Seen[], judged: readonly Seen[]): readonly Seen[] {
  const known = new Set(judged)
  const ordinary = rows.filter((row) => row.isOrdinary && !known.has(row))
  return some(ordinary, 3072)
}

/** A model to be fitted, and on how many of its samples; or why it cannot be. */
interface Planned {
  readonly name: LabModel
  readonly samples: number
  readonly task: FitTask | string
}

/** Sign-ins of the first window that models without labels learn from. */
export function learnedFrom(table: LabTable, { from, hasLabels }: TrainOptions): readonly Seen[] {
  const all = seenBetween(table, table.windows[0], table.windows[1])
  return from === 'normal' ? all.filter((row) => isNormal(row, hasLabels)) : all
}

function isNormal({ label, isOrdinary }: TableRow | Action, hasLabels: boolean): boolean {
  return hasLabels ? label === 'benign' : isOrdinary
}

/** Those that fit a model, and as many others that say what is usual. */
export function halves(rows: readonly Seen[]): {
  readonly fitOn: readonly Float64Array[]
  readonly compareWith: readonly Float64Array[]
} {
  const half = (which: number) => rows.filter((_, i) => i % 2 === which).map(({ vector }) => vector)
  return { fitOn: half(0), compareWith: half(1) }
}

/** The actions that the model of sequences learns from. */
function actionsLearned(
  { actions, windows: [, until] }: LabTable,
  { from, hasLabels }: TrainOptions,
): readonly Action[] {
  return actions.filter(
    (one) => one.time < until && (from === 'everything' || isNormal(one, hasLabels)),
  )
}

function plan(table: LabTable, options: TrainOptions): readonly Planned[] {
  const { seed, hasLabels, verdicts } = options
  const [start, until] = table.windows
  const those = learnedFrom(table, options)
  const samples = halves(those)
  const actions = actionsLearned(table, options)
  const names = namesOf(actions)
  return [
    ...UNLABELLED.map((name) => ({
      name,
      samples: those.length,
      task: { name, seed, ...samples },
    })),
    {
      name: 'random_forest',
      samples: verdicts,
      task: hasLabels
        ? forestTask(seenBetween(table, start, until), verdicts, seed)
        : 'there are no labels to learn from: name a file with --labels',
    },
    {
      name: 'lstm',
      samples: actions.length,
      task:
        names.length < 5
          ? 'there are too few kinds of action to speak of a sequence'
          : { name: 'lstm', seed, sequences: sequencesOf(actions, names), names },
    },
  ]
}

/** Most fits at once. */
const MOST_AT_ONCE = 4

/** Fits models, each in a thread of its own; results in the order of the tasks. `progress` hears the share done of all, 0-1. */
export function fitAll(
  tasks: readonly FitTask[],
  progress: (share: number) => void = () => {},
): Promise<FitOutcome[]> {
  const shares = tasks.map(() => 0)
  const script = new URL('./fit-worker.ts', import.meta.url)
  return inThreads(script, tasks, MOST_AT_ONCE, (at, share) => {
    shares[at] = share
    progress(shares.reduce((sum, one) => sum + one, 0) / shares.length)
  })
}

/**
 * Fits every model on the first window of a table. Half of the sign-ins fit a model, the other half say what is usual. The same table
 * and seed give the same bytes.
 */
export async function trainAll(table: LabTable, options: TrainOptions): Promise<TrainedAll> {
  const planned = plan(table, options)
  // sequences take longest: they are begun first, so that no core waits for them at the end
  const tasks = planned.flatMap(({ task }) => (typeof task === 'string' ? [] : [task])).reverse()
  const begun = performance.now()
  const outcomes = await fitAll(tasks, options.progress)
  const whole = (performance.now() - begun) / 1000
  const models: Trained[] = []
  const left: (readonly [LabModel, string])[] = []
  let sequence: TrainedAll['sequence'] = null
  let curve: readonly LearningStep[] = []
  for (const { name, samples, task } of planned) {
    const outcome = typeof task === 'string' ? { why: task } : outcomes[tasks.indexOf(task)]
    if (outcome === undefined) continue
    if ('why' in outcome) {
      left.push([name, outcome.why])
      continue
    }
    const { seconds } = outcome
    if (name !== 'lstm') {
      const { bytes } = outcome
      models.push({ name, bytes, samples, seconds, member: decodeMember(bytes) })
      continue
    }
    sequence = decodeLstm(outcome.bytes)
    curve = outcome.curve
    const member = sequenceMemberOf(sequence, actionsLearned(table, options))
    models.push({ name, bytes: member.encode(), samples, seconds, member: null })
  }
  return { models, left, sequence, curve, seconds: whole }
}
