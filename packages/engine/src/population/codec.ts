import { ByteReader, ByteWriter } from '../bytes.ts'
import { REMEMBERED } from '../features/catalogue.ts'
import { compactDelta } from './compact-delta.ts'
import { ADD, type PopulationDelta } from './delta.ts'
import {
  BINS,
  COARSE,
  createPopulation,
  keyOf,
  type Population,
  SESSION_CELLS,
  SESSION_HISTOGRAM,
  settleDay,
} from './population.ts'
import { EXCHANGED, newest, readRehearsals, writeRehearsals } from './rehearsals.ts'
import { joinSamples, readSamples, readSequences, writeSamples, writeSequences } from './samples.ts'

/** Set in the version's byte where sequences of actions stand at the end: they do only where a model of them is switched on. */
const ACTED = 0x80
const DELTA_MAGIC = 0xb2
const POPULATION_MAGIC = 0xb3
const DELTA_VERSION = 7
const POPULATION_VERSION = 8
/** Up to these, nothing was known of the management of devices. */
const DELTA_UNMANAGED = 6
const UNMANAGED = 7
/** Up to these, sessions were measured by other amounts and scored otherwise. */
const DELTA_OTHER_SESSIONS = 5
const OTHER_SESSIONS = 6
/** Up to these, no applications were rehearsed and no uncommon sign-ins kept; the first of them knew no erased identities. */
const DELTA_WITHOUT_APP = 4
const WITHOUT_APP = 5
const WITHOUT_FORGOTTEN = 4

/**
 * A delta as bytes: alike additions are added up and sorted, so that equal content gives equal bytes in any order.
 * About 10 kB for 500 events of which a third are sign-ins.
 */
export function encodeDelta(delta: PopulationDelta): Uint8Array {
  const rows = compactDelta(delta).additions
  const out = new ByteWriter()
  out.u8(DELTA_MAGIC)
  const acted = delta.samples.sequences.length > 0
  out.u8(acted ? DELTA_VERSION | ACTED : DELTA_VERSION)
  out.varint(rows.length / 5)
  let before: Row = [-1, 0, 0, 0]
  for (let at = 0; at < rows.length; at += 5) {
    const row: Row = [rows[at] ?? 0, rows[at + 1] ?? 0, rows[at + 2] ?? 0, rows[at + 3] ?? 0]
    const [kind, a, b, time] = row
    const amount = rows[at + 4] ?? 0
    const sameA = kind === before[0] && a === before[1]
    const sameB = sameA && b === before[2]
    const sameTime = time === before[3]
    // one byte says what repeats; hashes are 32 random bits, everything else is short
    out.u8(kind | (sameA ? 16 : 0) | (sameB ? 32 : 0) | (sameTime ? 64 : 0))
    if (!sameA) out.varint(a)
    if (!sameB) out.u32(b)
    if (!sameTime) out.signed(time - before[3])
    if (kind === ADD.failing) out.u32(amount)
    else out.signed(amount)
    before = row
  }
  writeRehearsals(out, delta.rehearsals)
  writeSamples(out, delta.samples)
  if (acted) writeSequences(out, delta.samples)
  return out.finish()
}

/** Kind, a, b, time of an addition. */
type Row = readonly [number, number, number, number]

/**
 * Reads a delta's bytes.
 * @throws RangeError when they are damaged, cut, or of another version.
 */
export function decodeDelta(bytes: Uint8Array): PopulationDelta {
  const input = new ByteReader(bytes, 'a population delta')
  const versions = [DELTA_VERSION, DELTA_UNMANAGED, DELTA_OTHER_SESSIONS, DELTA_WITHOUT_APP]
  const { version, acted } = expect(input, DELTA_MAGIC, versions, 'a population delta')
  const layout = version >= DELTA_OTHER_SESSIONS ? 'new' : 'old'
  const exchanged = rehearsedIn(version - DELTA_VERSION)
  const count = input.varint()
  const additions: number[] = []
  let a = 0
  let b = 0
  let time = 0
  for (let i = 0; i < count; i++) {
    const tag = input.u8()
    const kind = tag & 15
    if ((tag & 16) === 0) a = input.varint()
    if ((tag & 32) === 0) b = input.u32()
    if ((tag & 64) === 0) time += input.signed()
    const amount = kind === ADD.failing ? input.u32() : input.signed()
    if (version > DELTA_OTHER_SESSIONS || !isOfSessions(kind, a)) {
      additions.push(kind, a, b, time, amount)
    }
  }
  const rehearsals = readRehearsals(input, exchanged)
  const others = readSamples(input, layout)
  const samples = acted ? readSequences(input, others) : others
  input.finish()
  return { additions, rehearsals, samples, rows: null }
}

