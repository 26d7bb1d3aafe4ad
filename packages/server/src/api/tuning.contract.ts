import { AlertPage, Preview, TuningState } from '@gatewatch/schema'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Asker, expectError, json, signIn } from './asker.contract.ts'

const POLICY = { challenge_at: 63, deny_at: 95, alert_at: 75, groups: [] }

/** Tuning over HTTP. */
export function testTuning({ ask, post }: Asker): void {
  describe('is tuned by people', () => {
    const entity = 'user:breaker@example.com'
    const url = '/v1/tuning'
    const state = async () => TuningState.parse((await ask('viewer', { url })).json())
    const change = async (body: object, who: 'analyst' | 'admin' | 'other' = 'admin') => {
      const answer = await post(who, url, { why: 'a test', ...body })
      expect(answer.statusCode, answer.body).toBe(200)
      return TuningState.parse(answer.json())
    }
    const preview = async (body: object) => {
      const answer = await post('analyst', `${url}/preview`, body)
      expect(answer.statusCode, answer.body).toBe(200)
      return Preview.parse(answer.json())
    }
    const deletions = (begin: string, minute: number) =>
      Array.from({ length: 60 }, (_, n) =>
        signIn(`${begin}-${n}`, 'breaker@example.com', {
          time: Date.now() - 3_600_000 + minute * 60_000 + n * 100,
          api: { service: 'ec2.amazonaws.com', operation: 'TerminateInstances' },
        }),
      )
    const listed = async (status: string) => {
      const query = `entity=${encodeURIComponent(entity)}&status=${status}`
      const page = await ask('viewer', { url: `/v1/alerts?${query}` })
      return AlertPage.parse(page.json()).alerts
    }
    let rule = ''

    beforeAll(async () => {
      await post('ingest', '/v1/events', deletions('break', 0))
      const [alert] = await listed('open')
      rule = alert?.reasons[0]?.code ?? ''
      expect(rule).not.toBe('')
    }, 30_000)

    it('begins with what ships, in version 0', async () => {
      expect(await state()).toMatchObject({
        version: 0,
        suppressions: [],
        history: [],
        tuning: { policy: { challenge_at: 63, deny_at: 95, alert_at: 75, groups: [] } },
      })
    })

    it('says before what a suppression would hide, hides it then, counts it, and brings it back', async () => {
      const open = await listed('open')
      const rules = new Set(open.flatMap(({ reasons }) => reasons.map(({ code }) => code)))
      const hide = { kind: 'suppress', match: { identity: entity, from: 0 }, days: 3 }
      const blunt = await preview({ ...hide, why: 'all of it' })
      expect(blunt).toMatchObject({ how: 'stored_scores', added: { count: 0 }, complete: true })
      const grave = open.filter(({ severity }) => severity === 'critical')
      const titles = blunt.removed.alerts.map(({ id }) => id)
      for (const { id } of grave) expect(titles).not.toContain(id)
      expect(await state()).toMatchObject({ version: 0 })

      for (const one of rules)
        await change({ ...hide, match: { identity: entity, rule: one } }, 'analyst')
      const before = await state()
      expect(before.history[0]).toMatchObject({ by: 'analyst key', why: 'a test' })
      expect(before.suppressions).toHaveLength(rules.size)
      for (const alert of open) {
        await post('analyst', `/v1/alerts/${alert.id}/feedback`, { verdict: 'dismissed' })
      }
      await post('ingest', '/v1/events', deletions('again', 10))
      expect(await listed('open')).toEqual([])
      const [hidden] = await listed('suppressed')
      expect(hidden).toMatchObject({ suppressed: { owner: 'analyst key', reason: 'a test' } })
      const incident = await ask('viewer', { url: `/v1/incidents/${hidden?.incident}` })
      expect(incident.json()).toMatchObject({ hidden: true })
      const met = (await state()).suppressions.filter(({ hits }) => hits > 0)
      expect(met.reduce((sum, { hits }) => sum + hits, 0)).toBeGreaterThan(10)

      for (const { id } of before.suppressions) {
        await change({ kind: 'lift', suppression: id }, 'analyst')
      }
      expect(await listed('suppressed')).toEqual([])
      expect((await listed('open')).map(({ id }) => id)).toContain(hidden?.id)
    })

    it('changes the policy with a reason, in a version of its own, and rolls back', async () => {
      const { version } = await state()
      const strict = {
        ...POLICY,
        challenge_at: 55,
        alerts_per_day: 7,
        groups: [{ name: 'robots', match: { class: 'service' }, deny_at: 101, alerts_per_day: 2 }],
      }
      const now = await change({ kind: 'policy', policy: strict, why: 'audit week' })
      expect(now).toMatchObject({ version: version + 1, why: 'audit week', by: 'admin key' })
      expect(now.tuning.policy).toEqual(strict)
      const back = await change({ kind: 'roll_back', version: 0 })
      expect(back).toMatchObject({ version: version + 2, change: 'rolled back to version 0' })
      expect(back.tuning.policy).toEqual(POLICY)
      const earlier = await ask('viewer', { url: `${url}/versions/${version + 1}` })
      expect(earlier.json()).toMatchObject({ tuning: { policy: strict } })
      const audit = await ask('admin', { url: '/v1/audit' })
      expect(audit.json().notes[0]).toMatchObject({ action: 'tune', by: 'admin key' })
    })

    it('takes networks as the organisation’s own, and leaves alone what was turned down', async () => {
      const trusted = await change({
        kind: 'trust',
        network: '203.0.113.77/24',
        as: 'vpn',
        days: 9,
      })
      expect(trusted.tuning.networks).toMatchObject([{ network: '203.0.113.0/24', kind: 'vpn' }])
      const seen = await preview({ kind: 'distrust', network: '203.0.113.0/24', why: 'x' })
      expect(seen).toMatchObject({ how: 'replay' })
      const none = await change({ kind: 'distrust', network: '203.0.113.1/24' })
      expect(none.tuning.networks).toEqual([])
      const rejected = await change(
        { kind: 'reject', network: '2001:db8::1/64', days: 1 },
        'analyst',
      )
      expect(rejected.tuning.rejected).toMatchObject([{ network: '2001:db8::/64' }])
      const proposals = await ask('analyst', { url: `${url}/proposals` })
      expect(proposals.json(), proposals.body).toMatchObject({ proposals: [] })
    })

    it('keeps to roles, tenants and fields', async () => {
      const hide = { kind: 'suppress', match: { rule: 'x' }, days: 1, why: 'y' }
      expectError(await post('viewer', url, hide), 403, 'forbidden')
      expectError(await post('viewer', `${url}/preview`, hide), 403, 'forbidden')
      expectError(await post('ingest', url, hide), 403, 'forbidden')
      const policy = { kind: 'policy', policy: POLICY, why: 'z' }
      expectError(await post('analyst', url, policy), 403, 'forbidden')
      expectError(
        await post('analyst', url, { kind: 'roll_back', version: 0, why: 'z' }),
        403,
        'forbidden',
      )
      const { version } = TuningState.parse((await ask('other', { url })).json())
      expect(version).toBe(0)
      expectError(
        await post('admin', url, { kind: 'lift', suppression: 'no', why: 'z' }),
        404,
        'not_found',
      )
      expectError(
        await post('admin', url, { kind: 'roll_back', version: 99, why: 'z' }),
        404,
        'not_found',
      )
      const versions = await ask('viewer', { url: `${url}/versions/99` })
      expectError(versions, 404, 'not_found')
      for (const wrong of [
        { ...hide, match: {} },
        { ...hide, days: 0 },
        { ...hide, days: 400 },
        { ...hide, why: ' ' },
        { ...hide, match: { network: '203.0.113.0/33' } },
        { ...hide, match: { network: 'ASX' } },
        { ...hide, match: { countries: ['SE'] } },
        { ...hide, match: { hours: { time_zone: 'Mars/Base', from: '08:00', until: '17:00' } } },
        { ...hide, extra: 1 },
        { ...policy, policy: { ...POLICY, challenge_at: 96 } },
        { ...policy, policy: { ...POLICY, alert_at: 10 } },
        { ...policy, policy: { ...POLICY, groups: [{ name: 'g', match: {} }] } },
        { ...policy, policy: { ...POLICY, groups: [{ name: 'g', match: { labels: {} } }] } },
        { kind: 'trust', network: 'example.com', as: 'vpn', days: 1, why: 'z' },
        { kind: 'nothing', why: 'z' },
      ]) {
        expectError(await post('admin', url, wrong), 400, 'invalid_request')
      }
      const odd = await ask('admin', {
        method: 'POST',
        url,
        headers: json,
        payload: JSON.stringify({ ...hide, why: 'nul \0 \ud800', match: { identity: 'a\0*' } }),
      })
      expect(odd.statusCode, odd.body).toBe(200)
    })
  })
}
