import {
  ACTION_CLASSES,
  beginSequence,
  fitTail,
  type Lstm,
  type Member,
  readToken,
  SEQUENCE,
  sequenceMember,
  sequenceTail,
  tailNats,
} from '@gatewatch/engine/lab'
import type { Action } from './table.ts'

/** Most names that have a token of their own; all others share one. */
const MOST_NAMES = 126
/** A name has to be seen so often. */
const FEWEST = 5
/** After so long without an action a sequence begins anew, ms. */
const PAUSE = 7_200_000
/** Actions in a row over which surprise is averaged. */
const RUN = 5
const DAY = 86_400_000

/** Names by token; 0 begins a sequence, 1 is any other name. */
export type Names = readonly string[]

/** The commonest names of some actions. */
export function namesOf(actions: readonly Action[]): Names {
  const counts = new Map<string, number>()
  for (const { name } of actions) counts.set(name, (counts.get(name) ?? 0) + 1)
  const common = [...counts]
    .filter(([, count]) => count >= FEWEST)
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, MOST_NAMES)
  return ['', 'other', ...common.map(([name]) => name)]
}

/** What each identity did from pause to pause, as tokens. */
export function sequencesOf(actions: readonly Action[], names: Names): Uint16Array[] {
  const token = tokens(names)
  const open = new Map<string, { last: number; tokens: number[] }>()
  const done: number[][] = []
  for (const { entity, time, name } of actions) {
    let one = open.get(entity)
    if (one === undefined || time - one.last > PAUSE) {
      one = { last: time, tokens: [] }
      open.set(entity, one)
      done.push(one.tokens)
    }
    one.last = time
    one.tokens.push(token(name))
  }
  return done.map((one) => Uint16Array.from(one))
}

/**
 * The model as a member of the ensemble, which reads the last eight actions by class; of names that share one the commonest counts.
 * What is usual is said by every fourth of some actions.
 */
export function sequenceMemberOf(
  { model: lstm, names }: { readonly model: Lstm; readonly names: Names },
  actions: readonly Action[],
): Member {
  const kindOf = new Map(actions.map(({ name, kind }) => [name, kind]))
  const tokenOf = new Uint8Array(ACTION_CLASSES).fill(1)
  for (const [token, name] of [...names.entries()].toReversed()) {
    const kind = kindOf.get(name)
    if (token > 1 && kind !== undefined) tokenOf[kind] = token
  }
  const usual: Uint8Array[] = []
  let n = 0
  for (const { action, kinds } of lastActions(actions)) {
    if (!action.isSignIn && n % 4 === 0) usual.push(kinds)
    n++
  }
  const model = { lstm, tokenOf }
  return sequenceMember(model, sequenceTail(model, usual))
}

/** Each action with the classes of the last eight of its identity, the newest last; 0 where there was none since a pause. */
export function* lastActions(
  actions: readonly Action[],
): Generator<{ readonly action: Action; readonly kinds: Uint8Array }> {
  const open = new Map<string, { last: number; kinds: Uint8Array }>()
  for (const action of actions) {
    const before = open.get(action.entity)
    const kinds = new Uint8Array(SEQUENCE)
    if (before !== undefined && action.time - before.last <= PAUSE)
      kinds.set(before.kinds.subarray(1))
    kinds[SEQUENCE - 1] = action.kind
    open.set(action.entity, { last: action.time, kinds })
    yield { action, kinds }
  }
}

/** What an identity did on a day, as the ensemble and a model of sequences see it. */
export interface ActivityDay {
  /** Of the first action, ms. */
  readonly time: number
  readonly entity: string
  /** Of the ensemble's strangest moment, nats. */
  score: number
  /** The strangest five actions in a row: mean surprise, nats. */
  surprise: number
  label: string
}

/** Days of identities with anything but sign-ins, each sequence read as it came, in order of time. */
export function daysOf(
  actions: readonly Action[],
  model: Lstm,
  names: Names,
): readonly ActivityDay[] {
  const token = tokens(names)
  const open = new Map<
    string,
    { last: number; state: ReturnType<typeof beginSequence>; run: number[] }
  >()
  const days = new Map<string, ActivityDay>()
  for (const { entity, time, name, label, score, isSignIn } of actions) {
    let one = open.get(entity)
    if (one === undefined || time - one.last > PAUSE) {
      one = { last: time, state: beginSequence(model), run: [] }
      open.set(entity, one)
    }
    one.last = time
    one.run.push(readToken(model, one.state, token(name)))
    if (one.run.length > RUN) one.run.shift()
    if (isSignIn) continue
    const surprise = one.run.reduce((sum, nats) => sum + nats, 0) / RUN
    const key = `${entity} ${Math.floor(time / DAY)}`
    const day = days.get(key)
    if (day === undefined) {
      days.set(key, { time, entity, score, surprise, label })
      continue
    }
    day.score = Math.max(day.score, score)
    day.surprise = Math.max(day.surprise, surprise)
    if (label !== 'benign') day.label = label
  }
  return [...days.values()]
}

/** -ln of the share of ordinary days that surprise as much, for days that the model was not fitted on. */
export function dayPoints(
  usual: readonly ActivityDay[],
): (day: Pick<ActivityDay, 'surprise'>) => number {
  const table = fitTail(usual.map(({ surprise }) => surprise))
  return ({ surprise }) => tailNats(table, surprise)
}

function tokens(names: Names): (name: string) => number {
  const known = new Map(names.map((name, token) => [name, token]))
  return (name) => known.get(name) ?? 1
}
