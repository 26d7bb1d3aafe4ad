import { expect, test } from 'vitest'
import { measureCost } from './measure-cost.ts'

test('ten attackers, seven noticed after 30 hours in all, two false alerts a day: weighed a day and 1,000 people', () => {
  const all = {
    type: 'all',
    campaigns: 10,
    found: 0.7,
    hoursLate: 30,
    events: [1, 1],
    hours: [1, 1],
  } as const
  const cost = measureCost({ all }, { falseAlertsPerDayPer1000: 2 }, 10, 500)
  expect(cost.falseAlerts).toBe(2)
  expect(cost.missed).toBeCloseTo(120, 9)
  expect(cost.hoursLate).toBeCloseTo(120, 9)
  expect(cost.total).toBeCloseTo(242, 9)
  expect(cost.ofSilence).toBeCloseTo(400, 9)
})
