import { ByteReader, ByteWriter } from '../bytes.ts'
import { decodePopulation, encodePopulation } from './codec.ts'
import { BINS, COARSE, createPopulation, type Population, settleDay } from './population.ts'

/** Sums over bins that a histogram has. */
const BLOCKS = Math.ceil(BINS / COARSE)

/**
 * Runs `work` on a population and gives the part of it that was read, as bytes: enough to run the same again, to the bit.
 * What is small is taken whole; of values, counters, marks, changes and long rows of sums only what was looked up. Typically
 * 2 to 4 kB. `work` must change nothing.
 */
export function seenBy(population: Population, work: (view: Population) => void): Uint8Array {
  const seen = createPart(population)
  work({
    ...population,
    values: population.values.map((map, i) => watched(map, seen.values[i])),
    campaigns: population.campaigns.map((map, i) => watched(map, seen.campaigns[i])),
    marks: population.marks.map((map, i) => watched(map, seen.marks[i])),
    changes: [
      watched(population.changes[0], seen.changes[0]),
      watched(population.changes[1], seen.changes[1]),
    ],
    novelty: watchedRow(population.novelty, seen.novelty),
    hours: watchedRow(population.hours, seen.hours),
    watch(histogram, begin, end) {
      const bins = histogram * BINS
      seen.scores.set(population.scores.subarray(bins + begin, bins + end), bins + begin)
      const blocks = histogram * BLOCKS
      seen.coarse.set(population.coarse.subarray(blocks, blocks + BLOCKS), blocks)
    },
    numbers: watchedRow(population.numbers, seen.numbers),
  })
  const body = encodePopulation(seen)
  const out = new ByteWriter()
  out.varint(body.length)
  out.bytes(body)
  // a population's totals follow from its values, and here some are left out
  for (const total of population.valueTotals) out.f64(total)
  return out.finish()
}

/**
 * The part of a population that `seenBy` gave, for the same work; anything else finds it empty. `secret` is the tenant's.
 * @throws RangeError when the bytes are damaged, cut, or of another build.
 */
export function decodeSeen(bytes: Uint8Array, secret: Uint8Array): Population {
  const input = new ByteReader(bytes, 'what was seen of a population')
  const population = decodePopulation(input.bytes(input.varint()), secret)
  for (const i of population.valueTotals.keys()) population.valueTotals[i] = input.f64()
  input.finish()
  return population
}

/** What is small, and nothing else. */
function createPart(population: Population): Population {
  const part = createPopulation(new Uint8Array(16))
  part.landmark = population.landmark
  settleDay(part, population.day)
  part.period = population.period
  part.events = population.events
  part.firstDay = population.firstDay
  part.aged[0] = population.aged[0]
  part.aged[1] = population.aged[1]
  part.hourTotals.set(population.hourTotals)
  part.judged.set(population.judged)
  part.accused.set(population.accused)
  for (const [zone, weight] of population.zones) part.zones.set(zone, weight)
  return part
}

/** Notes what is looked up. */
class WatchedMap<T> extends Map<number, T> {
  private readonly whole: ReadonlyMap<number, T>
  private readonly seen: Map<number, T>

  constructor(whole: ReadonlyMap<number, T>, seen: Map<number, T>) {
    super()
    this.whole = whole
    this.seen = seen
  }

  override get(key: number): T | undefined {
    const value = this.whole.get(key)
    if (value !== undefined) this.seen.set(key, value)
    return value
  }

  override has(key: number): boolean {
    return this.get(key) !== undefined
  }
}

function watched<T>(whole: ReadonlyMap<number, T>, seen: Map<number, T> | undefined) {
  return new WatchedMap(whole, seen ?? new Map<number, T>())
}

/** Notes which sums are read; whoever goes through all of them by a method has read all. */
function watchedRow(whole: Float64Array, seen: Float64Array): Float64Array {
  return new Proxy(whole, {
    get(row, name) {
      const at = typeof name === 'string' ? Number(name) : Number.NaN
      if (Number.isInteger(at)) {
        const value = row[at] ?? 0
        if (at < seen.length) seen[at] = value
        return row[at]
      }
      const value: unknown = Reflect.get(row, name, row)
      if (typeof value !== 'function') return value
      seen.set(row)
      return value.bind(row)
    },
  })
}
