import { powersOfTwo } from './powers.ts'

/** What campaign counters are kept for. */
export const CAMPAIGN = { prefix: 0, asn: 1, client: 2, tenant: 3, device: 4, city: 5 } as const
/** Number of kinds of campaign counters. */
export const CAMPAIGN_KINDS = 6

/** A counting period: 45 minutes, an eighth of the fast half-life of six hours. */
export const SLOT_MS = 2_700_000
const FAST = 8
/** The slow half-life is 64 fast ones: 16 days. */
const SLOW = 512
const fastPower = powersOfTwo(FAST)
const slowPower = powersOfTwo(SLOW)
/** Periods after which a failing identity no longer counts: six hours. */
const ID_SLOTS = 8
/** Beyond this many failing identities the number is estimated from the smallest hashes. */
const MOST_IDS = 64

/**
 * Decayed counts of one address range, network, client, device or place. Sums are kept relative to a period (`fastAt`,
 * `slowAt`: whole half-lives), so that additions commute. `ids` maps the hash of a failing identity to its last period.
 */
export interface CampaignEntry {
  failures: number
  successes: number
  slow: number
  fastAt: number
  slowAt: number
  first: number
  ids: Map<number, number> | null
}

/** An entry that has counted nothing, made in a period. */
export function createEntry(period: number): CampaignEntry {
  return {
    failures: 0,
    successes: 0,
    slow: 0,
    fastAt: Math.floor(period / FAST),
    slowAt: Math.floor(period / SLOW),
    first: period,
    ids: null,
  }
}

/** The period of a time in ms. */
export function periodOf(time: number): number {
  return Math.floor(time / SLOT_MS)
}

/** Adds counts that happened in a period; earlier ones add what is left of them. */
export function addCounts(
  entry: CampaignEntry,
  period: number,
  successes: number,
  failures: number,
  slow: number,
): void {
  const fastAt = Math.floor(period / FAST)
  if (fastAt > entry.fastAt) {
    const left = 2 ** (entry.fastAt - fastAt)
    entry.failures *= left
    entry.successes *= left
    entry.fastAt = fastAt
  }
  const slowAt = Math.floor(period / SLOW)
  if (slowAt > entry.slowAt) {
    entry.slow *= 2 ** (entry.slowAt - slowAt)
    entry.slowAt = slowAt
  }
  const fast = fastPower(period - FAST * entry.fastAt)
  entry.failures += failures * fast
  entry.successes += successes * fast
  entry.slow += slow * slowPower(period - SLOW * entry.slowAt)
  if (period < entry.first) entry.first = period
}

/** Notes that an identity (by hash) failed in a period. Union with the latest period: order does not matter. */
export function addFailing(entry: CampaignEntry, period: number, id: number): void {
  entry.ids ??= new Map()
  const known = entry.ids.get(id)
  if (known === undefined || known < period) entry.ids.set(id, period)
  if (entry.ids.size <= MOST_IDS) return
  let largest = -1
  for (const key of entry.ids.keys()) if (key > largest) largest = key
  entry.ids.delete(largest)
}

/** Decayed failures as of a period. */
export function failuresAt(entry: CampaignEntry, period: number): number {
  return entry.failures * fastLeft(entry, period)
}

/** Decayed successes as of a period. */
export function successesAt(entry: CampaignEntry, period: number): number {
  return entry.successes * fastLeft(entry, period)
}

function fastLeft(entry: CampaignEntry, period: number): number {
  return fastPower(Math.min(0, FAST * entry.fastAt - period))
}

/** Distinct identities that failed in the six hours up to a period; above 64 an estimate from the smallest hashes. */
export function failingAt(entry: CampaignEntry, period: number): number {
  if (entry.ids === null) return 0
  let count = 0
  let largest = 0
  for (const [id, last] of entry.ids) {
    if (period - last >= ID_SLOTS) continue
    count++
    if (id > largest) largest = id
  }
  return count < MOST_IDS ? count : Math.round((MOST_IDS - 1) / (largest / 0x1_0000_0000))
}

/** Slow count per six hours; NaN while the entry is younger than a day. */
export function usualAt(entry: CampaignEntry, period: number): number {
  const age = period - entry.first
  if (age < 32) return Number.NaN
  const slow = entry.slow * slowPower(SLOW * entry.slowAt - period)
  // a steady rate r leaves r * SLOW / ln 2 * (1 - 2^(-age / SLOW)) behind
  return (slow * Math.LN2 * ID_SLOTS) / (SLOW * (1 - slowPower(-age)))
}

/** Steady level that the fast count of all events is expected at; NaN while younger than a day. */
export function usualFastAt(entry: CampaignEntry, period: number): number {
  return (usualAt(entry, period) * FAST) / (Math.LN2 * ID_SLOTS)
}

/** Is nothing left of an entry that would change a judgement? */
export function isSpent(entry: CampaignEntry, period: number): boolean {
  if (entry.ids !== null) {
    for (const [id, last] of entry.ids) if (period - last >= ID_SLOTS) entry.ids.delete(id)
    if (entry.ids.size === 0) entry.ids = null
  }
  return (
    entry.ids === null &&
    (entry.failures + entry.successes) * fastLeft(entry, period) < 0.05 &&
    entry.slow * slowPower(SLOW * entry.slowAt - period) < 1.2
  )
}
