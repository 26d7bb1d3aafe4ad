import type { AlertSummary } from '@gatewatch/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newAlert } from './alert-growth.ts'
import { incidentOf, newIncident } from './incident-growth.ts'
import { NOON, sampleJudged } from './samples.contract.ts'

const alert = fc
  .record({
    uid: fc.string({ minLength: 1, maxLength: 4 }),
    risk: fc.integer({ min: 0, max: 100 }),
    severity: fc.constantFrom('low', 'medium', 'high', 'critical'),
    status: fc.constantFrom('open', 'kept_back', 'closed'),
    time: fc.integer({ min: 0, max: 1_000 }),
  })
  .map(({ status, time, ...sample }): AlertSummary => {
    const judged = sampleJudged({ ...sample, group: 'g', time: NOON + time })
    return { ...newAlert(judged, false), status }
  })

test('an incident is what its alerts are, in whatever order they come, and again the same', () => {
  fc.assert(
    fc.property(fc.array(alert, { minLength: 1, maxLength: 6 }), (alerts) => {
      const [first] = alerts
      if (first === undefined) return
      const before = newIncident(first, 'identity:ada')
      const incident = incidentOf(before, alerts)
      const { entity, entity_name, title, reasons, ...rest } = incidentOf(
        before,
        alerts.toReversed(),
      )
      expect(incident).toMatchObject(rest)
      expect(incidentOf(incident, alerts)).toEqual(incident)
      expect(incident.hidden).toBe(alerts.every(({ status }) => status === 'kept_back'))
      const isOpen = alerts.some(({ status }) => status === 'open')
      if (isOpen) expect(incident.status).toBe('open')
      if (!isOpen && !incident.hidden) expect(incident.status).toBe('closed')
      expect(incident.first_seen).toBeLessThanOrEqual(incident.last_seen)
    }),
  )
})
