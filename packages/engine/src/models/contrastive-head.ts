import { ByteReader, ByteWriter } from '../bytes.ts'
import { joinPatterns, PATTERNS } from '../detectors/together.ts'
import { catalogue, indexOf } from '../features/catalogue.ts'
import { seededRandom } from './random.ts'
import { toTheEnd } from './steps.ts'

/** Terms of the catalogue that a rehearsal changes, by index: what a stranger brings along. */
export const REHEARSED: readonly number[] = [
  'country',
  'city',
  'asn',
  'prefix',
  'network_class',
  'os',
  'os_version',
  'browser',
  'browser_version',
  'device',
  'management',
  'app',
  'hour',
].map(indexOf)

/** Terms that the head weighs, by index of the catalogue: the rehearsed ones and their joint patterns. */
export const TERMS: readonly number[] = [...REHEARSED, ...PATTERNS]

/** One example: the points of `REHEARSED` before any weight, nats, and whether a stranger was put in the identity's place. */
export interface HeadSample {
  readonly points: ArrayLike<number>
  readonly isStranger: boolean
}

/** Weights of `TERMS`, none below 0, and the log odds where all of them are silent. */
export interface ContrastiveHead {
  readonly weights: Float64Array
  readonly bias: number
}

const MAGIC = 0xb4
const VERSION = 3
/** How strongly weights are held to the shipped ones, per sample: (weight difference)^2 times half of this. */
const RESTRAINT = 0.03
const EPOCHS = 60
const BATCH = 256
/** Batches between pauses: a third of a millisecond. */
const STRIDE = 6
const RATE = 0.05
/** Log odds of a stranger at the start, where all terms are silent. */
const START = -2

/** Points by index of the catalogue, of which only those of `TERMS` are ever other than 0. */
const raw = new Float64Array(catalogue.length)

/** The head of shipped weights. */
export function shippedHead(): ContrastiveHead {
  return { weights: Float64Array.from(TERMS, (i) => catalogue[i]?.weight ?? 0), bias: START }
}

/** Points of `TERMS` from those of `REHEARSED`: patterns are worked out, what is not a number is 0. */
function headVector(points: ArrayLike<number>): Float64Array {
  for (const [k, i] of REHEARSED.entries()) {
    const value = points[k] ?? 0
    raw[i] = Number.isNaN(value) ? 0 : value
  }
  joinPatterns(raw)
  const vector = new Float64Array(TERMS.length)
  for (let k = 0; k < vector.length; k++) vector[k] = raw[TERMS[k] ?? 0] ?? 0
  return vector
}

/** Log odds that a stranger shows such points rather than the identity itself, nats. More surprise never lowers it. */
export function scoreHead(head: ContrastiveHead, points: ArrayLike<number>): number {
  const vector = headVector(points)
  return vector.reduce((sum, value, k) => sum + value * (head.weights[k] ?? 0), head.bias)
}

/**
 * Mean logistic loss of samples [from, to) (strangers and others count as much in total, whatever their numbers) plus the
 * restraint to the shipped weights, and its gradient by weight, the bias last.
 */
export function headLoss(
  head: ContrastiveHead,
  samples: readonly HeadSample[],
): { readonly loss: number; readonly gradient: Float64Array } {
  const gradient = new Float64Array(TERMS.length + 1)
  const set = toTheEnd(prepare(samples))
  const order = Uint32Array.from(samples, (_, i) => i)
  const loss = addGradient(head.weights, head.bias, set, order, 0, order.length, gradient)
  return { loss, gradient }
}

/**
 * Fits the head: logistic regression of strangers against the identities themselves, by AdaGrad (Duchi et al. 2011) on
 * shuffled batches, each step projected onto weights >= 0. The same samples, order and seed give the same head; too few to
 * learn from (under 100 of either kind) give the shipped one.
 */
export function fitContrastiveHead(samples: readonly HeadSample[], seed: number): ContrastiveHead {
  return toTheEnd(fitInSteps(samples, seed))
}

