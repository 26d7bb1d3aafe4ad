import { expect, test } from 'vitest'
import { backoff } from './connection.ts'

test('waits double from a second and end at thirty', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 60].map((attempt) => backoff(attempt, 1))).toEqual([
    1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000,
  ])
})

test('dice spread a wait over its upper half, so that readers do not all return at once', () => {
  expect(backoff(3, 0)).toBe(2000)
  expect(backoff(3, 0.5)).toBe(3000)
})
