import type { ByteReader, ByteWriter } from '../bytes.ts'

/** Samples of ordinary sign-ins, uncommon ones that were allowed, strange sign-ins that somebody may judge, and judged ones that a population keeps, the newest. */
export const MOST_SAMPLES = {
  ordinary: 3072,
  uncommon: 2048,
  strange: 2048,
  judged: 1024,
  sequences: 4096,
} as const
/** Numbers are kept in steps of a sixteenth, -7.9 to 7.9; the lowest byte is what is unknown. */
const STEP = 16
const UNKNOWN = -128

/** What people said of a sign-in: nothing that counts (any more), that it was right, or that it was an attack. */
export const LABEL = { none: 0, safe: 1, compromised: 2 } as const

/** A sign-in as members of the ensemble saw it: what they are fitted on. */
export interface Sample {
  /** Seconds since 1970. */
  readonly time: number
  /** Keyed hash of the identity, for erasure. */
  readonly identity: number
  readonly vector: Int8Array
}

/** A sign-in that was alerted or not allowed, and how strange it was: it may be judged by people. */
export interface StrangeSample extends Sample {
  /** Score, nats, without what feedback had taught by then. */
  readonly score: number
}

/** What people said of one, and when (seconds since 1970): of the same sign-in the latest counts. */
export interface JudgedSample extends StrangeSample {
  readonly label: number
  readonly settled: number
}

/** Everything that is kept to fit members of the ensemble, each list the oldest first. */
export interface Samples {
  readonly ordinary: Sample[]
  /** Those among the strangest of the ordinary: what fits must tell from strangers. */
  readonly uncommon: Sample[]
  readonly strange: StrangeSample[]
  readonly judged: JudgedSample[]
  /** Classes of actions in a row, the newest last, of which the last was ordinary; kept where the model of sequences is switched on. */
  readonly sequences: Sample[]
}

/** No samples. */
export function noSamples(): Samples {
  return { ordinary: [], uncommon: [], strange: [], judged: [], sequences: [] }
}

/** A vector in the steps that samples keep. */
export function packVector(vector: Float64Array): Int8Array {
  return Int8Array.from(vector, (one) =>
    Number.isNaN(one) ? UNKNOWN : Math.max(-127, Math.min(127, Math.round(one * STEP))),
  )
}

/** The numbers of a packed vector, within half a step; NaN where unknown. */
export function unpackVector(packed: Int8Array): Float64Array {
  return Float64Array.from(packed, (one) => (one === UNKNOWN ? Number.NaN : one / STEP))
}

/** Adds samples to kept ones, each at its place in their order; of each kind the newest stay. */
export function addSamples(kept: Samples, more: Samples): void {
  for (const one of more.ordinary) insert(kept.ordinary, one, MOST_SAMPLES.ordinary)
  for (const one of more.uncommon) insert(kept.uncommon, one, MOST_SAMPLES.uncommon)
  for (const one of more.strange) insert(kept.strange, one, MOST_SAMPLES.strange)
  for (const one of more.judged) insert(kept.judged, one, MOST_SAMPLES.judged)
  for (const one of more.sequences) insert(kept.sequences, one, MOST_SAMPLES.sequences)
}

/** Appends samples to others, whatever their order. */
export function joinSamples(into: Samples, from: Samples): void {
  into.ordinary.push(...from.ordinary)
  into.uncommon.push(...from.uncommon)
  into.strange.push(...from.strange)
  into.judged.push(...from.judged)
  into.sequences.push(...from.sequences)
}

/** Forgets every sample of an identity up to a time (seconds). */
export function dropSamples(kept: Samples, identity: number, until: number): void {
  for (const list of Object.values(kept) as Sample[][]) {
    const rest = list.filter((one) => one.identity !== identity || one.time > until)
    list.splice(0, list.length, ...rest)
  }
}

/** The strange sample of a sign-in, undefined where it is not kept (any more). `time` in seconds. */
export function findStrange(
  kept: Samples,
  identity: number,
  time: number,
): StrangeSample | undefined {
  return kept.strange.findLast((one) => one.identity === identity && one.time === time)
}

/** Judged samples as they stand: of each sign-in what was said last, and only where that counts. */
export function standing(judged: readonly JudgedSample[]): readonly JudgedSample[] {
  const last = new Map<string, JudgedSample>()
  for (const one of judged) {
    const key = `${one.identity} ${one.time}`
    if ((last.get(key)?.settled ?? -1) <= one.settled) last.set(key, one)
  }
  return [...last.values()].filter(({ label }) => label !== LABEL.none)
}

