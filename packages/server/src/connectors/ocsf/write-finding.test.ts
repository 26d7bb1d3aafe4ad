import { type Alert, AlertStatus, SEVERITIES } from '@gatewatch/schema'
import { createWorld } from '@gatewatch/simulator'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { recognise } from '../registry.ts'
import { ocsf } from './normalise.ts'
import { toOcsfFinding } from './write-finding.ts'

const events = [
  ...createWorld({ seed: 5, people: 20, days: 2, start: Date.UTC(2026, 0, 5) }).events(),
].map(({ event }) => event)

const alerts = fc
  .record({
    event: fc.constantFrom(...events),
    severity: fc.constantFrom(...SEVERITIES),
    status: fc.constantFrom(...AlertStatus.options),
    title: fc.string({ minLength: 1 }),
    risk: fc.double({ min: 0, max: 100, noNaN: true }),
    count: fc.integer({ min: 1, max: 500 }),
    techniques: fc.subarray(['T1110.003', 'T1078']),
    lasted: fc.integer({ min: 0, max: 86_400_000 }),
    isJudged: fc.boolean(),
  })
  .map(({ event, lasted, isJudged, ...given }): Alert => {
    const reasons = [{ code: 'impossible_travel', points: 4.5, text: 'Nobody travels so fast.' }]
    const about = {
      entity: 'user:ada@example.com',
      entity_name: 'ada@example.com',
      risk: given.risk,
      decision: 'challenge' as const,
      reasons,
    }
    return {
      ...given,
      ...about,
      id: 'a-1',
      first_seen: event.time,
      last_seen: event.time + lasted,
      demo: false,
      event,
      context: { client: { kind: 'unknown' }, missing: [] },
      verdict: {
        ...about,
        uid: event.uid,
        time: event.time,
        kind: 'authentication',
        outcome: 'success',
        activity: event.activity,
        score: 4.5,
        probability: 0.4,
        not_assessed: [],
      },
      related: [],
      ...(isJudged ? { feedback: { verdict: 'compromised', by: 'ada', time: 0 } } : {}),
    }
  })

test('an alert comes back out of its finding: which, when, who, from where, how bad', () => {
  fc.assert(
    fc.property(alerts, fc.constantFrom('create', 'update', 'close'), (alert, activity) => {
      const record: unknown = JSON.parse(JSON.stringify(toOcsfFinding(alert, activity)))
      expect(recognise(record)?.format).toBe('ocsf')
      const outcome = ocsf.normalise(record, { connector: 'x', now: Date.now(), mode: 'replay' })
      if (outcome.kind !== 'ok') throw new Error(outcome.why)
      const { event } = alert
      expect(outcome.value).toMatchObject({
        uid: `a-1/${activity}/${alert.last_seen}`,
        class_uid: 2004,
        activity_id: { create: 1, update: 2, close: 3 }[activity],
        activity: 'impossible_travel',
        time: alert.last_seen,
        vendor_risk: {
          level_id: SEVERITIES.indexOf(alert.severity) + 1,
          score: Math.round(alert.risk),
        },
        resources: [{ uid: alert.entity, name: alert.entity_name }],
      })
      expect(outcome.value.src.ip).toBe(event.src.ip)
      expect(outcome.value.actor.email_addr).toBe(event.actor.email_addr)
      expect(outcome.value.source).toMatchObject({ vendor: 'gatewatch', product: 'gatewatch' })
    }),
  )
})

test('the words of the schema are right, and the same alert keeps its uid', () => {
  fc.assert(
    fc.property(alerts, (alert) => {
      const finding = toOcsfFinding(alert, 'update')
      expect(finding).toMatchObject({
        class_uid: 2004,
        category_uid: 2,
        type_uid: 200402,
        severity_id: SEVERITIES.indexOf(alert.severity) + 2,
        status_id:
          alert.status === 'closed'
            ? 4
            : alert.status === 'kept_back' || alert.status === 'suppressed'
              ? 3
              : alert.feedback === undefined
                ? 1
                : 2,
        metadata: { version: '1.3.0', product: { name: 'Gatewatch' } },
        finding_info: {
          uid: 'a-1',
          title: alert.title,
          desc: 'Nobody travels so fast.',
          analytic: { uid: 'impossible_travel', type_id: 3 },
        },
        evidences: [{ actor: expect.any(Object), src_endpoint: expect.any(Object) }],
      })
      const { attacks } = finding.finding_info as { attacks?: { technique: { uid: string } }[] }
      expect(attacks?.map(({ technique }) => technique.uid) ?? []).toEqual(alert.techniques)
    }),
  )
})
