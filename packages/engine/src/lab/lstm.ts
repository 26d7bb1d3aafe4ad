import { ByteReader, ByteWriter } from '../bytes.ts'
import { createAdam } from '../models/adam.ts'
import { seededRandom, shuffle } from '../models/random.ts'

/**
 * A network that says what comes next in a sequence of tokens: embedding, one LSTM layer (Hochreiter, Schmidhuber 1997, with the
 * forget gate of Gers et al. 2000), softmax. `weights` holds the embedding (tokens x width), for each of 4 gates (input, forget,
 * candidate, output) and each hidden unit its weights of the embedding, of the hidden units and its offset, then the way out
 * (tokens x hidden) and its offsets. Token 0 begins every sequence and is never said.
 */
export interface Lstm {
  readonly tokens: number
  readonly width: number
  readonly hidden: number
  readonly weights: Float64Array
}

/** How a network is fitted: sizes, rounds over all sequences, tokens looked back at most, the pace of Adam. */
export interface LstmShape {
  readonly width?: number
  readonly hidden?: number
  readonly epochs?: number
  readonly span?: number
  readonly rate?: number
}

/** Loss after each round over the sequences, nats a token: of those fitted on, and of the tenth held back. */
export interface LearningStep {
  readonly fitted: number
  readonly held: number
}

const MOST_TOKENS = 4096
const MOST_UNITS = 128
const BATCH = 16
const MAGIC = 0xbe
const VERSION = 1

/** What was read of a sequence so far. */
export interface LstmState {
  readonly hidden: Float64Array
  readonly cell: Float64Array
  /** Log probabilities of what comes next. */
  readonly next: Float64Array
}

/**
 * Fits by truncated back-propagation through time and Adam: sequences in pieces of at most 32 tokens, shuffled, in batches of 16,
 * the gradient of a token kept within length 1. Every tenth sequence is held back for the learning curve. The same sequences,
 * order and seed give the same network. `progress` hears the share done, 0-1.
 * @throws RangeError without sequences, for tokens out of range, or sizes beyond 4,096 tokens and 128 units.
 */
export function fitLstm(
  sequences: readonly Uint16Array[],
  tokens: number,
  seed: number,
  shape: LstmShape = {},
  progress: (share: number) => void = () => {},
): { readonly model: Lstm; readonly curve: readonly LearningStep[] } {
  const { width = 12, hidden = 24, epochs = 3, span = 32, rate = 0.005 } = shape
  if (tokens > MOST_TOKENS || width > MOST_UNITS || hidden > MOST_UNITS)
    throw new RangeError('a network has at most 4,096 tokens and 128 units')
  if (!sequences.every((one) => one.every((token) => token > 0 && token < tokens)))
    throw new RangeError(`every token must be from 1 to ${tokens - 1}`)
  const pieces = sequences.map((one) => piecesOf(one, span))
  const held = pieces.filter((_, i) => i % 10 === 9).flat()
  const fitOn = pieces.filter((_, i) => i % 10 !== 9).flat()
  if (fitOn.length === 0) throw new RangeError('a network needs at least one sequence of tokens')
  const random = seededRandom(seed)
  const weights = new Float64Array(sizeOf(tokens, width, hidden))
  const start = 1 / Math.sqrt(hidden)
  for (let i = 0; i < weights.length; i++) weights[i] = start * (2 * random() - 1)
  const model = { tokens, width, hidden, weights }
  const order = Uint32Array.from(fitOn, (_, i) => i)
  const gradient = new Float64Array(weights.length)
  const descend = createAdam(weights, rate)
  const passes = createPasses(model, span)
  const curve: LearningStep[] = []
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(order, random)
    let loss = 0
    let said = 0
    for (let from = 0; from < order.length; from += BATCH) {
      gradient.fill(0)
      let count = 0
      for (const at of order.subarray(from, from + BATCH)) {
        const piece = fitOn[at] ?? new Uint16Array()
        loss += passes(piece, gradient)
        count += piece.length
      }
      said += count
      shorten(gradient, count)
      descend(gradient, count)
      if ((from / BATCH) % 64 === 0) progress((epoch + from / order.length) / epochs)
    }
    curve.push({ fitted: loss / said, held: lossOf(model, held) })
  }
  progress(1)
  return { model: { tokens, width, hidden, weights: weights.map(Math.fround) }, curve }
}

