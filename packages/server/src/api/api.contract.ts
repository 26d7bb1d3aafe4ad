import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testAccess } from './access.contract.ts'
import { createAsker, type TestedApi } from './asker.contract.ts'
import { testChannels } from './channels.contract.ts'
import { testEvents } from './events.contract.ts'
import { testFeedback } from './feedback.contract.ts'
import { testHostileInput } from './hostile.contract.ts'
import { testIncidents } from './incidents.contract.ts'
import { testLive } from './live.contract.ts'
import { testModels } from './models.contract.ts'
import { testQuestionLinks } from './questions.contract.ts'
import { testSession } from './session.contract.ts'
import { testTuning } from './tuning.contract.ts'

/** What the API promises, over any storage. */
export function testApi(name: string, open: () => Promise<TestedApi>): void {
  describe(`the API over ${name}`, () => {
    const asker = createAsker()
    const { ask } = asker
    let tested: TestedApi | undefined

    beforeAll(async () => {
      tested = await open()
      await asker.begin(tested)
    }, 120_000)
    afterAll(() => tested?.close())

    it('tells anybody that it is healthy, and nothing else', async () => {
      const health = await ask(null, { url: '/health' })
      expect(health.json()).toMatchObject({ status: 'healthy', database: 'up' })
      expect((await ask(null, { url: '/livez' })).json()).toEqual({ status: 'alive' })
      expect((await ask(null, { url: '/readyz' })).json()).toEqual({ status: 'ready' })
    })

    testAccess(asker)
    testEvents(asker)
    testHostileInput(asker)
    testSession(asker)
    testLive(asker)
    testModels(asker)
    testChannels(asker)
    testIncidents(asker)
    testTuning(asker)
    testFeedback(asker)
    testQuestionLinks(asker)

    it('numbers each answer, and lets nothing in from outside', async () => {
      const { headers } = await ask(null, { url: '/health' })
      expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
      expect(headers['content-security-policy']).toContain("script-src 'self'")
      expect(headers['x-content-type-options']).toBe('nosniff')
    })

    it('measures with bounded labels, for this computer without a key', async () => {
      const metrics = await ask(null, { url: '/metrics' })
      expect(metrics.body).toContain('gatewatch_http_request_seconds_bucket')
      expect(metrics.body).toContain('gatewatch_events_received_total{result="accepted"}')
      expect(metrics.body).not.toContain('ada@example.com')
      expect(metrics.body).not.toContain('apart-1')
    })
  })
}
