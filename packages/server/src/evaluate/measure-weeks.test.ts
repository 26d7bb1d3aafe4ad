import { riskOf } from '@gatewatch/engine'
import { expect, test } from 'vitest'
import { measureWeeks, printWeeks } from './measure-weeks.ts'

const DAY = 86_400_000

/** A thousand benign sign-ins a day over two weeks, of which `share` reach the risk of one in a hundred. */
function rows(share: (week: number) => number) {
  return Array.from({ length: 14 * 1000 }, (_, i) => {
    const day = Math.floor(i / 1000)
    const flagged = i % 1000 < 1000 * share(Math.floor(day / 7))
    const truth = { label: 'benign' as const, victim: 'somebody', campaign: 'somebody' }
    return { time: day * DAY, risk: flagged ? riskOf(0.01) : 20, truth }
  })
}

test('a week in which twice as many are flagged as promised stands out, whatever the other was', () => {
  const [result] = measureWeeks(
    rows((week) => (week === 0 ? 0.01 : 0.02)),
    0,
    [0.01],
  )
  expect(result?.weeks.map(({ flagged, expected }) => flagged / expected)).toEqual([1, 2])
  expect(result?.enough).toBe(0)
  expect(result?.overall).toBe(1.5)
})

test('weeks that expect fewer than eighty are told in brackets and make no range', () => {
  const few = measureWeeks(
    rows(() => 0.01),
    0,
    [0.01],
  )
  expect(printWeeks(few).at(-1)).toContain('(1.00) (1.00); all 1.00')
  const many = measureWeeks([...rows(() => 0.01), ...rows(() => 0.01)], 0, [0.01])
  expect(many[0]).toMatchObject({ enough: 2, lowest: 1, highest: 1 })
})

test('attacks are no false positives', () => {
  const attack = rows(() => 1).map((row) => ({
    ...row,
    truth: { ...row.truth, label: 'naive' as const },
  }))
  const all = measureWeeks([...rows(() => 0), ...attack], 0, [0.01])
  expect(all[0]?.overall).toBe(0)
})