/** Mean -ln of the probability that each token of sequences had, nats; NaN for none. Every sequence begins anew. */
export function lossOf(model: Lstm, sequences: readonly Uint16Array[]): number {
  let loss = 0
  let count = 0
  for (const sequence of sequences) {
    const state = beginSequence(model)
    for (const token of sequence) loss += readToken(model, state, token)
    count += sequence.length
  }
  return loss / count
}

/** The state before the first token. */
export function beginSequence(model: Lstm): LstmState {
  const state = emptyState(model)
  advance(model, state, 0)
  return state
}

/** Room for the state of a network. */
export function emptyState(model: Lstm): LstmState {
  return {
    hidden: new Float64Array(model.hidden),
    cell: new Float64Array(model.hidden),
    next: new Float64Array(model.tokens),
  }
}

/**
 * Reads the first `count` tokens from the beginning and fills `out` with how strange each is from place `from` on, nats. Allocates
 * nothing; `state` is overwritten.
 */
export function surprisesOf(
  model: Lstm,
  state: LstmState,
  tokens: Uint8Array,
  count: number,
  from: number,
  out: Float64Array,
): void {
  const { hidden, cell, next } = state
  hidden.fill(0)
  cell.fill(0)
  for (let t = 0; t < count; t++) {
    step(model, hidden, cell, t === 0 ? 0 : (tokens[t - 1] as number))
    if (t < from) continue
    logProbabilities(model, hidden, next)
    out[t] = -(next[tokens[t] as number] as number)
  }
}

/** Reads one more token, from 1 on: how strange it is here, -ln of its probability, nats. */
export function readToken(model: Lstm, state: LstmState, token: number): number {
  const surprise = -(state.next[token] as number)
  advance(model, state, token)
  return surprise
}

const gates = new Float64Array(4 * MOST_UNITS)

function advance(model: Lstm, { hidden, cell, next }: LstmState, token: number): void {
  step(model, hidden, cell, token)
  logProbabilities(model, hidden, next)
}

function step(model: Lstm, hidden: Float64Array, cell: Float64Array, token: number): void {
  readGates(model, token, hidden, gates)
  const units = model.hidden
  for (let h = 0; h < units; h++) {
    const c =
      (gates[units + h] as number) * (cell[h] as number) +
      (gates[h] as number) * (gates[2 * units + h] as number)
    cell[h] = c
    hidden[h] = (gates[3 * units + h] as number) * Math.tanh(c)
  }
}

/** Fills `out` with the 4 gates of each unit. */
function readGates(
  { tokens, width, hidden: units, weights }: Lstm,
  token: number,
  before: Float64Array,
  out: Float64Array,
): void {
  const embedded = token * width
  const row = width + units + 1
  for (let k = 0; k < 4 * units; k++) {
    const at = tokens * width + k * row
    let sum = weights[at + width + units] as number
    for (let i = 0; i < width; i++)
      sum += (weights[at + i] as number) * (weights[embedded + i] as number)
    for (let i = 0; i < units; i++)
      sum += (weights[at + width + i] as number) * (before[i] as number)
    const isCandidate = k >= 2 * units && k < 3 * units
    out[k] = isCandidate ? Math.tanh(sum) : 1 / (1 + Math.exp(-sum))
  }
}

