import { beforeAll, describe, expect, test } from 'vitest'
import type { SimulatedEvent } from './truth.ts'
import { createWorld, FAMILIES, type Family } from './world.ts'

/** A world large enough for steady figures. */
function play(family: Family): SimulatedEvent[] {
  return [
    ...createWorld({
      family,
      seed: 11,
      people: 1200,
      days: 40,
      start: Date.UTC(2026, 0, 5),
      cloud: 0.1,
    }).events(),
  ]
}

/** A success of somebody: what attacks and false alarms are counted in. */
function isSignIn({ event }: SimulatedEvent): boolean {
  const stage = event.auth?.stage
  return event.status_id === 1 && (stage === 'primary' || stage === 'session')
}

const isAttack = ({ truth }: SimulatedEvent) => truth.label !== 'benign'

/** Probability that a hostile row has more of a number than a benign one, ties halved. */
function auc(list: readonly SimulatedEvent[], feature: (one: SimulatedEvent) => number): number {
  const sorted = list
    .map((one) => ({ value: feature(one), hostile: isAttack(one) }))
    .sort((a, b) => a.value - b.value)
  let rankSum = 0
  let hostile = 0
  for (let i = 0; i < sorted.length; ) {
    let j = i
    while (j < sorted.length && sorted[j]?.value === sorted[i]?.value) j++
    for (let k = i; k < j; k++) {
      if (sorted[k]?.hostile !== true) continue
      rankSum += (i + 1 + j) / 2
      hostile++
    }
    i = j
  }
  const benign = sorted.length - hostile
  return (rankSum - (hostile * (hostile + 1)) / 2) / (hostile * benign)
}

/**
 * How well a category tells attacks, at best: its share of attacks, learned on one half, judged on the other. A campaign
 * lies in one half only, else its return to the same place would count as knowledge of attacks.
 */
function categoryAuc(list: readonly SimulatedEvent[], category: (one: SimulatedEvent) => string) {
  const rates = new Map<string, { hostile: number; all: number }>()
  const campaigns = [...new Set(list.map(({ truth }) => truth.campaign))]
  const sides = new Map(campaigns.map((name, index) => [name, index % 2]))
  const side = (one: SimulatedEvent, index: number) =>
    isAttack(one) ? sides.get(one.truth.campaign) : index % 2
  const halves = [0, 1].map((half) => list.filter((one, index) => side(one, index) === half))
  for (const one of halves[0] ?? []) {
    const rate = rates.get(category(one)) ?? { hostile: 0, all: 0 }
    rate.all++
    if (isAttack(one)) rate.hostile++
    rates.set(category(one), rate)
  }
  const prior = list.filter(isAttack).length / list.length
  return auc(halves[1] ?? [], (one) => {
    const rate = rates.get(category(one)) ?? { hostile: 0, all: 0 }
    return (rate.hostile + 20 * prior) / (rate.all + 20)
  })
}

/** The last number of an address, 0-255: of an IPv6 address, of its last group. */
function lastByte(ip: string): number {
  return ip.includes(':')
    ? Number.parseInt(ip.slice(ip.lastIndexOf(':') + 1), 16) % 256
    : Number(ip.split('.')[3])
}

/** The /24 or /48 that an address lies in. */
function blockOf(ip: string): string {
  return ip.includes(':') ? ip.split(':').slice(0, 3).join(':') : ip.slice(0, ip.lastIndexOf('.'))
}

