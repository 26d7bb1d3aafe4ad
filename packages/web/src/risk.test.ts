import { expect, test } from 'vitest'
import { oneInHowMany, riskBand, wholeRisk } from './risk.ts'

test('risk 50, 75 and 100 mean one in 100, 1,000 and 10,000', () => {
  expect([50, 75, 100].map(oneInHowMany)).toEqual([100, 1000, 10_000])
})

test('numbers outside the scale stay on it', () => {
  expect(oneInHowMany(-5)).toBe(1)
  expect(oneInHowMany(170)).toBe(10_000)
})

test('bands begin exactly at 50, 75 and 90', () => {
  expect([0, 49.99, 50, 74.99, 75, 89.99, 90, 100].map(riskBand)).toEqual([0, 0, 1, 1, 2, 2, 3, 3])
})

test('a shown risk lies in the band it is coloured with', () => {
  for (let risk = 0; risk <= 100; risk += 0.1) {
    expect(riskBand(wholeRisk(risk))).toBe(riskBand(risk))
  }
})
