import type { ByteReader, ByteWriter } from '../bytes.ts'
import { createAdam } from './adam.ts'
import { seededRandom, shuffle } from './random.ts'
import { momentsOf, standardise } from './standardise.ts'

/**
 * A network that says each number of a sample again through a bottleneck: tanh on the way in, straight on the way out.
 * `weights` holds the way in (hidden x inputs), its offsets, the way out (inputs x hidden), its offsets. Samples are brought to
 * mean 0 and spread 1 first; what is unknown (NaN) counts as the mean, and is not asked to be said again.
 */
export interface Autoencoder {
  readonly inputs: number
  readonly hidden: number
  readonly mean: Float64Array
  readonly spread: Float64Array
  readonly weights: Float64Array
}

const HIDDEN = 8
const EPOCHS = 30
const BATCH = 32
const RATE = 0.003

const standard = new Float64Array(256)
const inner = new Float64Array(64)

/**
 * Fits by Adam on shuffled batches of 32, 30 times over all samples, least squares. The same samples, order and seed
 * give the same network.
 * @throws RangeError without samples, or for more than 256 numbers or 64 hidden units.
 */
export function fitAutoencoder(
  samples: readonly ArrayLike<number>[],
  seed: number,
  hidden = HIDDEN,
): Autoencoder {
  const inputs = samples[0]?.length ?? 0
  if (inputs === 0 || inputs > standard.length || hidden > inner.length) {
    throw new RangeError('an autoencoder needs samples of 1 to 256 numbers and at most 64 units')
  }
  const random = seededRandom(seed)
  const { mean, spread } = momentsOf(samples)
  const weights = new Float64Array(sizeOf(inputs, hidden))
  const start = Math.sqrt(3 / (inputs + hidden))
  for (let i = 0; i < weights.length; i++) weights[i] = start * (2 * random() - 1)
  const network = { inputs, hidden, mean, spread, weights }
  const order = Uint32Array.from(samples, (_, i) => i)
  const gradient = new Float64Array(weights.length)
  const descend = createAdam(weights, RATE)
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    shuffle(order, random)
    for (let from = 0; from < order.length; from += BATCH) {
      const to = Math.min(order.length, from + BATCH)
      gradient.fill(0)
      for (let n = from; n < to; n++) {
        addGradient(network, samples[order[n] as number] ?? [], gradient)
      }
      descend(gradient, to - from)
    }
  }
  return network
}

/**
 * How badly a sample is said again: the sum over its known numbers of the squared error, in spreads of each. Fills
 * `errors`, where given, with the part of each number; together they are the sum.
 */
export function reconstructionError(
  network: Autoencoder,
  sample: ArrayLike<number>,
  errors?: Float64Array,
): number {
  const { inputs, hidden, weights } = network
  forward(network, sample)
  const out = hidden * (inputs + 1)
  const offsets = out + inputs * hidden
  let sum = 0
  for (let i = 0; i < inputs; i++) {
    let said = weights[offsets + i] as number
    const row = out + i * hidden
    for (let h = 0; h < hidden; h++) said += (weights[row + h] as number) * (inner[h] as number)
    const value = sample[i] as number
    // what is unknown can be said neither well nor badly
    const off = Number.isNaN(value) ? 0 : said - (standard[i] as number)
    if (errors !== undefined) errors[i] = off * off
    sum += off * off
  }
  return sum
}

/** Half the sum of squared errors of one sample, and its gradient by weight added to `gradient`. */
export function addGradient(
  network: Autoencoder,
  sample: ArrayLike<number>,
  gradient: Float64Array,
): number {
  const { inputs, hidden, weights } = network
  forward(network, sample)
  const offsetsIn = hidden * inputs
  const out = hidden * (inputs + 1)
  const offsetsOut = out + inputs * hidden
  const back = new Float64Array(hidden)
  let loss = 0
  for (let i = 0; i < inputs; i++) {
    if (Number.isNaN(sample[i])) continue
    const row = out + i * hidden
    let off = (weights[offsetsOut + i] as number) - (standard[i] as number)
    for (let h = 0; h < hidden; h++) off += (weights[row + h] as number) * (inner[h] as number)
    loss += 0.5 * off * off
    gradient[offsetsOut + i] = (gradient[offsetsOut + i] as number) + off
    for (let h = 0; h < hidden; h++) {
      gradient[row + h] = (gradient[row + h] as number) + off * (inner[h] as number)
      back[h] = (back[h] as number) + off * (weights[row + h] as number)
    }
  }
  for (let h = 0; h < hidden; h++) {
    const slope = (back[h] as number) * (1 - (inner[h] as number) ** 2)
    gradient[offsetsIn + h] = (gradient[offsetsIn + h] as number) + slope
    const row = h * inputs
    for (let i = 0; i < inputs; i++) {
      gradient[row + i] = (gradient[row + i] as number) + slope * (standard[i] as number)
    }
  }
  return loss
}

/** Brings a sample to `standard` and its bottleneck to `inner`. */
function forward(
  { inputs, hidden, mean, spread, weights }: Autoencoder,
  sample: ArrayLike<number>,
): void {
  standardise(sample, { mean, spread }, standard)
  const offsets = hidden * inputs
  for (let h = 0; h < hidden; h++) {
    let sum = weights[offsets + h] as number
    const row = h * inputs
    for (let i = 0; i < inputs; i++) sum += (weights[row + i] as number) * (standard[i] as number)
    inner[h] = Math.tanh(sum)
  }
}

const sizeOf = (inputs: number, hidden: number) => 2 * inputs * hidden + inputs + hidden

/** Writes the network among other things; `readAutoencoder` reads it. */
export function writeAutoencoder(out: ByteWriter, network: Autoencoder): void {
  out.varint(network.inputs)
  out.varint(network.hidden)
  for (const numbers of [network.mean, network.spread, network.weights]) {
    for (const one of numbers) out.f64(one)
  }
}

/** Reads what `writeAutoencoder` wrote. @throws RangeError for sizes out of range and what is no number. */
export function readAutoencoder(input: ByteReader): Autoencoder {
  const inputs = input.varint()
  const hidden = input.varint()
  if (inputs > standard.length || hidden > inner.length) {
    throw new RangeError('an autoencoder is damaged: its sizes are out of range')
  }
  const numbers = (length: number) => Float64Array.from({ length }, () => input.f64())
  const mean = numbers(inputs)
  const spread = numbers(inputs)
  const weights = numbers(sizeOf(inputs, hidden))
  const isSound = [mean, spread, weights].every((some) => some.every(Number.isFinite))
  if (!isSound || !spread.every((one) => one > 0)) {
    throw new RangeError('an autoencoder is damaged: it holds what is no number')
  }
  return { inputs, hidden, mean, spread, weights }
}
