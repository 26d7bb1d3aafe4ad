import {
  fitUnlabelled,
  type OptionalMember,
  UNLABELLED,
  type Unlabelled,
} from '../lab/fit-member.ts'
import { fitSequenceMember } from '../lab/sequence-member.ts'
import type { Population } from '../population/population.ts'
import { newestSamples, unpackVector } from '../population/samples.ts'
import type { Member } from '../types.ts'
import { fitFeedback, judgedOf } from './fit-feedback.ts'
import { fitForest } from './fit-forest.ts'
import { fitStrangers } from './fit-strangers.ts'
import { VECTOR } from './vector.ts'

/** Ordinary sign-ins from which on there is a forest and an autoencoder. */
const ENOUGH = 512
/** Kept actions, with those before them, from which on there is a model of sequences. */
const ENOUGH_ACTIONS = 1024
/** Of the models that learn what is usual, those that ship switched on. */
const SHIPPED: readonly Unlabelled[] = ['isolation_forest', 'autoencoder']

/** What members are fitted on. */
export type Training = Pick<Population, 'samples' | 'rehearsals'>

/**
 * Fits every member that there is enough to fit on; the same samples and seed give the same. Half of the ordinary samples
 * fit forest and autoencoder, the other half say what is usual (split conformal). `optional` names members that do not ship
 * switched on; `onLeft` hears which of them was left out, and why.
 */
export function fitMembers(
  training: Training,
  seed: number,
  optional: readonly OptionalMember[] = [],
  onLeft: (name: OptionalMember, why: string) => void = () => {},
): readonly Member[] {
  const samples = newestSamples(training.samples)
  const judged = judgedOf(samples)
  const ordinary = samples.ordinary
    .filter(({ vector }) => vector.length === VECTOR.length)
    .map(({ vector }) => unpackVector(vector))
  const sequences = samples.sequences.map(({ vector }) => vector)
  const members = [
    ...fitUsual(
      ordinary,
      seed,
      UNLABELLED.filter((name) => SHIPPED.includes(name) || optional.some((one) => one === name)),
    ),
    ...fitStrangers(training.rehearsals, samples.uncommon, ordinary),
    ...fitFeedback(judged, ordinary),
  ]
  for (const name of optional) {
    if (UNLABELLED.some((one) => one === name) && ordinary.length < ENOUGH)
      onLeft(name, `it waits for ${ENOUGH} ordinary sign-ins, ${ordinary.length} are kept`)
  }
  if (optional.includes('lstm')) {
    if (sequences.length < ENOUGH_ACTIONS)
      onLeft('lstm', `it waits for ${ENOUGH_ACTIONS} actions, ${sequences.length} are kept`)
    else members.push(fitSequenceMember(sequences, seed))
  }
  if (optional.includes('random_forest')) {
    const forest = fitForest(judged, ordinary, seed)
    if (typeof forest === 'string') onLeft('random_forest', forest)
    else members.push(forest)
  }
  return members
}

function fitUsual(
  ordinary: readonly Float64Array[],
  seed: number,
  names: readonly Unlabelled[],
): readonly Member[] {
  if (ordinary.length < ENOUGH) return []
  const half = (which: number) => ordinary.filter((_, i) => i % 2 === which)
  const [fitOn, compareWith] = [half(0), half(1)]
  return names.map((name) => fitUnlabelled(name, fitOn, compareWith, seed))
}