/** The same fit, pausing every third of a millisecond or so, so that nothing has to wait for all of it. */
export function* fitInSteps(
  samples: readonly HeadSample[],
  seed: number,
): Generator<void, ContrastiveHead, void> {
  const strangers = samples.filter(({ isStranger }) => isStranger).length
  if (Math.min(strangers, samples.length - strangers) < 100) return shippedHead()
  const set = yield* prepare(samples)
  const { weights } = shippedHead()
  let bias = START
  const random = seededRandom(seed)
  const order = Uint32Array.from(samples, (_, i) => i)
  const gradient = new Float64Array(TERMS.length + 1)
  const squares = new Float64Array(TERMS.length + 1).fill(1e-8)
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    shuffle(order, random)
    for (let from = 0; from < order.length; from += BATCH) {
      gradient.fill(0)
      addGradient(weights, bias, set, order, from, Math.min(order.length, from + BATCH), gradient)
      for (let k = 0; k < gradient.length; k++) {
        const slope = gradient[k] ?? 0
        squares[k] = (squares[k] ?? 0) + slope * slope
        const step = (RATE * slope) / Math.sqrt(squares[k] ?? 1)
        if (k < TERMS.length) weights[k] = Math.max(0, (weights[k] ?? 0) - step)
        else bias -= step
      }
      if ((from / BATCH) % STRIDE === STRIDE - 1) yield
    }
    yield
  }
  return { weights, bias }
}

/** A head as bytes: magic, version, bias, weights, checksum. */
export function encodeContrastiveHead(head: ContrastiveHead): Uint8Array {
  const out = new ByteWriter()
  out.u8(MAGIC)
  out.u8(VERSION)
  out.varint(head.weights.length)
  out.f64(head.bias)
  for (const weight of head.weights) out.f64(weight)
  return out.finish()
}

/**
 * Reads a head's bytes.
 * @throws RangeError when they are damaged, of another version, for other terms, or hold a weight below 0.
 */
export function decodeContrastiveHead(bytes: Uint8Array): ContrastiveHead {
  const input = new ByteReader(bytes, 'a contrastive head')
  const magic = input.u8()
  const version = input.u8()
  const count = input.varint()
  if (magic !== MAGIC || version !== VERSION || count !== TERMS.length) {
    throw new RangeError(
      'these bytes are no contrastive head of this build; it must be fitted anew',
    )
  }
  const bias = input.f64()
  const weights = Float64Array.from({ length: count }, () => input.f64())
  input.finish()
  if (!Number.isFinite(bias) || !weights.every((one) => one >= 0 && one < 1e6)) {
    throw new RangeError('a contrastive head has a weight that is not a number from 0 up')
  }
  return { weights, bias }
}

interface Prepared {
  readonly vectors: readonly Float64Array[]
  readonly targets: Uint8Array
  /** What each sample counts: strangers together as much as all others together, 1 on average. */
  readonly counts: readonly [others: number, strangers: number]
}

function* prepare(samples: readonly HeadSample[]): Generator<void, Prepared, void> {
  const targets = Uint8Array.from(samples, ({ isStranger }) => (isStranger ? 1 : 0))
  const strangers = targets.reduce((sum, one) => sum + one, 0)
  const half = samples.length / 2
  const vectors: Float64Array[] = []
  for (const { points } of samples) {
    vectors.push(headVector(points))
    if (vectors.length % BATCH === 0) yield
  }
  const counts = [half / Math.max(1, samples.length - strangers), half / Math.max(1, strangers)]
  return { vectors, targets, counts: [counts[0] ?? 1, counts[1] ?? 1] }
}

function addGradient(
  weights: Float64Array,
  bias: number,
  { vectors, targets, counts }: Prepared,
  order: Uint32Array,
  from: number,
  to: number,
  gradient: Float64Array,
): number {
  const size = Math.max(1, to - from)
  let loss = 0
  for (let n = from; n < to; n++) {
    const at = order[n] ?? 0
    const vector = vectors[at]
    if (vector === undefined) continue
    let z = bias
    for (let k = 0; k < vector.length; k++) z += (weights[k] ?? 0) * (vector[k] ?? 0)
    const target = targets[at] ?? 0
    const count = (counts[target === 1 ? 1 : 0] ?? 1) / size
    const towards = target === 1 ? -z : z
    loss += count * (Math.max(0, towards) + Math.log1p(Math.exp(-Math.abs(towards))))
    const slope = count * (1 / (1 + Math.exp(-z)) - target)
    for (let k = 0; k < vector.length; k++) {
      gradient[k] = (gradient[k] ?? 0) + slope * (vector[k] ?? 0)
    }
    gradient[vector.length] = (gradient[vector.length] ?? 0) + slope
  }
  for (const [k, i] of TERMS.entries()) {
    const away = (weights[k] ?? 0) - (catalogue[i]?.weight ?? 0)
    loss += 0.5 * RESTRAINT * away * away
    gradient[k] = (gradient[k] ?? 0) + RESTRAINT * away
  }
  return loss
}

function shuffle(order: Uint32Array, random: () => number): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const other = order[j] ?? 0
    order[j] = order[i] ?? 0
    order[i] = other
  }
}
