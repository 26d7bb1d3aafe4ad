import type { ByteReader, ByteWriter } from '../bytes.ts'
import {
  type Moments,
  momentsOf,
  readMoments,
  standardise,
  writeMoments,
} from '../models/standardise.ts'

/** Directions in which samples vary most; what lies outside of them is what they do not explain. */
export interface Pca {
  readonly moments: Moments
  /** Variance along every direction, the largest first, in spreads squared. */
  readonly variances: Float64Array
  /** The kept directions, one after the other, each of length 1 and as long as a sample. */
  readonly components: Float64Array
}

/** Share of the variance that kept directions explain. */
const EXPLAINED = 0.9
const SWEEPS = 60

const row = new Float64Array(256)
const left = new Float64Array(256)

/**
 * Principal components of standardised samples, as many as explain nine tenths of the variance: eigenvectors of the covariance
 * (over n - 1) by Jacobi's rotations (Golub, Van Loan, 8.5). The largest part of each points up. Nothing is drawn by lot.
 * @throws RangeError for fewer than two samples or more than 256 numbers.
 */
export function fitPca(samples: readonly ArrayLike<number>[], explained = EXPLAINED): Pca {
  const dimensions = samples[0]?.length ?? 0
  if (samples.length < 2 || dimensions === 0 || dimensions > row.length)
    throw new RangeError('principal components need two samples of 1 to 256 numbers')
  const moments = momentsOf(samples)
  const { values, vectors } = eigen(covarianceOf(samples, moments), dimensions)
  const order = [...values.keys()].sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0))
  const variances = Float64Array.from(order, (k) => Math.max(0, values[k] ?? 0))
  const total = variances.reduce((sum, one) => sum + one, 0)
  let kept = 0
  for (let sum = 0; kept < dimensions && sum < explained * total; kept++)
    sum += variances[kept] ?? 0
  const components = new Float64Array(kept * dimensions)
  for (let c = 0; c < kept; c++) {
    const at = order[c] ?? 0
    let largest = 0
    for (let i = 0; i < dimensions; i++) {
      const value = vectors[i * dimensions + at] as number
      if (Math.abs(value) > Math.abs(largest)) largest = value
    }
    for (let i = 0; i < dimensions; i++)
      components[c * dimensions + i] = Math.sign(largest) * (vectors[i * dimensions + at] as number)
  }
  return { moments, variances, components }
}

/**
 * How much of a sample the kept directions do not explain: the squared length of what is left, in spreads (Jackson, Mudholkar
 * 1979). Fills `errors`, where given, with the part of each number; together they are the sum.
 */
export function pcaError(model: Pca, sample: ArrayLike<number>, errors?: Float64Array): number {
  const { moments, components } = model
  const dimensions = moments.mean.length
  standardise(sample, moments, row)
  for (let i = 0; i < dimensions; i++) left[i] = row[i] as number
  for (let from = 0; from < components.length; from += dimensions) {
    let along = 0
    for (let i = 0; i < dimensions; i++)
      along += (components[from + i] as number) * (row[i] as number)
    for (let i = 0; i < dimensions; i++)
      left[i] = (left[i] as number) - along * (components[from + i] as number)
  }
  let sum = 0
  for (let i = 0; i < dimensions; i++) {
    const part = (left[i] as number) ** 2
    if (errors !== undefined) errors[i] = part
    sum += part
  }
  return sum
}

/** Where a sample lies along the first two kept directions, for pictures; 0 for a direction that there is not. */
export function pcaPlace(
  { moments, components }: Pca,
  sample: ArrayLike<number>,
): [number, number] {
  const dimensions = moments.mean.length
  standardise(sample, moments, row)
  const along = (c: number) => {
    let sum = 0
    for (let i = 0; i < dimensions; i++)
      sum += (components[c * dimensions + i] ?? 0) * (row[i] as number)
    return sum
  }
  return [along(0), along(1)]
}

function covarianceOf(samples: readonly ArrayLike<number>[], moments: Moments): Float64Array {
  const dimensions = moments.mean.length
  const standard = new Float64Array(dimensions)
  // what is clipped or unknown moves the mean of what is standardised a little
  const middle = new Float64Array(dimensions)
  for (const sample of samples) {
    standardise(sample, moments, standard)
    for (let i = 0; i < dimensions; i++)
      middle[i] = (middle[i] as number) + (standard[i] as number) / samples.length
  }
  const matrix = new Float64Array(dimensions * dimensions)
  for (const sample of samples) {
    standardise(sample, moments, standard)
    for (let i = 0; i < dimensions; i++) {
      const one = (standard[i] as number) - (middle[i] as number)
      for (let j = 0; j <= i; j++) {
        const at = i * dimensions + j
        matrix[at] =
          (matrix[at] as number) + one * ((standard[j] as number) - (middle[j] as number))
      }
    }
  }
  for (let i = 0; i < dimensions; i++) {
    for (let j = 0; j <= i; j++) {
      const value = (matrix[i * dimensions + j] as number) / (samples.length - 1)
      matrix[i * dimensions + j] = value
      matrix[j * dimensions + i] = value
    }
  }
  return matrix
}

/** Eigenvalues and, in columns, eigenvectors of a symmetric matrix, which is used up. */
function eigen(a: Float64Array, n: number): { values: Float64Array; vectors: Float64Array } {
  const v = new Float64Array(n * n)
  for (let i = 0; i < n; i++) v[i * n + i] = 1
  const get = (m: Float64Array, i: number, j: number) => m[i * n + j] as number
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let off = 0
    for (let p = 0; p < n; p++) for (let q = 0; q < p; q++) off += get(a, p, q) ** 2
    if (off < 1e-22) break
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) {
        const between = get(a, p, q)
        if (between === 0) continue
        const theta = (get(a, q, q) - get(a, p, p)) / (2 * between)
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
        const c = 1 / Math.sqrt(t * t + 1)
        const s = t * c
        for (let k = 0; k < n; k++) turn(a, k * n + p, k * n + q, c, s)
        for (let k = 0; k < n; k++) turn(a, p * n + k, q * n + k, c, s)
        for (let k = 0; k < n; k++) turn(v, k * n + p, k * n + q, c, s)
      }
    }
  }
  return { values: Float64Array.from({ length: n }, (_, i) => get(a, i, i)), vectors: v }
}

function turn(m: Float64Array, p: number, q: number, c: number, s: number): void {
  const x = m[p] as number
  const y = m[q] as number
  m[p] = c * x - s * y
  m[q] = s * x + c * y
}

/** Writes the model among other things; `readPca` reads it. */
export function writePca(out: ByteWriter, { moments, variances, components }: Pca): void {
  writeMoments(out, moments)
  out.varint(components.length / moments.mean.length)
  for (const one of variances) out.f64(one)
  for (const one of components) out.f64(one)
}

/** Reads what `writePca` wrote. @throws RangeError for sizes out of range and what is no number. */
export function readPca(input: ByteReader): Pca {
  const moments = readMoments(input)
  const dimensions = moments.mean.length
  const kept = input.varint()
  if (kept > dimensions || dimensions > row.length)
    throw new RangeError('principal components are damaged: there are too many')
  const numbers = (length: number) => Float64Array.from({ length }, () => input.f64())
  const variances = numbers(dimensions)
  const components = numbers(kept * dimensions)
  if (!variances.every((one) => one >= 0) || !components.every(Number.isFinite))
    throw new RangeError('principal components are damaged: they hold what is no number')
  return { moments, variances, components }
}
