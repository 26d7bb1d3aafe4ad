import type { EventSummary } from '@gatewatch/schema'
import { eventKey } from '../../event-key.ts'

/** The live list: newest first, never longer than FEED_SIZE, whatever arrives. */
export interface Feed {
  readonly events: readonly EventSummary[]
  /** Events that arrived while paused; shown on resume. */
  readonly waiting: readonly EventSummary[]
  /** How many arrived while paused, also those that no longer fit. */
  readonly waitingCount: number
  readonly paused: boolean
  /** How many the server left out because this reader was too slow. */
  readonly dropped: number
  readonly minRisk: number
}

/** How many events the list holds at most. */
export const FEED_SIZE = 150

/** What can happen to the list. `arrived` is in the order of arrival, oldest first; `stored` newest first. */
export type FeedAction =
  | { readonly type: 'arrived'; readonly events: readonly EventSummary[]; readonly dropped: number }
  | { readonly type: 'stored'; readonly events: readonly EventSummary[] }
  | { readonly type: 'paused' }
  | { readonly type: 'resumed' }
  | { readonly type: 'filtered'; readonly minRisk: number }

/** An empty list that takes events from `minRisk` on. */
export function emptyFeed(minRisk: number): Feed {
  return { events: [], waiting: [], waitingCount: 0, paused: false, dropped: 0, minRisk }
}

/** The list after something happened. An event that comes twice is shown once, in its newest form. */
export function feedAfter(feed: Feed, action: FeedAction): Feed {
  switch (action.type) {
    case 'arrived':
      return withArrived(feed, action.events, action.dropped)
    case 'stored':
      return {
        ...feed,
        events: unique(newestFirst(feed.events, strangeEnough(action.events, feed))),
      }
    case 'paused':
      return { ...feed, paused: true }
    case 'resumed': {
      const events = unique([...feed.waiting, ...feed.events])
      return { ...feed, paused: false, events, waiting: [], waitingCount: 0 }
    }
    case 'filtered':
      return { ...emptyFeed(action.minRisk), paused: feed.paused, dropped: feed.dropped }
  }
}

function withArrived(feed: Feed, arrived: readonly EventSummary[], dropped: number): Feed {
  const next = { ...feed, dropped: feed.dropped + dropped }
  const fresh = strangeEnough(arrived, feed).toReversed()
  if (fresh.length === 0) return dropped === 0 ? feed : next
  if (!feed.paused) return { ...next, events: unique([...fresh, ...feed.events]) }
  const waitingCount = feed.waitingCount + fresh.length
  return { ...next, waiting: unique([...fresh, ...feed.waiting]), waitingCount }
}

/** Stored events may be older than what arrived, or fill a gap in it. */
function newestFirst(...lists: readonly (readonly EventSummary[])[]): EventSummary[] {
  return lists.flat().toSorted((a, b) => b.time - a.time)
}

function strangeEnough(events: readonly EventSummary[], feed: Feed): EventSummary[] {
  return events.filter((event) => event.risk >= feed.minRisk)
}

function unique(events: readonly EventSummary[]): EventSummary[] {
  const byKey = new Map<string, EventSummary>()
  for (const event of events) {
    if (byKey.size === FEED_SIZE) break
    const key = eventKey(event)
    if (!byKey.has(key)) byKey.set(key, event)
  }
  return [...byKey.values()]
}
