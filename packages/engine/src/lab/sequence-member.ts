import type { ByteReader } from '../bytes.ts'
import { ACTION_CLASSES, SEQUENCE } from '../features/action-class.ts'
import { indexOf } from '../features/catalogue.ts'
import { encoded, noMember } from '../models/envelope.ts'
import { fitTail, readTail, type TailTable, tailNats, writeTail } from '../models/tail-table.ts'
import type { Member } from '../types.ts'
import { emptyState, fitLstm, type Lstm, readLstm, surprisesOf, writeLstm } from './lstm.ts'

/** Its first byte, among members of the ensemble. */
export const SEQUENCE_MAGIC = 0xc5
/** Actions in a row over which surprise is averaged. */
const RUN = 5
/** Most classes that have a token of their own, and how often one has to be seen; all others share token 1. */
const MOST_TOKENS = 62
const FEWEST = 5
const OTHER = 1
/** Of what is kept every so manieth sequence is not learned from: it says what is usual. */
const HELD_BACK = 4
const SHAPE = { width: 8, hidden: 16 }

/** A model of sequences with the token of each class of actions (features/action-class.ts). */
export interface SequenceModel {
  readonly lstm: Lstm
  readonly tokenOf: Uint8Array
}

// buffers of one judgement: nothing is allocated for each action
const surprises = new Float64Array(SEQUENCE)
const tokens = new Uint8Array(SEQUENCE)
const read: Read = { count: 0, sum: 0 }

/** How many actions were read, and how strange the last of them are together, nats. */
interface Read {
  count: number
  sum: number
}

/** Mean surprise, nats, of the last five actions of at most eight; fills `surprises`. */
function surpriseOf(
  { lstm, tokenOf }: SequenceModel,
  state: State,
  actions: ArrayLike<number>,
): Read {
  let count = 0
  for (let i = 0; i < SEQUENCE; i++) {
    const one = (actions[i] as number) & 0xff
    if (one !== 0) tokens[count++] = tokenOf[one] as number
  }
  surprises.fill(0)
  surprisesOf(lstm, state, tokens, count, Math.max(0, count - RUN), surprises)
  let sum = 0
  for (let i = 0; i < count; i++) sum += surprises[i] as number
  read.count = count
  read.sum = sum
  return read
}

type State = ReturnType<typeof emptyState>

/** Such a model as a member: -ln of the share of ordinary actions that, with the four before, are as surprising. */
export function sequenceMember(model: SequenceModel, table: TailTable): Member {
  const state = emptyState(model.lstm)
  return {
    term: indexOf('lstm'),
    reads: 'actions',
    points: (actions) => tailNats(table, surpriseOf(model, state, actions).sum / RUN),
    explain(actions, shares) {
      const { count, sum } = surpriseOf(model, state, actions)
      const points = tailNats(table, sum / RUN)
      const scale = sum > 0 ? points / sum : 0
      shares.fill(0)
      // the newest action is the last of both
      for (let back = 1; back <= count; back++) {
        shares[SEQUENCE - back] = (surprises[count - back] as number) * scale
      }
      return scale === 0 ? points : 0
    },
    encode: () =>
      encoded(SEQUENCE_MAGIC, (out) => {
        writeTail(out, table)
        out.bytes(model.tokenOf)
        writeLstm(out, model.lstm)
      }),
  }
}

/** Reads the content of a sequence member. @throws RangeError for damage and tokens that the network does not know. */
export function readSequenceMember(input: ByteReader): Member {
  const table = readTail(input)
  const tokenOf = Uint8Array.from(input.bytes(ACTION_CLASSES))
  const lstm = readLstm(input)
  if (!tokenOf.every((token) => token > 0 && token < lstm.tokens)) throw noMember()
  return sequenceMember({ lstm, tokenOf }, table)
}

/** Tokens by class: the commonest classes of some sequences have their own. */
function tokensOf(sequences: readonly ArrayLike<number>[]): {
  readonly tokenOf: Uint8Array
  readonly count: number
} {
  const counts = new Float64Array(ACTION_CLASSES)
  for (const sequence of sequences) {
    for (let i = 0; i < sequence.length; i++) {
      const one = (sequence[i] as number) & 0xff
      counts[one] = (counts[one] as number) + 1
    }
  }
  const common = [...counts.keys()]
    .filter((one) => one > 0 && (counts[one] as number) >= FEWEST)
    .sort((a, b) => (counts[b] as number) - (counts[a] as number) || a - b)
    .slice(0, MOST_TOKENS)
  const tokenOf = new Uint8Array(ACTION_CLASSES).fill(OTHER)
  for (const [n, one] of common.entries()) tokenOf[one] = OTHER + 1 + n
  return { tokenOf, count: OTHER + 1 + common.length }
}

/** The -ln shares of ordinary sequences that a network was not fitted on: what its surprise is told by. */
export function sequenceTail(model: SequenceModel, usual: readonly ArrayLike<number>[]): TailTable {
  const state = emptyState(model.lstm)
  return fitTail(usual.map((actions) => surpriseOf(model, state, actions).sum / RUN))
}

/**
 * Fits a model on sequences of classes of actions (0 none, the newest last); what is usual is said by every fourth, which it was
 * not fitted on. The same sequences and seed give the same.
 * @throws RangeError for too few sequences.
 */
export function fitSequenceMember(
  sequences: readonly ArrayLike<number>[],
  seed: number,
  progress: (share: number) => void = () => {},
): Member {
  const isHeld = (n: number) => n % HELD_BACK === HELD_BACK - 1
  const learned = sequences.filter((_, n) => !isHeld(n))
  const { tokenOf, count } = tokensOf(learned)
  const tokensIn = (actions: ArrayLike<number>) =>
    Uint16Array.from(Array.from(actions, (one) => one & 0xff).filter((one) => one !== 0)).map(
      (one) => tokenOf[one] as number,
    )
  const { model: lstm } = fitLstm(learned.map(tokensIn), count, seed, SHAPE, progress)
  const model = { lstm, tokenOf }
  const usual = sequences.filter((_, n) => isHeld(n))
  return sequenceMember(model, sequenceTail(model, usual))
}
