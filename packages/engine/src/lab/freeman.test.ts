import { describe, expect, test } from 'vitest'
import { createFreeman, type FreemanAttempt } from './freeman.ts'

const home: FreemanAttempt = {
  ip: '192.0.2.1',
  asn: '64500',
  country: 'DE',
  userAgent: 'Chrome 120 on Windows',
  browser: 'Chrome 120',
  os: 'Windows',
  device: 'desktop',
}
const abroad: FreemanAttempt = { ...home, ip: '198.51.100.7', asn: '64999', country: 'BR' }

describe("Freeman's likelihood ratio", () => {
  test('is the published formula, worked by hand for two sign-ins of one user', () => {
    const model = createFreeman()
    model.learn('ada', home)
    model.learn('ada', home)
    const { withPrior, withoutPrior } = model.score('ada', home)
    // ip: p = .6 (1 - 3/5)(1 - 3/5) + .3 + .1; user agent: p = .5387 (1 - 4/6)(1 - 4/6) + the rest; own history: 1 each
    const ip = 0.6 * (2 / 5) * (2 / 5) + 0.4
    const agent = 0.5386653840551359 * (2 / 6) * (2 / 6) + (1 - 0.5386653840551359)
    expect(withoutPrior).toBeCloseTo(Math.log(ip) + Math.log(agent), 10)
    expect(withPrior).toBeCloseTo(withoutPrior, 10)
  })

  test('gives a quarter of the global probability to what the user never had', () => {
    const model = createFreeman()
    model.learn('ada', home)
    model.learn('bob', abroad)
    const stranger = { ...abroad, ip: '203.0.113.5', asn: '64998', country: 'VN' }
    const agentOnly = model.score('ada', {
      ...home,
      ip: stranger.ip,
      asn: stranger.asn,
      country: stranger.country,
    })
    const same = model.score('ada', home)
    const seen = 0.6 * (1 / 4) * (1 / 2) * (2 / 7) + 0.3 / 2 + 0.1 / 2
    expect(agentOnly.withoutPrior - same.withoutPrior).toBeCloseTo(Math.log(4) - Math.log(seen), 10)
  })

  test('finds another country riskier than home', () => {
    const model = createFreeman()
    for (let i = 0; i < 5; i++) model.learn('ada', home)
    for (let i = 0; i < 20; i++) model.learn(`other ${i}`, abroad)
    const atHome = model.score('ada', home)
    expect(model.score('ada', abroad).withoutPrior).toBeGreaterThan(atHome.withoutPrior)
  })

  test('holds those who seldom sign in for riskier when the prior counts', () => {
    const model = createFreeman()
    for (let i = 0; i < 50; i++) model.learn('often', home)
    model.learn('seldom', home)
    const gap = model.score('seldom', home).withPrior - model.score('often', home).withPrior
    expect(gap).toBeCloseTo(Math.log(50), 6)
  })

  test('stays finite for a user and a world without history', () => {
    const score = createFreeman().score('nobody', home)
    expect(Number.isFinite(score.withPrior)).toBe(true)
    expect(score.withoutPrior).toBeCloseTo(2 * Math.log(4), 10)
  })
})
