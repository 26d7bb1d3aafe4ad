import type { Population } from '../population/population.ts'
import type { Models, Policy } from '../types.ts'
import { MOST_TIMES } from './gates.ts'
import { isKnown, linesAt, scoreSample } from './score-sample.ts'
import { recentStream } from './stream.ts'

const STEP = 16
/** Parts that what trees say is tried in, from all of it down to nothing. */
const PARTS = 20

/** A version, and which share (0-1) of what was fitted its trees on rehearsals say. */
export interface Softened {
  readonly models: Models
  readonly share: number
}

/**
 * Lets trees on rehearsals say as much as an organisation bears: the largest share of it at which the candidate puts no more of the sign-ins
 * after `since` (seconds; null for all that are kept) at the challenge line than the gate allows, or than the active version. Where few
 * people live, little tells strangers from what is uncommon, and the same trees would challenge too many of them
 * until the histogram had learned their scores. Pauses every millisecond or so.
 */
export function* softenInSteps(
  population: Population,
  active: Models,
  candidate: Models,
  policy: Policy,
  since: number | null,
): Generator<void, Softened, void> {
  const trees = candidate.members.find(({ soften }) => soften !== undefined)
  if (trees?.soften === undefined) return { models: candidate, share: 1 }
  const weight = candidate.head[trees.term] ?? 0
  const line = linesAt(population, policy.challengeAt)
  const stream = recentStream(population, since ?? Number.NEGATIVE_INFINITY)
  const signIns: { readonly without: number; readonly said: number; readonly counts: number }[] = []
  let [all, flagged] = [0, 0]
  for (const [n, { vector, weight: counts }] of stream.entries()) {
    const from = isKnown(vector) ? line.known : line.newcomers
    const said = weight * trees.points(vector)
    signIns.push({ without: scoreSample(candidate, vector) - said - from, said, counts })
    all += counts
    if (scoreSample(active, vector) >= from) flagged += counts
    if (n % STEP === 0) yield
  }
  const most = Math.max(flagged, MOST_TIMES * 10 ** (-policy.challengeAt / 25) * all)
  for (let part = PARTS; part > 0; part--) {
    const share = part / PARTS
    let sum = 0
    for (const { without, said, counts } of signIns) if (without + share * said >= 0) sum += counts
    if (sum > most) continue
    if (part === PARTS) return { models: candidate, share }
    return { models: withMember(candidate, trees.soften(share)), share }
  }
  return { models: withMember(candidate, null, trees.term), share: 0 }
}

/** The models with another member in place of the one of its term, or without it. */
function withMember(models: Models, member: Models['members'][number] | null, term = member?.term) {
  const members = models.members.flatMap((one) => (one.term === term ? (member ?? []) : one))
  return { ...models, members }
}