/** Log softmax over the tokens from 1 on; token 0 is never said. */
function logProbabilities(
  { tokens, width, hidden: units, weights }: Lstm,
  hidden: Float64Array,
  out: Float64Array,
): void {
  const from = tokens * width + 4 * units * (width + units + 1)
  const offsets = from + tokens * units
  let most = Number.NEGATIVE_INFINITY
  for (let token = 1; token < tokens; token++) {
    let sum = weights[offsets + token] as number
    const row = from + token * units
    for (let h = 0; h < units; h++) sum += (weights[row + h] as number) * (hidden[h] as number)
    out[token] = sum
    if (sum > most) most = sum
  }
  let total = 0
  for (let token = 1; token < tokens; token++) total += Math.exp((out[token] as number) - most)
  const shift = most + Math.log(total)
  for (let token = 1; token < tokens; token++) out[token] = (out[token] as number) - shift
  out[0] = Number.NEGATIVE_INFINITY
}

/**
 * Gives a function that adds the gradient, by weight, of the summed -ln probabilities of a piece's tokens, and gives that sum.
 * A piece has at most `span` tokens.
 */
export function createPasses(
  model: Lstm,
  span: number,
): (piece: Uint16Array, gradient: Float64Array) => number {
  const { tokens, width, hidden: units, weights } = model
  const row = width + units + 1
  const recurrent = tokens * width
  const outward = recurrent + 4 * units * row
  const offsets = outward + tokens * units
  const kept = (size: number) => Array.from({ length: span + 1 }, () => new Float64Array(size))
  const hiddens = kept(units)
  const cells = kept(units)
  const opened = kept(4 * units)
  const said = kept(tokens)
  const none = new Float64Array(units)
  const backHidden = new Float64Array(units)
  const backCell = new Float64Array(units)
  const backGates = new Float64Array(4 * units)
  return (piece, gradient) => {
    let loss = 0
    for (let t = 0; t < piece.length; t++) {
      const [h, c, g, p] = [hiddens[t], cells[t], opened[t], said[t]] as Float64Array[]
      if (h === undefined || c === undefined || g === undefined || p === undefined)
        throw new RangeError(`a piece has at most ${span} tokens`)
      const before = t === 0 ? none : (hiddens[t - 1] as Float64Array)
      const cell = t === 0 ? none : (cells[t - 1] as Float64Array)
      readGates(model, t === 0 ? 0 : (piece[t - 1] as number), before, g)
      for (let k = 0; k < units; k++) {
        c[k] =
          (g[units + k] as number) * (cell[k] as number) +
          (g[k] as number) * (g[2 * units + k] as number)
        h[k] = (g[3 * units + k] as number) * Math.tanh(c[k] as number)
      }
      logProbabilities(model, h, p)
      loss -= p[piece[t] as number] as number
    }
    backHidden.fill(0)
    backCell.fill(0)
    for (let t = piece.length - 1; t >= 0; t--) {
      const h = hiddens[t] as Float64Array
      const c = cells[t] as Float64Array
      const g = opened[t] as Float64Array
      const p = said[t] as Float64Array
      const before = t === 0 ? none : (hiddens[t - 1] as Float64Array)
      const cell = t === 0 ? none : (cells[t - 1] as Float64Array)
      for (let token = 1; token < tokens; token++) {
        const off = Math.exp(p[token] as number) - (token === piece[t] ? 1 : 0)
        const at = outward + token * units
        gradient[offsets + token] = (gradient[offsets + token] as number) + off
        for (let k = 0; k < units; k++) {
          gradient[at + k] = (gradient[at + k] as number) + off * (h[k] as number)
          backHidden[k] = (backHidden[k] as number) + off * (weights[at + k] as number)
        }
      }
      for (let k = 0; k < units; k++) {
        const [i, f, n, o] = [g[k], g[units + k], g[2 * units + k], g[3 * units + k]] as [
          number,
          number,
          number,
          number,
        ]
        const bent = Math.tanh(c[k] as number)
        const toCell = (backCell[k] as number) + (backHidden[k] as number) * o * (1 - bent * bent)
        backGates[k] = toCell * n * i * (1 - i)
        backGates[units + k] = toCell * (cell[k] as number) * f * (1 - f)
        backGates[2 * units + k] = toCell * i * (1 - n * n)
        backGates[3 * units + k] = (backHidden[k] as number) * bent * o * (1 - o)
        backCell[k] = toCell * f
      }
      backHidden.fill(0)
      const embedded = (t === 0 ? 0 : (piece[t - 1] as number)) * width
      for (let k = 0; k < 4 * units; k++) {
        const slope = backGates[k] as number
        const at = recurrent + k * row
        for (let i = 0; i < width; i++) {
          gradient[at + i] =
            (gradient[at + i] as number) + slope * (weights[embedded + i] as number)
          gradient[embedded + i] =
            (gradient[embedded + i] as number) + slope * (weights[at + i] as number)
        }
        for (let i = 0; i < units; i++) {
          gradient[at + width + i] =
            (gradient[at + width + i] as number) + slope * (before[i] as number)
          backHidden[i] = (backHidden[i] as number) + slope * (weights[at + width + i] as number)
        }
        gradient[at + width + units] = (gradient[at + width + units] as number) + slope
      }
    }
    return loss
  }
}

