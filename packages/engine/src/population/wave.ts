import type { EnrichedEvent } from '@gatewatch/schema'
import { indexOf } from '../features/catalogue.ts'
import { isEverywhere } from '../rules/spray-evidence.ts'
import type { Assessment } from '../types.ts'
import { SLOT_MS } from './campaign.ts'

/** A campaign under way, as one of its marks knows it: its number, and the last period in which the mark was seen in it. */
export interface Wave {
  readonly campaign: number
  readonly last: number
}

/** By what a campaign is known again: where it comes from, with what, whom it tries, and by being everywhere at once. */
export const MARK = { prefix: 0, device: 1, client: 2, target: 3, everywhere: 4 } as const
/** Number of kinds of marks. */
export const MARKS = 5

/** Periods after which a mark no longer tells: a day. */
const SHORT_LIVED = 32

const AT = {
  prefix: indexOf('prefix'),
  device: indexOf('device'),
  client: indexOf('browser_version'),
}

/** The mark of a kind that an event bears; 0 where it has none. */
export function markOf(kind: number, { values, identity, signals }: Assessment): number {
  switch (kind) {
    case MARK.prefix:
      return values[AT.prefix] ?? 0
    case MARK.device:
      return values[AT.device] ?? 0
    case MARK.client:
      return values[AT.client] ?? 0
    case MARK.target:
      return identity
    default:
      return isEverywhere(signals) ? 1 : 0
  }
}

/** Notes a mark of a campaign. Of two campaigns the older number stays, of two periods the later: order does not matter. */
export function addMark(
  marks: Map<number, Wave>,
  mark: number,
  period: number,
  campaign: number,
): void {
  const known = marks.get(mark)
  if (known === undefined || period - known.last >= SHORT_LIVED) {
    marks.set(mark, { campaign, last: period })
    return
  }
  if (known.last - period >= SHORT_LIVED) return
  marks.set(mark, {
    campaign: Math.min(known.campaign, campaign),
    last: Math.max(known.last, period),
  })
}

/** Number of the campaign that a mark belongs to in a period; 0 for none. */
export function campaignAt(marks: ReadonlyMap<number, Wave>, mark: number, period: number): number {
  const known = mark === 0 ? undefined : marks.get(mark)
  return known !== undefined && Math.abs(period - known.last) < SHORT_LIVED ? known.campaign : 0
}

/** The number of a campaign that is first recognised by an event: the seconds at which its period of 45 minutes begins. */
export function campaignNumber({ event }: EnrichedEvent): number {
  return Math.floor(event.time / SLOT_MS) * (SLOT_MS / 1000)
}

const KEY = 'campaign:'

/** What the findings of a campaign share. */
export function campaignKeyOf(campaign: number): string {
  return `${KEY}${campaign.toString(36)}`
}

/** Does a key belong to a campaign against many, rather than to one takeover? */
export function isCampaignKey(key: string): boolean {
  return key.startsWith(KEY)
}

/** Forgets marks that no longer tell. */
export function dropMarks(marks: Map<number, Wave>, period: number): void {
  for (const [mark, { last }] of marks) if (period - last >= SHORT_LIVED) marks.delete(mark)
}