/** From and to (excluded) in a row of numbers. */
export type Span = readonly [from: number, to: number]

/**
 * A whole population as bytes, without its key; equal populations give equal bytes. `binsUsed`, in order and apart, are
 * the spans of its rows of bins outside which they are known to be empty.
 */
export function encodePopulation(
  population: Population,
  binsUsed: readonly Span[] = [[0, population.scores.length]],
): Uint8Array {
  const out = new ByteWriter()
  out.u8(POPULATION_MAGIC)
  const acted = population.samples.sequences.length > 0
  out.u8(acted ? POPULATION_VERSION | ACTED : POPULATION_VERSION)
  out.varint(population.landmark)
  out.varint(population.day)
  out.varint(population.period)
  out.varint(population.events)
  for (const identities of population.aged) out.signed(identities)
  out.varint(population.firstDay)
  for (const counts of population.values) {
    writeMap(out, counts, (count) => out.signed(count))
  }
  for (const sums of sumsOf(population)) {
    writeSparse(out, sums, sums === population.scores ? binsUsed : [[0, sums.length]])
  }
  writeMap(out, population.zones, (weight) => out.f64(weight))
  for (const entries of population.campaigns) {
    writeMap(out, entries, (entry) => {
      out.f64(entry.failures)
      out.f64(entry.successes)
      out.f64(entry.slow)
      out.varint(entry.fastAt)
      out.varint(entry.slowAt)
      out.varint(entry.first)
      writeMap(out, entry.ids ?? new Map<number, number>(), (last) => out.varint(last))
    })
  }
  for (const changes of population.changes) writeMap(out, changes, (time) => out.varint(time))
  for (const marks of population.marks) {
    writeMap(out, marks, ({ campaign, last }) => {
      out.varint(campaign)
      out.varint(last)
    })
  }
  writeMap(out, population.forgotten, (time) => out.varint(time))
  writeRehearsals(out, newest(population.rehearsals))
  writeSamples(out, population.samples)
  if (acted) writeSequences(out, population.samples)
  return out.finish()
}

/**
 * Reads a population's bytes; `secret` is the tenant's, which is not among them.
 * @throws RangeError when they are damaged, cut, or of another version.
 */
export function decodePopulation(bytes: Uint8Array, secret: Uint8Array): Population {
  const input = new ByteReader(bytes, 'a population')
  const versions = [POPULATION_VERSION, UNMANAGED, OTHER_SESSIONS, WITHOUT_APP, WITHOUT_FORGOTTEN]
  const { version, acted } = expect(input, POPULATION_MAGIC, versions, 'a population')
  const population = createPopulation(secret)
  population.landmark = input.varint()
  settleDay(population, input.varint())
  population.period = input.varint()
  population.events = input.varint()
  population.aged[0] = input.signed()
  population.aged[1] = input.signed()
  population.firstDay = input.varint()
  population.values.forEach((counts, feature) => {
    if (version <= UNMANAGED && feature === REMEMBERED - 1) return
    let total = 0
    readMap(input, (hash) => {
      const count = input.signed()
      counts.set(keyOf(hash), count)
      total += count
    })
    population.valueTotals[feature] = total
  })
  for (const sums of sumsOf(population)) readSparse(input, sums)
  readMap(input, (zone) => population.zones.set(zone, input.f64()))
  for (const entries of population.campaigns) {
    readMap(input, (hash) => {
      const entry = {
        failures: input.f64(),
        successes: input.f64(),
        slow: input.f64(),
        fastAt: input.varint(),
        slowAt: input.varint(),
        first: input.varint(),
        ids: new Map<number, number>(),
      }
      readMap(input, (id) => entry.ids.set(id, input.varint()))
      entries.set(keyOf(hash), entry.ids.size === 0 ? { ...entry, ids: null } : entry)
    })
  }
  for (const changes of population.changes) {
    readMap(input, (hash) => changes.set(hash, input.varint()))
  }
  for (const marks of population.marks) {
    readMap(input, (mark) => marks.set(mark, { campaign: input.varint(), last: input.varint() }))
  }
  if (version !== WITHOUT_FORGOTTEN) {
    readMap(input, (identity) => population.forgotten.set(identity, input.varint()))
  }
  const layout = version >= OTHER_SESSIONS ? 'new' : 'old'
  if (version <= OTHER_SESSIONS) forgetSessions(population)
  population.rehearsals.push(...readRehearsals(input, rehearsedIn(version - POPULATION_VERSION)))
  const samples = readSamples(input, layout)
  joinSamples(population.samples, acted ? readSequences(input, samples) : samples)
  input.finish()
  return population
}

