import { expect, test } from 'vitest'
import { tryDrift, tryLabels, tryPoisoning } from './adaptivity.ts'

const START = Date.UTC(2025, 0, 6)

test('a strike without training is met as other strangers are, and both kinds are counted', () => {
  const result = tryPoisoning({ family: 'offices', seed: 3, people: 150, days: 40, start: START })
  expect(result.strikes).toBeGreaterThan(0)
  expect(result.cold).toBeGreaterThan(0.5)
  expect(result.trained).toBeLessThanOrEqual(1)
}, 120_000)

test('labels are about few, and everybody else is judged nearly as before', () => {
  const world = { family: 'offices' as const, seed: 3, people: 150, days: 40, start: START }
  const { labels, identities, without, after } = tryLabels(world, 'wrong')
  expect(labels).toBeGreaterThan(0)
  expect(identities).toBeLessThanOrEqual(labels)
  expect(without.attacks - after.attacks).toBeLessThanOrEqual(0.1)
  expect(after.benign).toBeLessThan(0.02)
}, 120_000)

test('each week of drift is told at each rate, and no week floods anybody with false positives', () => {
  const rows = tryDrift({ family: 'offices', seed: 3, people: 150, days: 60, start: START })
  expect(rows.map(({ week, rate }) => `${week} ${rate}`)).toEqual(
    [0.01, 0.003].flatMap((rate) =>
      ['office_move', 'vpn_change', 'browser_update', 'clock_change'].map(
        (week) => `${week} ${rate}`,
      ),
    ),
  )
  for (const { rate, expected, flagged } of rows) {
    expect(expected).toBeGreaterThan(1000 * rate)
    expect(flagged / expected).toBeLessThan(6)
  }
}, 120_000)
