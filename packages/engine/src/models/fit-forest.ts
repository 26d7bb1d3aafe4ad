import { fitRandomForestMember } from '../lab/fit-member.ts'
import { rank, rocAuc } from '../lab/metrics.ts'
import { type JudgedSample, unpackVector } from '../population/samples.ts'
import type { Member } from '../types.ts'
import { fitFeedback, targetsOf } from './fit-feedback.ts'
import { seededRandom } from './random.ts'

/** Verdicts of each kind that a forest needs, and of each kind among the newest ones, on which it is tried. */
const ENOUGH = 20
const ENOUGH_LATER = 5
/** Share of verdicts that the forest which is tried learns from: the earlier ones. */
const EARLIER = 0.75
/** What a nat of the forest may count for. */
const WEIGHTS = [0.1, 0.2, 0.4, 0.8]
/** Draws of identities for the interval, and where its lower end lies. */
const DRAWS = 400
const LOWER = 0.05

/** A judged sign-in that the forest has not learned from: what was said of it without the forest, and by it. */
interface Tried {
  readonly identity: number
  readonly target: number
  readonly before: number
  readonly said: number
}

/**
 * A random forest on people's verdicts, or why there is none. It must be of use before it is used: one that learned from the
 * earlier three quarters of the verdicts has to part the attacks from the rest among the newest quarter better, beside the
 * score and what boosted trees make of the same verdicts (area under the ROC curve, lower end of the 90 % interval from
 * drawing identities above 0). The weight at which it does best there is the weight of the one that learns from all.
 */
export function fitForest(
  judged: readonly JudgedSample[],
  ordinary: readonly Float64Array[],
  seed: number,
): Member | string {
  const attacks = attacksIn(judged)
  if (Math.min(attacks, judged.length - attacks) < ENOUGH) {
    return `it waits for ${ENOUGH} verdicts of each kind; ${attacks} compromised and ${judged.length - attacks} safe are kept`
  }
  const inTime = judged.toSorted((a, b) => a.settled - b.settled || a.time - b.time)
  const split = Math.floor(EARLIER * inTime.length)
  const [earlier, later] = [inTime.slice(0, split), inTime.slice(split)]
  const found = attacksIn(later)
  if (Math.min(found, later.length - found) < ENOUGH_LATER) {
    return `it waits for ${ENOUGH_LATER} verdicts of each kind among the newest quarter; ${found} compromised and ${later.length - found} safe are there`
  }
  const tried = tryOn(earlier, later, ordinary, seed)
  if (tried === null) return 'the earlier verdicts are of one kind'
  const gains = WEIGHTS.map((weight) => gainOf(tried, weight))
  const best = gains.indexOf(Math.max(...gains))
  const weight = WEIGHTS[best] ?? 0
  const low = lowerGain(tried, weight, seed)
  if (!(low > 0)) {
    return `it adds nothing that can be told from chance on the newest ${later.length} verdicts: ${signed(gains[best] ?? 0)} of the area under the ROC curve, lower end ${signed(low)}`
  }
  return (
    fitRandomForestMember(labelled(judged), ordinary, seed, undefined, weight) ??
    'there are too few verdicts'
  )
}

function tryOn(
  earlier: readonly JudgedSample[],
  later: readonly JudgedSample[],
  ordinary: readonly Float64Array[],
  seed: number,
): readonly Tried[] | null {
  const forest = fitRandomForestMember(labelled(earlier), ordinary, seed, undefined, 1)
  if (forest === null) return null
  const [feedback] = fitFeedback(earlier, ordinary)
  const targets = targetsOf(later)
  return later.map(({ identity, vector, score }, i) => {
    const own = unpackVector(vector)
    return {
      identity,
      target: targets[i] ?? 0,
      before: score + (feedback?.points(own) ?? 0),
      said: forest.points(own),
    }
  })
}

/** What the forest adds to the area under the ROC curve at a weight. */
function gainOf(tried: readonly Tried[], weight: number): number {
  const targets = tried.map(({ target }) => target)
  const area = (score: (one: Tried) => number) => rocAuc(rank(tried.map(score), targets))
  return area(({ before, said }) => before + weight * said) - area(({ before }) => before)
}

/** Lower end of the 90 % interval of that, from drawing identities. */
function lowerGain(tried: readonly Tried[], weight: number, seed: number): number {
  const groups = [...Map.groupBy(tried, ({ identity }) => identity).values()]
  const random = seededRandom(seed)
  const gains: number[] = []
  for (let draw = 0; draw < DRAWS; draw++) {
    const drawn = groups.flatMap(() => groups[Math.floor(random() * groups.length)] ?? [])
    const gain = gainOf(drawn, weight)
    // a draw of one kind has no curve
    if (!Number.isNaN(gain)) gains.push(gain)
  }
  return gains.sort((a, b) => a - b)[Math.floor(LOWER * gains.length)] ?? Number.NaN
}

function labelled(judged: readonly JudgedSample[]) {
  return {
    vectors: judged.map(({ vector }) => unpackVector(vector)),
    targets: targetsOf(judged),
  }
}

function attacksIn(judged: readonly JudgedSample[]): number {
  return targetsOf(judged).reduce((sum, one) => sum + one, 0)
}

const signed = (value: number) => `${value >= 0 ? '+' : ''}${value.toFixed(3)}`
