import type { EnrichedEvent } from '@gatewatch/schema'
import { riskOf, tailProbability } from './combine/calibrate.ts'
import { createKnown, surprise } from './detectors/surprise.ts'
import { joinPatterns, PATTERNS } from './detectors/together.ts'
import { catalogue, PARENT, REMEMBERED } from './features/catalogue.ts'
import { replaceSurprises, VECTOR } from './models/vector.ts'
import type { Population } from './population/population.ts'
import { modalValue } from './profile/modal.ts'
import type { Profile } from './profile/profile.ts'
import type { Assessment, Models, Policy } from './types.ts'

const raw = new Float64Array(catalogue.length)
const vector = new Float64Array(VECTOR.length)
const values = new Uint32Array(REMEMBERED)
const known = createKnown()

/**
 * What would have made the event unremarkable: the one feature, else the pair among the six strongest, whose usual value
 * (for numbers: no surprise) brings the risk under the policy's alert. One sentence; undefined where nothing does.
 */
export function counterfactual(
  input: EnrichedEvent,
  assessment: Assessment,
  profile: Profile,
  population: Population,
  models: Models,
  policy: Policy,
): string | undefined {
  const strongest = [...assessment.points.keys()]
    .filter((i) => !isJoint(i) && (assessment.points[i] ?? 0) > 0)
    .sort((a, b) => (assessment.points[b] ?? 0) - (assessment.points[a] ?? 0) || a - b)
    .slice(0, 6)
  const sets = [
    ...strongest.map((a) => [a]),
    ...strongest.flatMap((a, i) => strongest.slice(i + 1).map((b) => [a, b])),
  ]
  let best: number[] | undefined
  let lowest = Math.min(100, policy.alertAt + assessment.alertShift)
  for (const set of sets) {
    // a pair is only asked for where no single feature is enough
    if (best !== undefined && set.length > best.length) break
    const risk = riskWithout(set, input, assessment, profile, population, models)
    if (risk < lowest) {
      lowest = risk
      best = set
    }
  }
  if (best === undefined) return undefined
  const names = best.map((i) => catalogue[i]?.label ?? '').join(' and ')
  return `With the usual ${names} the risk would be ${Math.round(lowest)} instead of ${Math.round(assessment.risk)}`
}

/** Patterns and members of the ensemble have no usual value of their own. */
function isJoint(i: number): boolean {
  return PATTERNS.includes(i) || catalogue[i]?.group === 'ensemble'
}

function riskWithout(
  set: readonly number[],
  input: EnrichedEvent,
  assessment: Assessment,
  profile: Profile,
  population: Population,
  models: Models,
): number {
  values.set(assessment.values)
  // the usual value brings what refines it along: another system's browser would be new by definition
  const replaced = new Set(set)
  for (let i = 0; i < REMEMBERED; i++) {
    if (catalogue[i]?.within && replaced.has(PARENT[i] ?? -1)) replaced.add(i)
    if (!replaced.has(i) || values[i] === 0) continue
    const usual = modalValue(profile, i)
    if (usual !== 0) values[i] = usual
  }
  surprise(input.event.time, values, profile, population, raw, known)
  for (let i = 0; i < raw.length; i++) {
    const value = i < REMEMBERED ? (raw[i] ?? 0) : (assessment.raw[i] ?? 0)
    raw[i] = set.includes(i) || Number.isNaN(value) ? 0 : value
  }
  joinPatterns(raw)
  vector.set(assessment.vector)
  replaceSurprises(vector, raw)
  for (const member of models.members) {
    // what was done before stays as it was
    if (member.reads === 'actions') continue
    if (assessment.raw[member.term] !== 0) raw[member.term] = member.points(vector)
  }
  let score = assessment.score
  for (let i = 0; i < raw.length; i++) {
    const weighed = (raw[i] ?? 0) * (models.head[i] ?? 0)
    score += (Number.isNaN(weighed) ? 0 : weighed) - (assessment.points[i] ?? 0)
  }
  return riskOf(tailProbability(population, assessment.histogram, score))
}
