import { DriftReport, ModelList } from '@gatewatch/schema'
import { describe, expect, it } from 'vitest'
import { type Asker, expectError } from './asker.contract.ts'

/** Models over HTTP, of an organisation in which nothing was promoted yet. */
export function testModels({ ask, post }: Asker): void {
  describe('tells of models', () => {
    it('what ships is active, and whatever was fitted is in shadow', async () => {
      const list = ModelList.parse((await ask('viewer', { url: '/v1/models' })).json())
      expect(list.active).toBe(1)
      expect(list.versions.every(({ state }) => state === 'shadow')).toBe(true)
      expect(list.notes).toHaveLength(list.versions.length)
    })

    it('of what has no card nothing is said to have drifted', async () => {
      const answer = await ask('viewer', { url: '/v1/drift' })
      const report = DriftReport.parse(answer.json())
      expect(report).toMatchObject({ version: 1, since: null, score_psi: null, findings: [] })
    })

    it('a version that is not there is told as such, to read and to promote', async () => {
      for (const url of [
        '/v1/models/12',
        '/v1/models/12/compare',
        '/v1/models/12/compare?with=3',
      ]) {
        expectError(await ask('viewer', { url }), 404, 'not_found')
      }
      const promotion = await post('admin', '/v1/models/12/promote', { reason: 'why not' })
      expectError(promotion, 404, 'not_found')
    })

    it('there is nothing to roll back to, and a reason is asked for', async () => {
      const rollback = await post('admin', '/v1/models/rollback', { reason: 'why not' })
      expectError(rollback, 400, 'invalid_request')
      expectError(await post('admin', '/v1/models/rollback', {}), 400, 'invalid_request')
      const blank = await post('admin', '/v1/models/rollback', { reason: '  ' })
      expectError(blank, 400, 'invalid_request')
      expectError(await post('analyst', '/v1/models/rollback', { reason: 'x' }), 403, 'forbidden')
    })

    it.each(['0', '-1', '1.5', 'x', '9'.repeat(30)])('%s is no version', async (version) => {
      const answer = await ask('viewer', { url: `/v1/models/${version}` })
      expectError(answer, 400, 'invalid_request')
    })

    it('gauges of drift have no names of tenants', async () => {
      const { body } = await ask('admin', { url: '/metrics' })
      for (const name of ['drift_stability_index', 'calibration_ratio', 'model_changes']) {
        expect(body).toContain(`# TYPE gatewatch_${name} gauge`)
      }
      expect(body).not.toContain('tenant=')
    })
  })
}
