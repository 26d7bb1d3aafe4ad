import type { ByteReader } from '../bytes.ts'

/** Reads how many places there are and their numbers. @throws RangeError where there are none, too many, or what is no number. */
export function readPlaces(input: ByteReader, dimensions: number): Float64Array {
  const count = input.varint()
  if (count === 0 || count * dimensions * 4 > input.left())
    throw new RangeError('a model is damaged: it is larger than its bytes')
  const places = Float64Array.from({ length: count * dimensions }, () => input.f32())
  if (!places.every(Number.isFinite))
    throw new RangeError('a model is damaged: it holds what is no number')
  return places
}
