import type { EnrichedEvent } from '@gatewatch/schema'
import { ByteReader, ByteWriter } from '../bytes.ts'
import { MANAGEMENT, managementHash } from '../detectors/management.ts'
import { basis, historyBucket } from '../detectors/surprise.ts'
import { indexOf, PARENT, REMEMBERED } from '../features/catalogue.ts'
import { MANAGED } from '../features/read.ts'
import { dayOf, growth } from '../profile/decay.ts'
import { CLOCK } from '../profile/layout.ts'
import { modalValue } from '../profile/modal.ts'
import type { Profile } from '../profile/profile.ts'
import type { Assessment } from '../types.ts'
import { CAMPAIGN } from './campaign.ts'
import { campaignKey } from './campaign-of.ts'
import { decodePopulation, encodePopulation, type Span } from './codec.ts'
import {
  BINS,
  BUCKETS,
  COARSE,
  createPopulation,
  keyOf,
  type Population,
  settleDay,
} from './population.ts'
import { MARKS, markOf } from './wave.ts'

const OS = indexOf('os')

/** Sums over bins that a histogram has. */
const BLOCKS = Math.ceil(BINS / COARSE)

/** Made once: its rows of bins are half a megabyte. Whoever fills it clears it. */
let scratch: Population | null = null

/**
 * The part of a population that judging an event reads, as bytes: enough to judge it again, to the bit, with its
 * counterfactual. `assessed` is that event's assessment. What is small is taken whole; of values, counters, marks and
 * changes only what the event, or the identity's usual in its stead, looks up; of histograms the bins that are read while
 * `work` judges once more. Typically 2 to 4 kB. `work` must change nothing.
 */
export function seenBy(
  population: Population,
  input: EnrichedEvent,
  profile: Profile,
  assessed: Assessment,
  work: () => void,
): Uint8Array {
  scratch ??= createPopulation(new Uint8Array(16))
  const part = scratch
  takeWhole(population, part)
  takeValues(population, part, input, profile, assessed)
  takeCounters(population, part, input, assessed)
  const spans = new Map<number, Span>()
  population.watch = (histogram, begin, end) => {
    const bins = histogram * BINS
    if (end > begin) {
      part.scores.set(population.scores.subarray(bins + begin, bins + end), bins + begin)
      const [from, to] = spans.get(histogram) ?? [bins + begin, bins + end]
      spans.set(histogram, [Math.min(from, bins + begin), Math.max(to, bins + end)])
    }
    const blocks = histogram * BLOCKS
    part.coarse.set(population.coarse.subarray(blocks, blocks + BLOCKS), blocks)
  }
  try {
    work()
  } finally {
    population.watch = null
  }
  const used = [...spans.values()].sort(([a], [b]) => a - b)
  const body = encodePopulation(part, used)
  clear(part, used)
  const out = new ByteWriter()
  out.varint(body.length)
  out.bytes(body)
  // a population's totals follow from its values, and here some are left out
  for (const total of population.valueTotals) out.f64(total)
  return out.finish()
}

function takeWhole(population: Population, part: Population): void {
  part.landmark = population.landmark
  settleDay(part, population.day)
  part.period = population.period
  part.events = population.events
  part.firstDay = population.firstDay
  part.aged[0] = population.aged[0]
  part.aged[1] = population.aged[1]
  part.hours.set(population.hours)
  part.hourTotals.set(population.hourTotals)
  part.numbers.set(population.numbers)
  part.judged.set(population.judged)
  part.accused.set(population.accused)
  for (const [zone, weight] of population.zones) part.zones.set(zone, weight)
}

function takeValues(
  population: Population,
  part: Population,
  input: EnrichedEvent,
  profile: Profile,
  { values }: Assessment,
): void {
  const clock = profile.f64[CLOCK >> 1] ?? 0
  const left = 1 / growth(profile, Math.max(dayOf(input.event.time), dayOf(clock)))
  const usual = Uint32Array.from(values, (hash, i) => (hash === 0 ? 0 : modalValue(profile, i)))
  for (let i = 0; i < REMEMBERED; i++) {
    for (const those of [values, usual]) {
      takeUsers(population, part, i, those[i] ?? 0)
      // how many manage theirs is asked of either kind of device
      if (i === MANAGEMENT)
        takeUsers(population, part, i, managementHash(population, those[OS] ?? 0, MANAGED))
    }
    for (const parents of [values, usual]) {
      if ((PARENT[i] ?? -1) < 0 && parents === usual) continue
      const cell = 2 * (i * BUCKETS + historyBucket(basis(profile, i, parents, left)))
      part.novelty.set(population.novelty.subarray(cell, cell + 2), cell)
    }
  }
}

function takeUsers(population: Population, part: Population, feature: number, hash: number): void {
  const users = population.values[feature]?.get(keyOf(hash))
  if (users !== undefined) part.values[feature]?.set(keyOf(hash), users)
}

function takeCounters(
  population: Population,
  part: Population,
  input: EnrichedEvent,
  assessed: Assessment,
): void {
  population.campaigns.forEach((entries, kind) => {
    if (kind === CAMPAIGN.tenant) {
      for (const [key, entry] of entries) part.campaigns[kind]?.set(key, entry)
      return
    }
    const key = keyOf(campaignKey(kind, input, assessed.values))
    const entry = entries.get(key)
    if (entry !== undefined) part.campaigns[kind]?.set(key, entry)
  })
  for (let kind = 0; kind < MARKS; kind++) {
    const mark = markOf(kind, assessed)
    const wave = population.marks[kind]?.get(mark)
    if (wave !== undefined) part.marks[kind]?.set(mark, wave)
  }
  population.changes.forEach((changes, kind) => {
    const seconds = changes.get(assessed.identity)
    if (seconds !== undefined) part.changes[kind]?.set(assessed.identity, seconds)
  })
}

function clear(part: Population, used: readonly Span[]): void {
  for (const map of [...part.values, ...part.campaigns, ...part.marks, ...part.changes]) map.clear()
  part.zones.clear()
  for (const row of [part.novelty, part.coarse]) row.fill(0)
  // half a megabyte in all, of which a few hundred bins were filled
  for (const [from, to] of used) part.scores.fill(0, from, to)
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
