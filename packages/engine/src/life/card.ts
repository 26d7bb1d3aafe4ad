import type { ModelCard, Spread } from '@gatewatch/schema'
import { catalogue, REMEMBERED } from '../features/catalogue.ts'
import { VECTOR } from '../models/vector.ts'
import { BUCKETS, type Population } from '../population/population.ts'
import { newest } from '../population/rehearsals.ts'
import { newestSamples, type Sample, standing, unpackVector } from '../population/samples.ts'
import type { Models } from '../types.ts'
import { scoreSample } from './score-sample.ts'
import { spreadOf } from './spread.ts'
import { newestSample } from './stream.ts'

/** Most sign-ins that statistics are made of, the newest. */
const MOST = 1_024
/** Sign-ins that are scored between two pauses. */
const STEP = 16

/** The card of a version that has just been fitted on what a population keeps; `fitted` says what
 * its members are fitted on. Pauses every millisecond or so. */
export function* cardInSteps(
  population: Population,
  models: Models,
  head: ModelCard['head'],
  fitted: Models['fitted'],
): Generator<void, ModelCard, void> {
  const samples = newestSamples(population.samples)
  const vectors = vectorsOf(samples.ordinary)
  const first = (list: readonly Sample[]) => list[0]?.time ?? Number.POSITIVE_INFINITY
  const until = newestSample(population)
  const from = Math.min(until, first(samples.ordinary), first(samples.uncommon))
  const statistics: Spread[] = []
  for (const [k, { name }] of VECTOR.entries()) {
    const values = vectors.map((one) => one[k] as number)
    statistics.push(spreadOf(name, values))
    yield
  }
  const scores: number[] = []
  for (const vector of vectors) {
    if (scores.push(scoreSample(models, vector)) % STEP === 0) yield
  }
  return {
    seed: models.version,
    fitted,
    window: { from: from * 1000, until: until * 1000 },
    samples: {
      ordinary: samples.ordinary.length,
      uncommon: samples.uncommon.length,
      judged: standing(samples.judged).length,
      rehearsals: newest(population.rehearsals).length,
    },
    members: models.members.map(({ term }) => catalogue[term]?.name ?? ''),
    head,
    features: VECTOR.map(({ name }) => name),
    statistics,
    score: scores.length === 0 ? null : spreadOf('score', scores),
    novelty: noveltyOf(population),
  }
}

/** The vectors of the newest of these sign-ins, as many as statistics are made of. */
export function vectorsOf(list: readonly Sample[]): readonly Float64Array[] {
  return list
    .filter(({ vector }) => vector.length === VECTOR.length)
    .slice(-MOST)
    .map(({ vector }) => unpackVector(vector))
}

/** Share of an organisation's values that were new to the identity, by feature, over the last weeks (half-life 32 days). */
export function noveltyOf({ novelty }: Population): Record<string, number> {
  const rates: Record<string, number> = {}
  for (let feature = 0; feature < REMEMBERED; feature++) {
    let [seen, fresh] = [0, 0]
    for (let cell = feature * BUCKETS; cell < (feature + 1) * BUCKETS; cell++) {
      seen += novelty[2 * cell] ?? 0
      fresh += novelty[2 * cell + 1] ?? 0
    }
    if (seen > 0) rates[catalogue[feature]?.name ?? ''] = Math.min(1, fresh / seen)
  }
  return rates
}
