import { ChannelRoute, type Notice, type Severity } from '@gatewatch/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newAlert } from '../ports/alert-growth.ts'
import { type StoredChannel, UNTRIED } from '../ports/outbox.ts'
import { sampleJudged } from '../ports/samples.contract.ts'
import { noticeOf } from './notices.ts'
import { fits, planDelivery } from './plan-delivery.ts'

/** Saturday noon, UTC. */
const SATURDAY = Date.UTC(2026, 4, 23, 12)
const MINUTE = 60_000
const HOUR = 60 * MINUTE

function channel(route: object, enabled = true): StoredChannel {
  return {
    id: 'one',
    name: 'one',
    settings: { kind: 'webhook' },
    sealed: Uint8Array.of(),
    route: ChannelRoute.parse(route),
    enabled,
    created: 0,
    health: UNTRIED,
  }
}

function raised(severity: Severity = 'medium', user = 'ada@example.com'): Notice {
  const alert = newAlert(sampleJudged({ uid: user, user, group: 'g', severity }), false)
  return noticeOf('raised', alert)
}

const closed = () => {
  const notice = raised()
  if (notice.about !== 'alert') throw new Error('an alert')
  const feedback = { verdict: 'safe', by: 'me', time: 1 } as const
  return noticeOf('closed', { ...notice.alert, status: 'closed', feedback })
}

const due = (route: object, notice: Notice, now = SATURDAY) =>
  planDelivery(notice, channel(route), now)?.due

test('a channel gets what its route asks for, at once', () => {
  const plan = { due: SATURDAY, digest: null, escalates: false }
  expect(planDelivery(raised(), channel({}), SATURDAY)).toEqual(plan)
  expect(planDelivery(raised(), channel({}, false), SATURDAY)).toBeNull()
  expect(due({ min_severity: 'high' }, raised('medium'))).toBeUndefined()
  expect(due({ min_severity: 'high' }, raised('critical'))).toBe(SATURDAY)
  expect(due({ changes: ['closed'] }, raised())).toBeUndefined()
  expect(due({ changes: ['closed'] }, closed())).toBe(SATURDAY)
  expect(due({ entities: ['*@example.com'] }, raised())).toBe(SATURDAY)
  expect(due({ entities: ['*@example.org', 'user:bob*'] }, raised())).toBeUndefined()
  expect(due({ techniques: ['T1078*'] }, raised())).toBe(SATURDAY)
  expect(due({ techniques: ['T1110'] }, raised())).toBeUndefined()
})

test('of its own trouble a channel hears nothing, the others do', () => {
  const trouble = { about: 'channel', key: 'k', time: 1, text: 'down' } as const
  expect(planDelivery({ ...trouble, channel: 'one' }, channel({}), SATURDAY)).toBeNull()
  expect(planDelivery({ ...trouble, channel: 'two' }, channel({}), SATURDAY)).not.toBeNull()
})

test('outside its hours a channel waits for them, but for what is grave', () => {
  const hours = {
    time_zone: 'Europe/Stockholm',
    days: [1, 2, 3, 4, 5],
    from: '08:30',
    until: '17:00',
  }
  const monday = Date.UTC(2026, 4, 25, 6, 30)
  expect(due({ hours }, raised())).toBe(monday)
  expect(due({ hours }, raised('critical'))).toBe(SATURDAY)
  expect(due({ hours: { ...hours, always_from: 'medium' } }, raised())).toBe(SATURDAY)
  expect(due({ hours }, raised(), monday)).toBe(monday)
  expect(due({ hours }, raised(), monday - 1)).toBe(monday)
  // 17:00 is over: the next morning
  expect(due({ hours }, raised(), Date.UTC(2026, 4, 25, 15))).toBe(monday + 24 * HOUR)
})

test('hours over midnight belong to the day they begin on, also when clocks change', () => {
  const night = { time_zone: 'Europe/Stockholm', days: [6], from: '22:00', until: '06:00' }
  const begins = Date.UTC(2026, 4, 23, 20)
  expect(due({ hours: night }, raised())).toBe(begins)
  expect(due({ hours: night }, raised(), begins + 7 * HOUR)).toBe(begins + 7 * HOUR)
  expect(due({ hours: night }, raised(), begins + 8 * HOUR)).toBe(begins + 7 * 24 * HOUR)
  // 28 March 2026 to the 29th: 02:00 becomes 03:00 in Stockholm
  const spring = { ...night, days: [7], from: '02:30', until: '05:00' }
  const sunday = Date.UTC(2026, 2, 29, 0)
  expect(due({ hours: spring }, raised(), sunday)).toBe(Date.UTC(2026, 2, 29, 1))
})

test('a digest gathers up to the end of its time; what is grave does not wait for the hours, and still for the digest', () => {
  const plan = planDelivery(raised(), channel({ digest_minutes: 30 }), SATURDAY + 1)
  const end = SATURDAY + 30 * MINUTE
  expect(plan).toEqual({ due: end, digest: end, escalates: false })
  expect(planDelivery(raised(), channel({ digest_minutes: 30 }), end)?.digest).toBe(
    end + 30 * MINUTE,
  )
})

test('an escalation waits, and the end of what it tells does not', () => {
  const route = { escalate_minutes: 15 }
  const plan = { due: SATURDAY + 15 * MINUTE, digest: null, escalates: true }
  expect(planDelivery(raised(), channel(route), SATURDAY)).toEqual(plan)
  expect(planDelivery(closed(), channel(route), SATURDAY)).toMatchObject({
    due: SATURDAY,
    escalates: false,
  })
})

test('a star stands for anything, everything else for itself', () => {
  const letters = fc.stringMatching(/^[a-c.]{0,8}$/)
  fc.assert(
    fc.property(letters, letters, letters, (a, b, c) => {
      expect(fits(a + b + c, `${a}*${c}`)).toBe(true)
      expect(fits(a + b + c, `*${b}*`)).toBe(true)
      expect(fits(a, b)).toBe(a === b)
      const pattern = `${a}*${b}*${c}`
      const regex = new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`)
      for (const name of [a + c, b + a + c, a + b + b + c, c + b + a]) {
        expect(fits(name, pattern)).toBe(regex.test(name))
      }
    }),
  )
})

test('the next time within the hours is within them, and never before now', () => {
  const clock = fc.integer({ min: 0, max: 1439 }).map((at) => {
    const two = (value: number) => String(value).padStart(2, '0')
    return `${two(Math.floor(at / 60))}:${two(at % 60)}`
  })
  const hours = fc.record({
    time_zone: fc.constantFrom('UTC', 'Europe/Stockholm', 'Asia/Kathmandu', 'America/St_Johns'),
    days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
    from: clock,
    until: clock,
  })
  fc.assert(
    fc.property(hours, fc.integer({ min: 0, max: 366 * 1440 }), (given, minutes) => {
      const now = SATURDAY + minutes * MINUTE
      const at = due({ hours: given }, raised(), now) ?? 0
      expect(at).toBeGreaterThanOrEqual(now)
      expect(at).toBeLessThanOrEqual(now + 8 * 24 * HOUR)
      expect(due({ hours: given }, raised(), at)).toBe(at)
    }),
    { numRuns: 60 },
  )
})
