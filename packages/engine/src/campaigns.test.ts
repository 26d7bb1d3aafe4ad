import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { decodePopulation, encodePopulation } from './population/codec.ts'
import { addMark, campaignAt, type Wave } from './population/wave.ts'
import {
  DAY,
  type Difference,
  HOUR,
  type Life,
  livedIn,
  MONDAY,
  person,
  signIn,
} from './testing/lives.ts'

const NEXT_MONDAY = MONDAY + 14 * DAY

/** A wrong password for somebody, sent from an address range by a machine. */
function guess(time: number, who: number, from: number, machine = `bot ${from}`) {
  const own = person(who)
  return signIn(time, {
    ...own,
    place: { country: 'BR', city: 'Recife', lat: -8, long: -34.9 },
    network: { prefix: `203.0.${from}.0/24`, asn: 64_511 + (from % 7) },
    client: { os: 'Linux', os_version: '6', browser: 'Chrome', browser_version: '99' },
    event: {
      ...own.event,
      status_id: 2,
      failure_class: 'bad_credentials',
      device: { uid: machine },
    },
  })
}

function fail(time: number, who: number, but: Difference = {}) {
  const own = person(who)
  return signIn(time, {
    ...own,
    ...but,
    event: { ...own.event, ...but.event, status_id: 2, failure_class: 'bad_credentials' },
  })
}

describe('an organisation under attack', () => {
  let life: Life
  const alerts = (events: Parameters<Life['live']>[0][]) =>
    events.flatMap((event) => life.live(event).alert?.group ?? [])
  beforeEach(() => {
    life = livedIn(60, 14)
  })

  test('has one incident of a spray that goes on from other addresses with the same machine', () => {
    const first = Array.from({ length: 30 }, (_, i) => guess(NEXT_MONDAY + i * 60_000, i, 1, 'bot'))
    const second = Array.from({ length: 25 }, (_, i) =>
      guess(NEXT_MONDAY + 9 * HOUR + i * 60_000, 30 + i, 2, 'bot'),
    )
    const groups = alerts([...first, ...second])
    expect(groups.length).toBeGreaterThan(40)
    expect(new Set(groups).size).toBe(1)
  })

  test('has one incident of leaked pairs tried from many addresses and machines, each a few times', () => {
    const groups = alerts(
      Array.from({ length: 60 }, (_, i) => guess(NEXT_MONDAY + i * 90_000, i, 1 + (i % 30))),
    )
    expect(groups.length).toBeGreaterThan(10)
    expect(new Set(groups).size).toBe(1)
  })

  test('names the sign-in that succeeds from where the campaign is, at three nats and for challenge', () => {
    for (let i = 0; i < 30; i++) life.live(guess(NEXT_MONDAY + i * 60_000, i, 1))
    const { event, ...rest } = guess(NEXT_MONDAY + HOUR, 31, 1)
    const { failure_class: _, ...hit } = event
    const { verdict, alert } = life.live({ ...rest, event: { ...hit, status_id: 1 } })
    const reason = verdict.reasons.find(({ code }) => code === 'spray_success')
    expect(reason?.points).toBeCloseTo(3)
    expect(verdict.decision).not.toBe('allow')
    expect(alert?.group).toMatch(/^campaign:/)
  })

  test('knows its campaigns again from the bytes of its population', () => {
    for (let i = 0; i < 30; i++) life.live(guess(NEXT_MONDAY + i * 60_000, i, 1))
    const secret = Uint8Array.from({ length: 16 }, (_, i) => 3 * i + 1)
    const restored = decodePopulation(encodePopulation(life.population), secret)
    expect(restored.marks).toEqual(life.population.marks)
    expect(restored.marks.every((marks) => marks.size > 0)).toBe(true)
  })
})

describe('a Monday after all passwords expired', () => {
  /** Two hundred people behind one address; nine of ten fail once or twice before they succeed. */
  function monday(life: Life, but: (who: number) => Difference): string[] {
    const groups: string[] = []
    for (let who = 0; who < 200; who++) {
      const time = NEXT_MONDAY + who * 20_000
      const tries = who % 10 === 0 ? 0 : 1 + (who % 2)
      for (let i = 0; i < tries; i++) {
        groups.push(life.live(fail(time + i * 5000, who, but(who))).alert?.group ?? '')
      }
      const own = person(who)
      groups.push(life.live(signIn(time + 15_000, { ...own, ...but(who) })).alert?.group ?? '')
    }
    return groups.filter((group) => group.startsWith('campaign:'))
  }

  test('is no campaign at the office that everybody knows', () => {
    const office = { network: { prefix: '198.51.200.0/24' } }
    const life = livedIn(0, 0)
    for (let day = 0; day < 14; day++) {
      if (day % 7 > 4) continue
      for (let who = 0; who < 200; who++) {
        life.live(signIn(MONDAY + day * DAY + who * 17_000, { ...person(who), ...office }))
      }
    }
    expect(monday(life, () => office)).toEqual([])
  })

  test('is no campaign on the day of the move to another office either', () => {
    const life = livedIn(200, 14)
    expect(monday(life, () => ({ network: { prefix: '192.0.2.0/24', asn: 64_499 } }))).toEqual([])
  })
})

describe('marks of a campaign', () => {
  test('are the same in whatever order they were noted', () => {
    const marks = fc.array(
      fc.tuple(
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1000, max: 1020 }),
        fc.integer({ min: 5, max: 9 }),
      ),
      { maxLength: 12 },
    )
    const noted = (list: readonly (readonly [number, number, number])[]) => {
      const all = new Map<number, Wave>()
      for (const [mark, period, campaign] of list) addMark(all, mark, period, campaign)
      return all
    }
    fc.assert(
      fc.property(marks, (list) => {
        expect(noted([...list].reverse())).toEqual(noted(list))
      }),
    )
  })

  test('tell of their campaign for a day', () => {
    const marks = new Map<number, Wave>()
    addMark(marks, 7, 1000, 5)
    expect(campaignAt(marks, 7, 1031)).toBe(5)
    expect(campaignAt(marks, 7, 1032)).toBe(0)
    addMark(marks, 7, 1040, 6)
    expect(campaignAt(marks, 7, 1040)).toBe(6)
  })
})
