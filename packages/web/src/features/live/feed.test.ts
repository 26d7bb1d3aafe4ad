import type { EventSummary } from '@gatewatch/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { eventKey } from '../../event-key.ts'
import { emptyFeed, FEED_SIZE, type Feed, type FeedAction, feedAfter } from './feed.ts'

const event = (uid: string, risk = 10): EventSummary => ({
  uid,
  time: 0,
  entity: 'user:ada@example.com',
  entity_name: 'Ada',
  kind: 'authentication',
  activity: 'sign-in',
  outcome: 'success',
  source: 'okta',
  class: 'human',
  network: 'unknown',
  score: 0,
  risk,
  decision: 'allow',
  reasons: [],
})
const arrived = (events: EventSummary[], dropped = 0): FeedAction => ({
  type: 'arrived',
  events,
  dropped,
})
const uids = (feed: Feed) => feed.events.map(({ uid }) => uid)

test('the newest arrival is on top', () => {
  const feed = feedAfter(
    feedAfter(emptyFeed(0), arrived([event('a'), event('b')])),
    arrived([event('c')]),
  )
  expect(uids(feed)).toEqual(['c', 'b', 'a'])
})

test('stored events go below what has already arrived, once', () => {
  const live = feedAfter(emptyFeed(0), arrived([event('b'), event('c')]))
  const feed = feedAfter(live, { type: 'stored', events: [event('b'), event('a')] })
  expect(uids(feed)).toEqual(['c', 'b', 'a'])
})

test('stored events fill the gap that a lost connection left', () => {
  const at = (uid: string, time: number) => ({ ...event(uid), time })
  const live = feedAfter(emptyFeed(0), arrived([at('a', 1), at('d', 4)]))
  const feed = feedAfter(live, { type: 'stored', events: [at('d', 4), at('c', 3), at('b', 2)] })
  expect(uids(feed)).toEqual(['d', 'c', 'b', 'a'])
})

test('while paused nothing moves; on resume what waited comes in', () => {
  const shown = feedAfter(emptyFeed(0), arrived([event('a')]))
  const paused = feedAfter(feedAfter(shown, { type: 'paused' }), arrived([event('b'), event('c')]))
  expect(uids(paused)).toEqual(['a'])
  expect(paused.waitingCount).toBe(2)
  const resumed = feedAfter(paused, { type: 'resumed' })
  expect(uids(resumed)).toEqual(['c', 'b', 'a'])
  expect(resumed.waitingCount).toBe(0)
})

test('below the lowest risk nothing comes in', () => {
  const feed = feedAfter(emptyFeed(50), arrived([event('low', 49), event('high', 50)]))
  expect(uids(feed)).toEqual(['high'])
})

test('another lowest risk starts over but stays paused', () => {
  const paused = feedAfter(feedAfter(emptyFeed(0), arrived([event('a')])), { type: 'paused' })
  expect(feedAfter(paused, { type: 'filtered', minRisk: 75 })).toMatchObject({
    events: [],
    paused: true,
    minRisk: 75,
  })
})

test('events left out by the server add up', () => {
  const feed = feedAfter(feedAfter(emptyFeed(0), arrived([], 3)), arrived([event('a')], 2))
  expect(feed.dropped).toBe(5)
})

test('whatever happens, both lists are bounded and name no event twice', () => {
  const events = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 100 })),
    { maxLength: 200 },
  )
  const list = events.map((pairs) => pairs.map(([uid, risk]) => event(String(uid), risk)))
  const action: fc.Arbitrary<FeedAction> = fc.oneof(
    list.map((some) => arrived(some)),
    list.map((some): FeedAction => ({ type: 'stored', events: some })),
    fc.constant<FeedAction>({ type: 'paused' }),
    fc.constant<FeedAction>({ type: 'resumed' }),
    fc.integer({ min: 0, max: 100 }).map((minRisk): FeedAction => ({ type: 'filtered', minRisk })),
  )
  fc.assert(
    fc.property(fc.array(action, { maxLength: 12 }), (actions) => {
      const feed = actions.reduce(feedAfter, emptyFeed(0))
      for (const shown of [feed.events, feed.waiting]) {
        expect(shown.length).toBeLessThanOrEqual(FEED_SIZE)
        expect(new Set(shown.map(eventKey)).size).toBe(shown.length)
        expect(shown.every(({ risk }) => risk >= feed.minRisk)).toBe(true)
      }
    }),
    { numRuns: 60 },
  )
})
