import type { Population } from '../population/population.ts'
import { newest, unpack } from '../population/rehearsals.ts'
import type { Models } from '../types.ts'
import {
  type ContrastiveHead,
  decodeContrastiveHead,
  encodeContrastiveHead,
  fitInSteps,
  type HeadSample,
  TERMS,
  toTheEnd,
} from './contrastive-head.ts'
import { defaultModels } from './shipped.ts'

/** Samples that are read at a time. */
const STEP = 256

/**
 * The models refitted on what a population keeps: pure, the same population, version and seed give the same models. `version`
 * is the caller's name for the result. Too little to learn from gives the shipped weights.
 */
export function refit(population: Population, version: number, seed = version): Models {
  return toTheEnd(refitInSteps(population, version, seed))
}

/** The same refit, pausing every millisecond or so, so that judging goes on between. The population is read at the first step. */
export function* refitInSteps(
  population: Population,
  version: number,
  seed: number,
): Generator<void, Models, void> {
  const samples: HeadSample[] = []
  for (const { own, strange } of newest(population.rehearsals)) {
    samples.push({ points: unpack(own), isStranger: false })
    if (strange.length > 0) samples.push({ points: unpack(strange), isStranger: true })
    if (samples.length % STEP < 2) yield
  }
  return withHead(yield* fitInSteps(samples, seed), version)
}

/** What a refit learned, as bytes; the version is kept beside them. */
export function encodeModels(models: Models): Uint8Array {
  const weights = Float64Array.from(TERMS, (i) => models.head[i] ?? 0)
  return encodeContrastiveHead({ weights, bias: 0 })
}

/**
 * Models from the bytes of `encodeModels`, under their version.
 * @throws RangeError when the bytes are damaged or of another build.
 */
export function decodeModels(bytes: Uint8Array, version: number): Models {
  return withHead(decodeContrastiveHead(bytes), version)
}

function withHead({ weights }: ContrastiveHead, version: number): Models {
  const head = defaultModels.head.slice()
  for (const [k, i] of TERMS.entries()) head[i] = weights[k] ?? 0
  return { version, head, members: [] }
}