describe.each(FAMILIES)(
  'in a world of %s nothing but behaviour tells an attack from a sign-in',
  (family) => {
    const rows: SimulatedEvent[] = []
    const signIns: SimulatedEvent[] = []

    beforeAll(() => {
      for (const one of play(family)) {
        rows.push(one)
        if (isSignIn(one)) signIns.push(one)
      }
    })

    test('attacks are a stress mix of 0.3 to 1 per cent of sign-ins, over half of them targeted or by cookie', () => {
      const hostile = signIns.filter(isAttack)
      expect(hostile.length / signIns.length).toBeGreaterThan(0.003)
      expect(hostile.length / signIns.length).toBeLessThan(0.01)
      const hard = hostile.filter(({ truth }) => /targeted|cookie/.test(truth.label))
      expect(hard.length / hostile.length).toBeGreaterThan(0.48)
      expect(hard.length / hostile.length).toBeLessThan(0.68)
    })

    test.each<[string, (one: SimulatedEvent) => number]>([
      ['identifier', ({ event }) => Number.parseInt(event.uid.slice(0, 8), 16)],
      ['identifier end', ({ event }) => Number.parseInt(event.uid.slice(-8), 16)],
      ['milliseconds', ({ event }) => event.time % 1000],
      ['last digit', ({ event }) => event.time % 10],
      ['seconds', ({ event }) => Math.floor(event.time / 1000) % 60],
      ['delay', ({ event }) => event.observed_time - event.time],
      ['last byte of the address', ({ event }) => lastByte(event.src.ip ?? '')],
      ['length of the record', ({ event }) => Object.keys(event).length],
      ['attempt', ({ event }) => Number.parseInt(event.auth?.attempt_uid?.slice(3) ?? '0', 16)],
    ])('the %s of a record says nothing', (_, feature) => {
      expect(Math.abs(auc(signIns, feature) - 0.5)).toBeLessThan(0.06)
    })

    test('the order of records within the world says nothing', () => {
      const order = new Map(signIns.map((one, index) => [one, index]))
      expect(Math.abs(auc(signIns, (one) => order.get(one) ?? 0) - 0.5)).toBeLessThan(0.06)
    })

    test.each<[string, (one: SimulatedEvent) => string]>([
      ['network', ({ event }) => String(event.src.autonomous_system?.number)],
      ['country', ({ event }) => event.src.location?.country ?? ''],
      ['user agent', ({ event }) => event.user_agent ?? ''],
      ['application', ({ event }) => event.app?.name ?? ''],
      ['hour', ({ event }) => String(Math.floor(event.time / 3_600_000) % 24)],
      ['second factor', ({ event }) => String(event.auth?.is_mfa)],
      ['step', ({ event }) => String(event.auth?.stage)],
      ['management of the device', ({ event }) => String(event.device?.is_managed)],
      ['presence of a device identifier', ({ event }) => String(event.device?.uid === undefined)],
    ])('the %s alone, with labels, finds too few', (_, category) => {
      expect(categoryAuc(signIns, category)).toBeLessThan(0.9)
      const targeted = signIns.filter(({ truth }) => /benign|targeted/.test(truth.label))
      expect(categoryAuc(targeted, category)).toBeLessThan(0.8)
    })

    test.each<[string, (one: SimulatedEvent) => string, number]>([
      ['country', ({ event }) => event.src.location?.country ?? '', 1],
      ['network', ({ event }) => String(event.src.autonomous_system?.number), 0.95],
      ['block', ({ event }) => blockOf(event.src.ip ?? ''), 0.6],
      ['browser', ({ event }) => event.device?.browser?.split(' ')[0] ?? '', 1],
      ['operating system', ({ event }) => event.device?.os?.split(' ')[0] ?? '', 1],
      ['user agent', ({ event }) => event.user_agent ?? '', 0.9],
    ])('every %s that attackers use, honest people use too', (_, category, share) => {
      const benign = new Set(rows.filter((one) => !isAttack(one)).map(category))
      const hostile = signIns.filter(isAttack).map(category)
      const shared = hostile.filter((one) => benign.has(one)).length
      expect(shared / hostile.length).toBeGreaterThanOrEqual(share)
    })

    test('the people who are attacked are as active as anybody', () => {
      const counts = new Map<string, number>()
      for (const one of signIns)
        if (!isAttack(one))
          counts.set(one.event.actor.key ?? '', (counts.get(one.event.actor.key ?? '') ?? 0) + 1)
      const median = (list: number[]) =>
        list.sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0
      const victims = signIns
        .filter((one) => isAttack(one) && one.truth.label !== 'dormant_takeover')
        .map((one) => counts.get(one.event.actor.key ?? '') ?? 0)
      const ratio = median(victims) / median([...counts.values()])
      expect(ratio).toBeGreaterThan(0.7)
      expect(ratio).toBeLessThan(1.4)
    })
  },
)
