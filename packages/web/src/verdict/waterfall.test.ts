import fc from 'fast-check'
import { expect, test } from 'vitest'
import { waterfall } from './waterfall.ts'

const reason = (code: string, points: number) => ({ code, points, text: code })
const reasons = fc.array(
  fc
    .tuple(fc.string(), fc.double({ min: -10, max: 10, noNaN: true }))
    .map(([code, points]) => reason(code, points)),
  { maxLength: 30 },
)

test('bars begin where the last one ended, and the last one ends at the score', () => {
  fc.assert(
    fc.property(
      reasons,
      fc.double({ min: -50, max: 50, noNaN: true }),
      fc.integer({ min: 1, max: 12 }),
      (list, score, shown) => {
        const { rows, low, high } = waterfall(list, score, shown)
        let at = 0
        for (const row of rows) {
          expect(row.from).toBe(at)
          at = row.to
          expect(Math.min(row.from, row.to)).toBeGreaterThanOrEqual(low)
          expect(Math.max(row.from, row.to)).toBeLessThanOrEqual(high)
        }
        expect(Math.abs(at - score)).toBeLessThan(0.0051)
        expect(rows.reduce((count, row) => count + row.count, 0)).toBe(list.length)
      },
    ),
  )
})

test('the strongest come first, whatever their sign, and the weak ones share a bar', () => {
  const { rows } = waterfall(
    [reason('a', 1), reason('b', -3), reason('c', 2), reason('d', 0.5)],
    0.5,
    2,
  )
  expect(rows.map((row) => row.reason?.code ?? row.kind)).toEqual(['b', 'c', 'smaller'])
  expect(rows[2]).toMatchObject({ count: 2, points: 1.5 })
})

test('one reason too many is shown, not folded away', () => {
  const { rows } = waterfall([reason('a', 1), reason('b', 3), reason('c', 2)], 6, 2)
  expect(rows.map((row) => row.kind)).toEqual(['reason', 'reason', 'reason'])
})

test('points that no reason names are a bar of their own', () => {
  const { rows } = waterfall([reason('a', 1)], 3, 5)
  expect(rows[1]).toEqual({ kind: 'rest', count: 0, points: 2, from: 1, to: 3 })
})

test('without reasons and score there is nothing to draw', () => {
  expect(waterfall([], 0, 5)).toEqual({ rows: [], low: 0, high: 0 })
})
