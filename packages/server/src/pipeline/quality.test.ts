import type { AlertSummary, FeedbackVerdict } from '@gatewatch/schema'
import { expect, test } from 'vitest'
import { detectionsOf, qualityOf, shareOf } from './quality.ts'

const DAY = 86_400_000
const NOW = 20_000 * DAY + 5

function alert(id: string, verdict: FeedbackVerdict | null, more: Partial<AlertSummary> = {}) {
  const said = verdict === null ? {} : { feedback: { verdict, by: 'ada', time: NOW } }
  const summary: AlertSummary = {
    id,
    title: id,
    severity: 'high',
    status: verdict === null ? 'open' : 'closed',
    entity: 'user:ada',
    entity_name: 'Ada',
    risk: 90,
    decision: 'deny',
    first_seen: NOW,
    last_seen: NOW,
    count: 1,
    techniques: [],
    reasons: [{ code: 'impossible_travel', points: 2, text: 'far' }],
    demo: false,
    ...said,
    ...more,
  }
  return summary
}

test('a share comes with the interval that its few cases allow', () => {
  const { value, low, high } = shareOf(8, 10)
  expect([value, low.toFixed(4), high.toFixed(4)]).toEqual([0.8, '0.4902', '0.9433'])
  expect(shareOf(0, 0)).toEqual({ of: 0, value: null, low: 0, high: 1 })
  expect(shareOf(3, 3).high).toBe(1)
})

test('precision leaves out what was dismissed; what was worth it does not', () => {
  const alerts = [alert('a', 'compromised'), alert('b', 'safe'), alert('c', 'dismissed')]
  const quality = qualityOf([...alerts, alert('d', null)], [], { from: NOW, to: NOW, perDay: 100 })
  expect(quality).toMatchObject({
    alerts: 4,
    verdicts: { compromised: 1, safe: 1, dismissed: 1 },
    precision: { of: 2, value: 0.5 },
    worth_it: { of: 3 },
  })
})

test('the budget counts what was told, and critical alerts beyond it', () => {
  const alerts = [
    alert('a', null),
    alert('b', null, { severity: 'critical' }),
    alert('c', null, { status: 'kept_back' }),
    alert('d', null, { first_seen: NOW - DAY }),
    alert('e', null, { first_seen: NOW - DAY }),
  ]
  const at = { from: NOW - DAY, to: NOW }
  expect(qualityOf(alerts, [], { ...at, perDay: 2 }).budget).toEqual({
    per_day: 2,
    kept: true,
    days: [
      { day: 19_999 * DAY, told: 2, critical: 0, kept_back: 0 },
      { day: 20_000 * DAY, told: 2, critical: 1, kept_back: 1 },
    ],
  })
  expect(qualityOf(alerts, [], { ...at, perDay: 1 }).budget.kept).toBe(false)
})

test('the time to an answer is that of incidents that were answered', () => {
  const answers = [1, 2, 3, 40].map((wait) => ({ raised: 100, answered: 100 + wait }))
  const { acknowledged } = qualityOf([], [...answers, { raised: 100, answered: null }], {
    from: NOW,
    to: NOW,
    perDay: 100,
  })
  expect(acknowledged).toEqual({ incidents: 5, answered: 4, median_ms: 2, p90_ms: 40 })
})

test('every rule has its examples, and counts what it found', () => {
  const found = [{ code: 'impossible_travel', events: 7, entities: 2 }]
  const detections = detectionsOf(found, [alert('a', 'safe'), alert('b', null)])
  const travel = detections.find(({ code }) => code === 'impossible_travel')
  expect(travel).toMatchObject({
    kind: 'rule',
    events: 7,
    entities: 2,
    alerts: 2,
    verdicts: { compromised: 0, safe: 1, dismissed: 0 },
  })
  const rules = detections.filter(({ kind }) => kind === 'rule')
  expect(rules.every(({ examples }) => (examples?.hit.length ?? 0) > 0)).toBe(true)
  expect(new Set(detections.map(({ code }) => code)).size).toBe(detections.length)
})
