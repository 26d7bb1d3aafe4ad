import { beforeAll, describe, expect, test } from 'vitest'
import { ATTACK_TYPES, type SimulatedEvent } from './truth.ts'
import { createWorld } from './world.ts'

const DAY = 86_400_000
const START = Date.UTC(2026, 0, 5)
const DAYS = 45
const world = createWorld({
  family: 'crews',
  seed: 21,
  people: 600,
  days: DAYS,
  start: START,
  attacks: 3,
})

describe('the world of crews', () => {
  const rows: SimulatedEvent[] = []
  const benign: SimulatedEvent[] = []
  const hostile: SimulatedEvent[] = []

  beforeAll(() => {
    for (const one of world.events()) {
      rows.push(one)
      if (one.truth.label === 'benign') benign.push(one)
      else hostile.push(one)
    }
  })

  const isSignIn = ({ event }: SimulatedEvent) =>
    event.status_id === 1 && /primary|session/.test(event.auth?.stage ?? '')
  const owner = ({ event }: SimulatedEvent) => event.actor.key ?? ''
  const network = ({ event }: SimulatedEvent) => world.placeOf(event.src.ip ?? '')?.as_name ?? ''

  test('has attacks of every kind but mass deletion, which is the other family’s', () => {
    const seen = new Set(hostile.map(({ truth }) => truth.label))
    expect([...seen].sort()).toEqual(
      ATTACK_TYPES.filter((one) => !/mass_deletion|poison/.test(one)).sort(),
    )
  })

  test('attackers come back to the same victim, days later', () => {
    const days = new Map<string, Set<number>>()
    for (const one of hostile.filter(isSignIn)) {
      if (!/targeted|cookie/.test(one.truth.label)) continue
      const name = `${one.truth.campaign} ${one.truth.victim}`
      days.set(name, (days.get(name) ?? new Set()).add(Math.floor(one.event.time / DAY)))
    }
    const again = [...days.values()].filter(({ size }) => size > 1).length
    expect(again / days.size).toBeGreaterThan(0.25)
    expect(again / days.size).toBeLessThan(0.75)
  })

  test('people share machines at call centres and tills', () => {
    const users = new Map<string, Set<string>>()
    for (const one of benign) {
      const uid = one.event.device?.uid
      if (uid !== undefined) users.set(uid, (users.get(uid) ?? new Set()).add(owner(one)))
    }
    const shared = [...users.values()].filter(({ size }) => size >= 5)
    expect(shared.length).toBeGreaterThan(10)
  })

  test('a second firm joins in mid-world, within a few days, through an identity provider of its own', () => {
    const second = benign.filter(({ event }) => event.source.vendor === 'google').filter(isSignIn)
    expect(second.every(({ event }) => event.actor.domain === 'tallis.example')).toBe(true)
    const times = second.map(({ event }) => event.time)
    expect(Math.min(...times)).toBeGreaterThan(START + 0.3 * DAYS * DAY)
    const everybody = new Set(second.map(owner))
    const early = new Set(
      second.filter(({ event }) => event.time < Math.min(...times) + 10 * DAY).map(owner),
    )
    expect(everybody.size).toBeGreaterThan(10)
    expect(early.size / everybody.size).toBeGreaterThan(0.6)
  })

  test('crews that meet share the network of the place', () => {
    const abroad = new Map<string, Set<string>>()
    for (const one of benign.filter(isSignIn)) {
      const name = `${Math.floor(one.event.time / DAY)} ${one.event.src.ip}`
      const place = world.placeOf(one.event.src.ip ?? '')
      if (place?.class === 'residential')
        abroad.set(name, (abroad.get(name) ?? new Set()).add(owner(one)))
    }
    expect([...abroad.values()].filter(({ size }) => size >= 3).length).toBeGreaterThan(10)
  })

  test('a good part of the connections is IPv6, from carriers above all', () => {
    const signIns = benign.filter(isSignIn)
    const six = signIns.filter(({ event }) => event.src.ip?.includes(':'))
    expect(six.length / signIns.length).toBeGreaterThan(0.08)
    expect(six.length / signIns.length).toBeLessThan(0.6)
  })

  test('insiders act from where they always are, and leaked keys are keys in use', () => {
    const habits = new Set(benign.map((one) => `${owner(one)} ${network(one)}`))
    const inside = hostile.filter(({ truth }) => truth.label === 'insider')
    const usual = inside.filter((one) => habits.has(`${owner(one)} ${network(one)}`))
    expect(usual.length / inside.length).toBeGreaterThan(0.9)
    const keys = new Set(benign.map(({ event }) => event.actor.credential_uid))
    const leaked = hostile.filter(({ truth }) => truth.label === 'leaked_key')
    expect(leaked.length).toBeGreaterThan(20)
    expect(leaked.every(({ event }) => keys.has(event.actor.credential_uid))).toBe(true)
  })

  test('accounts taken over as dormant have not been used by their owners for ten days or more', () => {
    const first = new Map<string, number>()
    for (const { event, truth } of hostile)
      if (truth.label === 'dormant_takeover' && !first.has(truth.victim ?? ''))
        first.set(truth.victim ?? '', event.time)
    expect(first.size).toBeGreaterThan(2)
    for (const [victim, time] of first) {
      const last = benign
        .filter((one) => owner(one) === victim && isSignIn(one) && one.event.time < time)
        .at(-1)?.event.time
      if (last !== undefined) expect((time - last) / DAY).toBeGreaterThan(10)
    }
  })

  test('cloud activity follows workflows: nobody applies a change set without having looked at the stack', () => {
    const looked = new Set<string>()
    let applied = 0
    for (const one of rows) {
      const operation = one.event.api?.operation
      if (operation === 'DescribeStacks' || operation === 'CreateChangeSet') looked.add(owner(one))
      if (operation !== 'ExecuteChangeSet') continue
      applied++
      expect(looked.has(owner(one))).toBe(true)
    }
    expect(applied).toBeGreaterThan(10)
  })
})
