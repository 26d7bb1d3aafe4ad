import { describe, expect, test } from 'vitest'
import { ByteReader, ByteWriter } from '../bytes.ts'
import { seededRandom } from '../models/random.ts'
import {
  beginSequence,
  createPasses,
  decodeLstm,
  emptyState,
  encodeLstm,
  fitLstm,
  lossOf,
  readLstm,
  readToken,
  surprisesOf,
} from './lstm.ts'

/**
 * Reber's grammar (Reber 1967), on which Hochreiter and Schmidhuber (1997, experiment 1) tried their network: states with two
 * ways out each, taken with even chances. Tokens: 1 B, 2 T, 3 P, 4 S, 5 X, 6 V, 7 E.
 */
const GRAMMAR: readonly (readonly (readonly [token: number, state: number])[])[] = [
  [[1, 1]],
  [
    [2, 2],
    [3, 3],
  ],
  [
    [4, 2],
    [5, 4],
  ],
  [
    [2, 3],
    [6, 5],
  ],
  [
    [5, 3],
    [4, 6],
  ],
  [
    [3, 4],
    [6, 6],
  ],
  [[7, 7]],
]

function reber(seed: number, count: number) {
  const random = seededRandom(seed)
  let nats = 0
  const sequences = Array.from({ length: count }, () => {
    const tokens: number[] = []
    for (let state = 0; state < GRAMMAR.length; ) {
      const ways = GRAMMAR[state] ?? []
      nats += Math.log(ways.length)
      const [token, next] = ways[Math.floor(random() * ways.length)] ?? [7, 7]
      tokens.push(token)
      state = next
    }
    return Uint16Array.from(tokens)
  })
  const total = sequences.reduce((sum, one) => sum + one.length, 0)
  return { sequences, entropy: nats / total }
}

describe('the sequence model', () => {
  test('follows the slopes that finite differences give', () => {
    const random = seededRandom(7)
    const shape = { tokens: 6, width: 3, hidden: 4 }
    const size = 6 * 3 + 4 * 4 * (3 + 4 + 1) + 6 * 5
    const weights = Float64Array.from({ length: size }, () => 2 * random() - 1)
    const piece = Uint16Array.of(3, 1, 5, 5, 2, 4, 1)
    const gradient = new Float64Array(size)
    const loss = createPasses({ ...shape, weights }, 8)(piece, gradient)
    expect(loss / piece.length).toBeCloseTo(lossOf({ ...shape, weights }, [piece]), 10)
    const step = 1e-5
    for (let i = 0; i < size; i++) {
      const at = (by: number) => {
        const moved = weights.slice()
        moved[i] = (moved[i] as number) + by
        return lossOf({ ...shape, weights: moved }, [piece]) * piece.length
      }
      expect(gradient[i]).toBeCloseTo((at(step) - at(-step)) / (2 * step), 5)
    }
  })

  test("learns Reber's grammar to its entropy, and tells strings that break it", () => {
    const { sequences } = reber(1, 1500)
    const { model, curve } = fitLstm(sequences, 8, 1, { epochs: 8, rate: 0.01 })
    const unseen = reber(2, 500)
    const loss = lossOf(model, unseen.sequences)
    // nobody can do better than the grammar's own entropy, about 0.39 nats a token
    expect(loss).toBeGreaterThan(unseen.entropy - 0.001)
    expect(loss).toBeLessThan(unseen.entropy + 0.02)
    expect(curve.at(-1)?.held).toBeLessThan(curve[0]?.held ?? 0)
    const strangest = (sequence: Uint16Array) => {
      const state = beginSequence(model)
      return Math.max(...Array.from(sequence, (token) => readToken(model, state, token)))
    }
    const random = seededRandom(3)
    const broken = unseen.sequences.map((one) => {
      const other = one.slice()
      const at = 1 + Math.floor(random() * (one.length - 2))
      // E stands at the end alone
      other[at] = 7
      return other
    })
    expect(Math.max(...unseen.sequences.map(strangest))).toBeLessThan(
      Math.min(...broken.map(strangest)),
    )
  }, 120_000)

  test('the same sequences and seed give the same bytes, which read back as the same network', () => {
    const { sequences } = reber(4, 60)
    const names = ['', 'B', 'T', 'P', 'S', 'X', 'V', 'E']
    const fit = () => fitLstm(sequences, 8, 5, { epochs: 1 }).model
    const bytes = encodeLstm(fit(), names)
    expect(encodeLstm(fit(), names)).toEqual(bytes)
    const read = decodeLstm(bytes)
    expect(read.names).toEqual(names)
    expect(lossOf(read.model, sequences)).toBe(lossOf(fit(), sequences))
    for (let cut = 0; cut < bytes.length; cut += 97)
      expect(() => decodeLstm(bytes.subarray(0, cut))).toThrow(RangeError)
    const other = bytes.slice()
    other[0] = 1
    expect(() => decodeLstm(other)).toThrow(RangeError)
    const large = new ByteWriter()
    for (const size of [9_000, 4, 4]) large.varint(size)
    expect(() => readLstm(new ByteReader(large.finish(), 'a network'))).toThrow('out of range')
  })

  test('read in one go from the beginning, tokens are as strange as read one by one', () => {
    const { sequences } = reber(6, 40)
    const model = fitLstm(sequences, 8, 5, { epochs: 1 }).model
    const [tokens = new Uint16Array()] = sequences
    const state = beginSequence(model)
    const one = Array.from(tokens, (token) => readToken(model, state, token))
    const out = new Float64Array(tokens.length)
    surprisesOf(model, emptyState(model), Uint8Array.from(tokens), tokens.length, 2, out)
    expect([...out].slice(2)).toEqual(one.slice(2))
  })

  test('says what it cannot be fitted on', () => {
    expect(() => fitLstm([], 8, 1)).toThrow('at least one sequence')
    expect(() => fitLstm([Uint16Array.of(8)], 8, 1)).toThrow('from 1 to 7')
  })
})
