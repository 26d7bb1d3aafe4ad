import type { ByteReader, ByteWriter } from '../bytes.ts'

/** Mean and spread of each number of some samples, over those where it is known. */
export interface Moments {
  readonly mean: Float64Array
  readonly spread: Float64Array
}

/** Standardised numbers beyond this are no stranger, so that one wild number does not drown all others. */
const FURTHEST = 8
/** Numbers that hardly vary are measured by this at least. */
const NARROWEST = 0.25
/** Most numbers of a sample. */
const MOST = 256

/** Mean and standard deviation (over n, at least a quarter) of each number; 0 and 1 where it is never known (NaN). */
export function momentsOf(samples: readonly ArrayLike<number>[]): Moments {
  const inputs = samples[0]?.length ?? 0
  const mean = new Float64Array(inputs)
  const spread = new Float64Array(inputs)
  for (let i = 0; i < inputs; i++) {
    let count = 0
    let sum = 0
    let squares = 0
    for (const sample of samples) {
      const value = sample[i] as number
      if (Number.isNaN(value)) continue
      count++
      sum += value
      squares += value * value
    }
    mean[i] = count === 0 ? 0 : sum / count
    const variance = count === 0 ? 1 : squares / count - (mean[i] as number) ** 2
    spread[i] = Math.max(NARROWEST, Math.sqrt(Math.max(0, variance)))
  }
  return { mean, spread }
}

/** Fills `out` with a sample brought to mean 0 and spread 1, within 8 either way; what is unknown (NaN) is the mean. */
export function standardise(
  sample: ArrayLike<number>,
  { mean, spread }: Moments,
  out: Float64Array,
): void {
  for (let i = 0; i < mean.length; i++) {
    const value = ((sample[i] as number) - (mean[i] as number)) / (spread[i] as number)
    out[i] =
      value > FURTHEST ? FURTHEST : value < -FURTHEST ? -FURTHEST : Number.isNaN(value) ? 0 : value
  }
}

/** Writes moments among other things; `readMoments` reads them. */
export function writeMoments(out: ByteWriter, { mean, spread }: Moments): void {
  out.varint(mean.length)
  for (const one of mean) out.f64(one)
  for (const one of spread) out.f64(one)
}

/** Reads what `writeMoments` wrote. @throws RangeError for sizes out of range and what is no number. */
export function readMoments(input: ByteReader): Moments {
  const length = input.varint()
  if (length > MOST) throw new RangeError('moments are damaged: there are too many')
  const mean = Float64Array.from({ length }, () => input.f64())
  const spread = Float64Array.from({ length }, () => input.f64())
  if (!mean.every(Number.isFinite) || !spread.every((one) => one > 0 && one < Infinity))
    throw new RangeError('moments are damaged: they hold what is no number')
  return { mean, spread }
}
