import { ByteReader, ByteWriter } from '../bytes.ts'
import type { OptionalMember } from '../lab/fit-member.ts'
import type { Population } from '../population/population.ts'
import { newest, readRehearsals, unpack, writeRehearsals } from '../population/rehearsals.ts'
import { readSamples, readSequences, writeSamples, writeSequences } from '../population/samples.ts'
import type { Models } from '../types.ts'
import {
  type ContrastiveHead,
  decodeContrastiveHead,
  encodeContrastiveHead,
  fitInSteps,
  type HeadSample,
  TERMS,
} from './contrastive-head.ts'
import { fitMembers, type Training } from './fit-members.ts'
import { decodeMember } from './members.ts'
import { defaultModels } from './shipped.ts'
import { toTheEnd } from './steps.ts'

const MAGIC = 0xb8
const VERSION = 1
/** Samples that are read at a time. */
const STEP = 256
/** Judged events after which members of the ensemble are fitted anew. */
const MEMBERS_AFTER = 5_000

/**
 * The models refitted on what a population keeps: pure, the same population, version and seed give the same models. `version`
 * is the caller's name for the result, `optional` names members switched on beside those that ship. Too little to learn from gives the shipped weights, and no members.
 */
export function refit(
  population: Population,
  version: number,
  seed = version,
  optional: readonly OptionalMember[] = [],
): Models {
  const { head } = toTheEnd(refitHeadInSteps(population, defaultModels, version, seed))
  return refitMembers(population, { ...defaultModels, head }, version, seed, optional)
}

/** Models with members fitted anew, those of `optional` too, and the head as it was. */
export function refitMembers(
  population: Population,
  models: Models,
  version: number,
  seed = version,
  optional: readonly OptionalMember[] = [],
): Models {
  const members = fitMembers(population, seed, optional)
  return { ...models, version, members, fitted: fittedOn(population) }
}

/** Is there anything new to fit members on: enough events since the last time, people's verdicts, or an erasure? */
export function membersAreDue(population: Population, { fitted }: Models): boolean {
  const now = fittedOn(population)
  return now.events >= fitted.events + MEMBERS_AFTER || now.settled > fitted.settled
}

/** What members fitted now would be fitted on. */
export function fittedOn({ events, samples, forgotten }: Population): Models['fitted'] {
  const verdicts = samples.judged.map((one) => one.settled)
  const settled = [...verdicts, ...forgotten.values()].reduce((a, b) => Math.max(a, b), 0)
  return { events, settled }
}

/**
 * Models with the head refitted, pausing every millisecond or so, so that judging goes on between. The population is read
 * at the first step.
 */
export function* refitHeadInSteps(
  population: Population,
  models: Models,
  version: number,
  seed: number,
): Generator<void, Models, void> {
  const samples: HeadSample[] = []
  for (const { own, strange } of newest(population.rehearsals)) {
    samples.push({ points: unpack(own), isStranger: false })
    if (strange.length > 0) samples.push({ points: unpack(strange), isStranger: true })
    if (samples.length % STEP < 2) yield
  }
  return { ...models, version, head: headOf(yield* fitInSteps(samples, seed)) }
}

/** What members are fitted on, as bytes for another thread. */
export function encodeTraining({ samples, rehearsals }: Training): Uint8Array {
  const out = new ByteWriter()
  writeRehearsals(out, newest(rehearsals))
  writeSamples(out, samples)
  writeSequences(out, samples)
  return out.finish()
}

/** Members as bytes, and which of those that were asked for is not among them, with the reason. */
export interface FittedMembers {
  readonly members: readonly Uint8Array[]
  readonly left: Readonly<Record<string, string>>
}

/**
 * Members fitted on the bytes of `encodeTraining`, those of `optional` too: `withMembers` takes them.
 * @throws RangeError for damaged bytes.
 */
export function fitEncoded(
  training: Uint8Array,
  seed: number,
  optional: readonly OptionalMember[],
): FittedMembers {
  const input = new ByteReader(training, 'samples to fit on')
  const rehearsals = readRehearsals(input)
  const samples = readSequences(input, readSamples(input))
  input.finish()
  const left: Record<string, string> = {}
  const members = fitMembers({ samples, rehearsals }, seed, optional, (name, why) => {
    left[name] = why
  })
  return { members: members.map((member) => member.encode()), left }
}

/** Models with members from their bytes. @throws RangeError for bytes of another build. */
export function withMembers(
  models: Models,
  members: readonly Uint8Array[],
  version: number,
  fitted: Models['fitted'],
): Models {
  return { ...models, version, members: members.map(decodeMember), fitted }
}

/** What was fitted, as bytes; the version is kept beside them. */
export function encodeModels(models: Models): Uint8Array {
  const weights = Float64Array.from(TERMS, (i) => models.head[i] ?? 0)
  const out = new ByteWriter()
  out.u8(MAGIC)
  out.u8(VERSION)
  out.varint(models.fitted.events)
  out.varint(models.fitted.settled)
  const blocks = [
    encodeContrastiveHead({ weights, bias: 0 }),
    ...models.members.map((member) => member.encode()),
  ]
  out.varint(blocks.length)
  for (const block of blocks) {
    out.varint(block.length)
    out.bytes(block)
  }
  return out.finish()
}

/**
 * Models from the bytes of `encodeModels`, under their version.
 * @throws RangeError when the bytes are damaged or of another build.
 */
export function decodeModels(bytes: Uint8Array, version: number): Models {
  const input = new ByteReader(bytes, 'fitted models')
  if (input.u8() !== MAGIC || input.u8() !== VERSION) {
    throw new RangeError('these bytes are no models of this build; they must be fitted anew')
  }
  const fitted = { events: input.varint(), settled: input.varint() }
  const count = input.varint()
  const blocks: Uint8Array[] = []
  for (let n = 0; n < count; n++) blocks.push(input.bytes(input.varint()))
  input.finish()
  const [head = new Uint8Array(), ...members] = blocks
  const decoded = members.map(decodeMember)
  return {
    version,
    head: headOf(decodeContrastiveHead(head)),
    members: decoded,
    followsActions: decoded.some(({ reads }) => reads === 'actions'),
    fitted,
  }
}

function headOf({ weights }: ContrastiveHead): Float64Array {
  const head = defaultModels.head.slice()
  for (const [k, i] of TERMS.entries()) head[i] = weights[k] ?? 0
  return head
}
