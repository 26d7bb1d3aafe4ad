import { AccessEvent } from '@gatewatch/schema'
import { describe, expect, test } from 'vitest'
import { ADA, demoHistory, demoLive, demoOrganisation } from './demo.ts'
import type { SimulatedEvent } from './truth.ts'

const NOW = Date.UTC(2026, 10, 18, 14, 30)
const DAY = 86_400_000

function liveFor(minutes: number, seed = 7, from = NOW): SimulatedEvent[] {
  const list: SimulatedEvent[] = []
  for (const one of demoLive({ seed, from })) {
    if (one.event.time >= from + minutes * 60_000) break
    list.push(one)
  }
  return list
}

describe('the demo', () => {
  test('has months of history up to now, with a few old attacks only', () => {
    const identities = new Set<string>()
    const products = new Set<string>()
    let count = 0
    let hostile = 0
    let first = Infinity
    let last = 0
    for (const { event, truth } of demoHistory({ seed: 7, now: NOW, days: 75 })) {
      count++
      first = Math.min(first, event.time)
      expect(event.time).toBeGreaterThan(last)
      last = event.time
      identities.add(event.actor.key ?? '')
      products.add(event.source.product)
      if (truth.label !== 'benign') {
        hostile++
        expect(event.time).toBeLessThan(NOW - 10 * DAY)
      }
      if (count % 97 === 0) AccessEvent.parse(event)
    }
    expect(count).toBeGreaterThan(80_000)
    expect(count).toBeLessThan(140_000)
    expect(first).toBeLessThan(NOW - 74 * DAY)
    expect(last).toBeLessThan(NOW)
    expect(last).toBeGreaterThan(NOW - 60_000)
    expect(hostile).toBeGreaterThan(0)
    expect(hostile).toBeLessThan(40)
    expect(identities.size).toBeGreaterThan(250)
    expect([...products].sort()).toEqual(['cloudtrail', 'entra', 'okta'])
  })

  test('goes on from any instant, the same for the same seed, at about one event a second', () => {
    const list = liveFor(20)
    expect(liveFor(20)).toEqual(list)
    expect(list.length / 1200).toBeGreaterThan(0.7)
    expect(list.length / 1200).toBeLessThan(2.2)
    for (const { event } of list) {
      expect(event.time).toBeGreaterThanOrEqual(NOW)
      AccessEvent.parse(event)
    }
  })

  test('brings an attack within the first minute at any hour, and different ones after it', () => {
    for (const from of [NOW, NOW + 12 * 3_600_000, NOW + 3 * DAY]) {
      const hostile = liveFor(12, 3, from).filter(({ truth }) => truth.label !== 'benign')
      expect(hostile[0]?.event.time ?? Infinity).toBeLessThan(from + 60_000)
      expect(new Set(hostile.map(({ truth }) => truth.campaign)).size).toBeGreaterThan(6)
      expect(new Set(hostile.map(({ truth }) => truth.label)).size).toBeGreaterThan(4)
      expect(hostile.some(({ truth }) => truth.victim === ADA.key)).toBe(false)
    }
  })

  test('never gives history and live traffic the same identifier', () => {
    const uids = new Set(liveFor(10).map(({ event }) => event.uid))
    for (const { event } of demoHistory({ seed: 7, now: NOW, days: 5 }))
      expect(uids.has(event.uid)).toBe(false)
  })

  test('knows one person who never changes, whatever the seed', () => {
    for (const seed of [1, 7]) {
      const organisation = demoOrganisation({ seed })
      expect(organisation.people().some(({ email }) => email === ADA.email)).toBe(true)
      expect(organisation.adaHomeIp).toBe(demoOrganisation({ seed: 99 }).adaHomeIp)
      const hers = [...demoHistory({ seed, now: NOW, days: 40 })]
        .map(({ event }) => event)
        .filter(({ actor }) => actor.key === ADA.key && actor.email_addr === ADA.email)
      expect(hers.length).toBeGreaterThan(40)
      for (const { device } of hers) expect(device?.uid).toBe(ADA.deviceId)
      const atHome = hers.filter(({ src }) => src.ip === organisation.adaHomeIp)
      expect(atHome.length / hers.length).toBeGreaterThan(0.6)
      expect(organisation.placeOf(organisation.adaHomeIp)?.place?.city).toBe(ADA.city)
    }
  })
})
