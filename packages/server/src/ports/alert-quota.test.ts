import { type AlertSummary, SEVERITIES } from '@gatewatch/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ALERTS_PER_IDENTITY, QUOTA_MS, ration } from './alert-quota.ts'

const NOON = Date.UTC(2026, 0, 5, 12)

function alert(id: string, more: Partial<AlertSummary> = {}): AlertSummary {
  return {
    id,
    title: id,
    severity: 'low',
    status: 'open',
    entity: `user:${id}`,
    entity_name: id,
    risk: 80,
    decision: 'challenge',
    first_seen: NOON,
    last_seen: NOON,
    count: 1,
    techniques: [],
    reasons: [],
    demo: false,
    ...more,
  }
}

const told = (alerts: readonly AlertSummary[]) =>
  alerts.filter(({ status }) => status === 'open').map(({ id }) => id)

test('within the quota everything is told', () => {
  const { rationed, displaced } = ration([alert('a'), alert('b')], [alert('c')], 3)
  expect(rationed.map(({ isNews }) => isNews)).toEqual([true, true])
  expect(displaced).toEqual([])
})

test('beyond it the weakest is kept back: the new one, or one that was told and nobody has judged', () => {
  const before = [alert('weak', { risk: 76 }), alert('strong', { severity: 'high' })]
  const weaker = ration([alert('new', { risk: 75 })], before, 2)
  expect(weaker.rationed[0]).toMatchObject({ alert: { status: 'kept_back' }, isNews: false })
  expect(weaker.displaced).toEqual([])
  const stronger = ration([alert('new', { risk: 99 })], before, 2)
  expect(stronger.rationed[0]).toMatchObject({ alert: { status: 'open' }, isNews: true })
  expect(stronger.displaced).toMatchObject([{ id: 'weak', status: 'kept_back' }])
  const feedback = { verdict: 'safe' as const, by: 'me', time: NOON }
  const judged = before.map((one) => ({ ...one, status: 'closed' as const, feedback }))
  expect(ration([alert('new', { risk: 99 })], judged, 2).rationed[0]?.isNews).toBe(false)
})

test('one identity is told of three times a day, and again the day after', () => {
  const about = (id: string, more: Partial<AlertSummary> = {}) =>
    alert(id, { entity: 'user:ada', ...more })
  const three = ['a', 'b', 'c'].map((id) => about(id))
  expect(three).toHaveLength(ALERTS_PER_IDENTITY)
  expect(ration([about('d')], three, 100).rationed[0]?.isNews).toBe(false)
  expect(ration([alert('d')], three, 100).rationed[0]?.isNews).toBe(true)
  const tomorrow = about('d', { first_seen: NOON + QUOTA_MS })
  expect(ration([tomorrow], three, 100).rationed[0]?.isNews).toBe(true)
})

test('what was kept back is told once it has grown strong enough', () => {
  const grown = alert('k', { status: 'kept_back', severity: 'critical' })
  const { rationed } = ration([grown], [alert('a'), alert('b')], 2)
  expect(rationed[0]).toMatchObject({ alert: { status: 'open' }, isNews: true })
})

test('none is lost, the quota holds, critical ones are told, and none told is weaker than one kept back', () => {
  const some = fc.array(
    fc.record({
      severity: fc.constantFrom(...SEVERITIES),
      risk: fc.integer({ min: 75, max: 100 }),
    }),
    { maxLength: 25 },
  )
  fc.assert(
    fc.property(some, fc.integer({ min: 1, max: 6 }), (wanted, perDay) => {
      const alerts = wanted.map((more, n) => alert(`n${n}`, more))
      const { rationed, displaced } = ration(alerts, [], perDay)
      const after = rationed.map((one) => one.alert)
      expect(displaced).toEqual([])
      expect(after.map(({ id }) => id)).toEqual(alerts.map(({ id }) => id))
      const open = after.filter(({ status }) => status === 'open')
      const critical = after.filter(({ severity }) => severity === 'critical')
      expect(critical.every(({ status }) => status === 'open')).toBe(true)
      expect(open.length - critical.length).toBeLessThanOrEqual(perDay)
      const rank = ({ severity, risk }: AlertSummary) => 1000 * SEVERITIES.indexOf(severity) + risk
      const ranks = (status: string) =>
        after.filter((one) => one.status === status && one.severity !== 'critical').map(rank)
      expect(Math.min(...ranks('open'))).toBeGreaterThanOrEqual(Math.max(...ranks('kept_back')))
      expect(told(after).length).toBeGreaterThanOrEqual(Math.min(perDay, alerts.length))
    }),
  )
})
