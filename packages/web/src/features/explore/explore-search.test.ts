import type { EventSummary } from '@gatewatch/schema'
import { expect, test } from 'vitest'
import { isLookedAt, lookedAt, parseExploreSearch } from './explore-search.ts'

const event: EventSummary = {
  uid: 'e',
  time: 1000,
  entity: 'user:ada',
  entity_name: 'Ada',
  kind: 'authentication',
  activity: 'sign-in',
  outcome: 'failure',
  source: 'okta',
  class: 'human',
  network: 'hosting',
  ip: '203.0.113.7',
  score: 1,
  risk: 60,
  decision: 'challenge',
  reasons: [],
}

test('nonsense in the address counts as not said', () => {
  expect(
    parseExploreSearch({ outcome: 'perhaps', min_risk: 'high', range: '2y', tail: 1 }),
  ).toEqual({})
})

test('the address is read back as it was written, and an empty one means the last 24 hours', () => {
  const search = { outcome: 'failure', country: 'NG', min_risk: 50, range: '7d', tail: true }
  expect(parseExploreSearch(search)).toEqual(search)
  expect(lookedAt(parseExploreSearch({}))).toEqual({ filter: {}, last: 86_400_000 })
  expect(lookedAt(parseExploreSearch(search))).toEqual({
    filter: { outcome: 'failure', country: 'NG', min_risk: 50 },
    last: 7 * 86_400_000,
  })
})

test.each([
  [{}, true],
  [{ outcome: 'failure', network: 'hosting', operation: 'sign-in' }, true],
  [{ country: 'unknown' }, true],
  [{ country: 'SE' }, false],
  [{ min_risk: 61 }, false],
  [{ to: 1000 }, false],
  [{ from: 1000, ip: '203.0.113.7', entity: 'user:ada' }, true],
  [{ entity: 'user:bob' }, false],
])('an event that arrives is shown where it fits: %j', (search, fits) => {
  expect(isLookedAt(event, parseExploreSearch(search))).toBe(fits)
})