function piecesOf(sequence: Uint16Array, span: number): Uint16Array[] {
  const pieces: Uint16Array[] = []
  for (let from = 0; from < sequence.length; from += span)
    pieces.push(sequence.subarray(from, from + span))
  return pieces
}

/** Keeps a summed gradient within length 1 a token. */
function shorten(gradient: Float64Array, count: number): void {
  let squares = 0
  for (const one of gradient) squares += one * one
  const length = Math.sqrt(squares) / count
  if (length <= 1) return
  for (let i = 0; i < gradient.length; i++) gradient[i] = (gradient[i] as number) / length
}

const sizeOf = (tokens: number, width: number, hidden: number) =>
  tokens * width + 4 * hidden * (width + hidden + 1) + tokens * (hidden + 1)

/** Writes the network among other things; `readLstm` reads it. */
export function writeLstm(out: ByteWriter, { tokens, width, hidden, weights }: Lstm): void {
  out.varint(tokens)
  out.varint(width)
  out.varint(hidden)
  for (const one of weights) out.f32(one)
}

/** Reads what `writeLstm` wrote. @throws RangeError for sizes out of range and what is no number. */
export function readLstm(input: ByteReader): Lstm {
  const [tokens, width, hidden] = [input.varint(), input.varint(), input.varint()]
  const length = sizeOf(tokens, width, hidden)
  if (
    tokens > MOST_TOKENS ||
    width > MOST_UNITS ||
    hidden > MOST_UNITS ||
    length * 4 > input.left()
  )
    throw new RangeError('a sequence model is damaged: its sizes are out of range')
  const weights = Float64Array.from({ length }, () => input.f32())
  if (!weights.every(Number.isFinite))
    throw new RangeError('a sequence model is damaged: it holds what is no number')
  return { tokens, width, hidden, weights }
}

/** The network as bytes: magic, version, network, names, checksum. `names` says what each token is. */
export function encodeLstm(model: Lstm, names: readonly string[]): Uint8Array {
  const out = new ByteWriter()
  out.u8(MAGIC)
  out.u8(VERSION)
  writeLstm(out, model)
  for (const name of names) {
    out.varint(name.length)
    for (let i = 0; i < name.length; i++) out.varint(name.charCodeAt(i))
  }
  return out.finish()
}

/** Reads `encodeLstm`. @throws RangeError on other bytes, another version, damage or sizes out of range. */
export function decodeLstm(bytes: Uint8Array): {
  readonly model: Lstm
  readonly names: readonly string[]
} {
  const input = new ByteReader(bytes, 'a sequence model')
  if (input.u8() !== MAGIC || input.u8() !== VERSION)
    throw new RangeError('these bytes are no sequence model of this build; it must be fitted anew')
  const model = readLstm(input)
  const names = Array.from({ length: model.tokens }, () => {
    let name = ''
    for (let left = input.varint(); left > 0; left--) name += String.fromCharCode(input.varint())
    return name
  })
  input.finish()
  return { model, names }
}
