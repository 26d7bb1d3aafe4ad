import { hash, type Random, weighted } from '../random.ts'
import type { Truth } from '../truth.ts'
import type { CallAct } from './acts.ts'
import type { Line } from './wires.ts'
import type { Stage, Workflow } from './workflow.ts'
import { WORKFLOWS, type WorkflowName } from './workflows.ts'

/** Who runs a workflow, from where and when. `reach`: how many resources of a kind they know; `scale`: their usual amounts. */
export interface Run {
  readonly workflow: WorkflowName
  readonly time: number
  readonly who: CallAct['who']
  readonly line: (time: number) => Line
  readonly agent: string
  readonly spell: number
  readonly reach: number
  readonly home: number
  readonly scale: number
  readonly truth: Truth
}

/** Which calls can have such an effect at all, and which always have it. */
const EFFECTS: Readonly<Record<string, RegExp>> = {
  grants_admin: /^(Attach(User|Role)Policy|CreatePolicyVersion|PutRolePolicy)$/,
  shares_outside: /^(ModifySnapshotAttribute|PutBucketPolicy)$/,
  creates_credential: /^(CreateAccessKey|CreateKeyPair)$/,
}

const READS_DATA = /^s3:(Get|Put)Object$/

/** Plays a workflow from its first state to an end, at most 400 calls. */
export function* play(run: Run, random: Random): Generator<CallAct> {
  const states: Workflow = WORKFLOWS[run.workflow]
  let { time } = run
  let name = 'begin'
  let calls = 0
  while (calls < 400) {
    const state = states[name]
    if (state === undefined) return
    const rounds = state.repeat === undefined ? 1 : 1 + random.poisson(state.repeat - 1)
    for (let round = 0; round < rounds; round++) {
      const number = run.home + Math.floor(run.reach * random.next() ** 2)
      for (const call of state.calls) {
        if (random.chance(0.12) && state.calls.length > 1) continue
        yield { ...shape(call, state, run, number, random), time, line: run.line(time) }
        calls++
        time += 300 + random.exponential(state.pause * 500)
      }
    }
    time += random.lognormal(state.pause * 1000, 0.7)
    const options = Object.entries(state.next)
    if (options.length === 0) return
    name = weighted(options, ([, weight]) => weight)(random)[0]
  }
}

function shape(
  call: string,
  state: Stage,
  { who, agent, spell, scale, truth }: Run,
  number: number,
  random: Random,
): Omit<CallAct, 'time' | 'line'> {
  const writes = call.startsWith('+')
  const [service = '', operation = ''] = call.slice(writes ? 1 : 0).split(':')
  const refused = random.chance(state.refused ?? 0.002)
  const { bytes, on } = state
  const fact = EFFECTS.creates_credential?.test(operation) ? 'creates_credential' : state.fact
  const holds = fact !== undefined && EFFECTS[fact]?.test(operation) === true
  return {
    kind: 'call',
    who,
    agent,
    service,
    operation,
    reads: !writes,
    refused,
    spell,
    truth,
    ...(on === undefined ? {} : { resource: `${on}-${number}` }),
    ...(bytes === undefined || refused || !READS_DATA.test(`${service}:${operation}`)
      ? {}
      : { bytes: [amount(bytes[0] * scale, random), amount(bytes[1] * scale, random)] as const }),
    ...(!holds || refused || !writes ? {} : { fact }),
  }
}

function amount(median: number, random: Random): number {
  return Math.round(random.lognormal(median, 0.9))
}

/** A resource number from which somebody's own begin. */
export function homeOf(seed: number): number {
  return hash(seed, 151) % 400
}