/** Values that rehearsals kept so many versions ago. */
function rehearsedIn(since: number): number {
  if (since === 0) return EXCHANGED
  return since >= -2 ? EXCHANGED - 1 : EXCHANGED - 2
}

/** Does an addition say what sessions are like? */
function isOfSessions(kind: number, a: number): boolean {
  if (kind === ADD.number) return a >= SESSION_CELLS
  if (kind === ADD.score) return a >= SESSION_HISTOGRAM * BINS
  return kind === ADD.accused && a >= SESSION_HISTOGRAM
}

/** Empties what was learned of sessions: they are known anew within days. */
function forgetSessions({ numbers, scores, coarse, accused }: Population): void {
  numbers.fill(0, SESSION_CELLS)
  scores.fill(0, SESSION_HISTOGRAM * BINS)
  coarse.fill(0, SESSION_HISTOGRAM * Math.ceil(BINS / COARSE))
  accused.fill(0, SESSION_HISTOGRAM)
}

function sumsOf(population: Population): Float64Array[] {
  return [
    population.novelty,
    population.hours,
    population.hourTotals,
    population.scores,
    population.coarse,
    population.numbers,
    population.judged,
    population.accused,
  ]
}

function writeMap<T>(
  out: ByteWriter,
  map: ReadonlyMap<number, T>,
  write: (value: T) => void,
): void {
  out.varint(map.size)
  for (const [key, value] of [...map].sort(([a], [b]) => (a >>> 0) - (b >>> 0))) {
    out.u32(key)
    write(value)
  }
}

function readMap(input: ByteReader, read: (key: number) => void): void {
  const size = input.varint()
  for (let i = 0; i < size; i++) read(input.u32())
}

function writeSparse(out: ByteWriter, sums: Float64Array, spans: readonly Span[]): void {
  let used = 0
  // by index: rows of bins are long and mostly empty, and an iterator takes several times as long
  for (const [from, to] of spans) for (let i = from; i < to; i++) if (sums[i] !== 0) used += 1
  out.varint(used)
  let before = 0
  for (const [from, to] of spans) {
    for (let i = from; i < to; i++) {
      const sum = sums[i] ?? 0
      if (sum === 0) continue
      out.varint(i - before)
      out.f64(sum)
      before = i
    }
  }
}

function readSparse(input: ByteReader, sums: Float64Array): void {
  const used = input.varint()
  let at = 0
  for (let i = 0; i < used; i++) {
    at += input.varint()
    const value = input.f64()
    if (at >= sums.length)
      throw new RangeError('a population has a sum that this build does not know')
    sums[at] = value
  }
}

/** Reads magic and version: gives the version, and whether sequences of actions stand at the end. */
function expect(
  input: ByteReader,
  magic: number,
  versions: readonly number[],
  what: string,
): { readonly version: number; readonly acted: boolean } {
  if (input.u8() !== magic) throw new RangeError(`these bytes are not ${what}`)
  const first = input.u8()
  const version = first & ~ACTED
  if (versions.includes(version)) return { version, acted: version !== first }
  throw new RangeError(
    `${what} of version ${version} cannot be read by this build, which knows version ${versions.join(' and ')}; use the build that wrote it`,
  )
}