/** A total order that does not depend on who heard of what when: by time, then by content. */
function compare(a: Sample, b: Sample): number {
  if (a.time !== b.time) return a.time - b.time
  if (a.identity !== b.identity) return a.identity - b.identity
  const [settledA, settledB] = [settledOf(a), settledOf(b)]
  if (settledA !== settledB) return settledA - settledB
  for (let i = 0; i < a.vector.length; i++) {
    const difference = (a.vector[i] ?? 0) - (b.vector[i] ?? 0)
    if (difference !== 0) return difference
  }
  return labelOf(a) - labelOf(b)
}

const settledOf = (one: Sample | JudgedSample) => ('settled' in one ? one.settled : 0)
const labelOf = (one: Sample | JudgedSample) => ('label' in one ? one.label : 0)

function insert<T extends Sample>(kept: T[], one: T, most: number): void {
  let at = kept.length
  for (let before = kept[at - 1]; before !== undefined; before = kept[at - 1]) {
    if (compare(before, one) <= 0) break
    at--
  }
  kept.splice(at, 0, one)
  if (kept.length > most * 1.1) kept.splice(0, kept.length - most)
}

/** Of kept samples those that stay, the newest of each kind: what is written and fitted on. */
export function newestSamples(samples: Samples): Samples {
  const { ordinary, uncommon, strange, judged, sequences } = samples
  return {
    ordinary: ordinary.slice(-MOST_SAMPLES.ordinary),
    uncommon: uncommon.slice(-MOST_SAMPLES.uncommon),
    strange: strange.slice(-MOST_SAMPLES.strange),
    judged: judged.slice(-MOST_SAMPLES.judged),
    sequences: sequences.slice(-MOST_SAMPLES.sequences),
  }
}

/** Writes samples but for sequences in their own order, at most as many as are kept, about 35 bytes each. */
export function writeSamples(out: ByteWriter, samples: Samples): void {
  writeList(out, newest(samples.ordinary, MOST_SAMPLES.ordinary), () => {})
  writeList(out, newest(samples.uncommon, MOST_SAMPLES.uncommon), () => {})
  const score = (one: StrangeSample) => out.f32(one.score)
  writeList(out, newest(samples.strange, MOST_SAMPLES.strange), score)
  writeList(out, newest(samples.judged, MOST_SAMPLES.judged), (one) => {
    score(one)
    out.u8(one.label)
    out.varint(one.settled)
  })
}

/** Writes sequences in their own order, at most as many as are kept, about 20 bytes each. */
export function writeSequences(out: ByteWriter, { sequences }: Samples): void {
  writeList(out, newest(sequences, MOST_SAMPLES.sequences), () => {})
}

function newest<T extends Sample>(list: readonly T[], most: number): readonly T[] {
  return list.toSorted(compare).slice(-most)
}

function writeList<T extends Sample>(
  out: ByteWriter,
  list: readonly T[],
  rest: (one: T) => void,
): void {
  out.varint(list.length)
  for (const one of list) {
    out.varint(one.time)
    out.u32(one.identity)
    out.varint(one.vector.length)
    out.bytes(new Uint8Array(one.vector.buffer, one.vector.byteOffset, one.vector.length))
    rest(one)
  }
}

/**
 * Reads what `writeSamples` wrote; the `old` layout has no uncommon ones.
 * @throws RangeError when it is cut or holds a label that this build does not know.
 */
export function readSamples(input: ByteReader, layout: 'new' | 'old' = 'new'): Samples {
  const ordinary = readList(input, (one) => one)
  const uncommon = layout === 'old' ? [] : readList(input, (one) => one)
  const strange = readList(input, (one) => ({ ...one, score: input.f32() }))
  const judged = readList(input, (one) => {
    const score = input.f32()
    const label = input.u8()
    if (label > LABEL.compromised) throw new RangeError(`a sample has unknown label ${label}`)
    return { ...one, score, label, settled: input.varint() }
  })
  return { ordinary, uncommon, strange, judged, sequences: [] }
}

/** Reads what `writeSequences` wrote, beside other samples. @throws RangeError when it is cut. */
export function readSequences(input: ByteReader, samples: Samples): Samples {
  return { ...samples, sequences: readList(input, (one) => one) }
}

function readList<T>(input: ByteReader, finish: (one: Sample) => T): T[] {
  const count = input.varint()
  const list: T[] = []
  for (let n = 0; n < count; n++) {
    const time = input.varint()
    const identity = input.u32()
    const length = input.varint()
    const vector = new Int8Array(input.bytes(length).buffer)
    list.push(finish({ time, identity, vector }))
  }
  return list
}
