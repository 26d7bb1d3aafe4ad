import type { InjectOptions } from 'fastify'
import { describe, expect, it } from 'vitest'
import { ROLES, type Role } from '../ports/accounts.ts'
import { type Asker, expectError, signIn } from './asker.contract.ts'

/** Who may do what: roles, tenants, proofs. */
export function testAccess(asker: Asker): void {
  const { ask, post, send } = asker
  describe('lets each role do what it may, and nothing more', () => {
    const reading: readonly Role[] = ['admin', 'analyst', 'viewer']
    const routes: readonly [InjectOptions, readonly Role[]][] = [
      [{ url: '/v1/overview' }, reading],
      [{ url: '/v1/alerts' }, reading],
      [{ url: '/v1/alerts/none' }, reading],
      [{ url: '/v1/events' }, reading],
      [{ url: '/v1/events/none' }, reading],
      [{ url: '/v1/facets' }, reading],
      [{ url: '/v1/detections' }, reading],
      [{ url: '/v1/quality' }, reading],
      [{ url: '/v1/entities' }, reading],
      [{ url: '/v1/entities/none' }, reading],
      [{ url: '/v1/entities/none/risk' }, reading],
      [{ url: '/v1/session' }, reading],
      [{ method: 'DELETE', url: '/v1/entities/none' }, ['admin']],
      [{ url: '/v1/audit' }, ['admin']],
      [{ url: '/v1/models' }, reading],
      [{ url: '/v1/models/7' }, reading],
      [{ url: '/v1/models/7/compare' }, reading],
      [{ url: '/v1/drift' }, reading],
      [{ method: 'DELETE', url: '/v1/alerts/none/feedback' }, ['admin', 'analyst']],
      [{ url: '/v1/alerts/none/feedback/effect?verdict=safe' }, reading],
      [
        { method: 'POST', url: '/v1/feedback', payload: { alerts: ['x'], verdict: 'safe' } },
        ['admin', 'analyst'],
      ],
      [{ url: '/v1/incidents' }, reading],
      [{ url: '/v1/alerts/none/questions' }, reading],
      [{ method: 'POST', url: '/v1/alerts/none/questions', payload: {} }, ['admin', 'analyst']],
      [{ url: '/v1/incidents/none' }, reading],
      [
        { method: 'PATCH', url: '/v1/incidents/none', payload: { status: 'open' } },
        ['admin', 'analyst'],
      ],
      [
        { method: 'POST', url: '/v1/incidents/none/comments', payload: { text: 'x' } },
        ['admin', 'analyst'],
      ],
      [{ url: '/v1/channels' }, ['admin', 'analyst']],
      [{ url: '/v1/channels/none/deliveries' }, ['admin', 'analyst']],
      [{ method: 'POST', url: '/v1/channels/none/test', payload: {} }, ['admin']],
      [{ method: 'POST', url: '/v1/channels/none/retry', payload: {} }, ['admin']],
      [{ method: 'DELETE', url: '/v1/channels/none' }, ['admin']],
      [{ url: '/v1/sources' }, reading],
      [{ method: 'POST', url: '/v1/models/7/promote', payload: { reason: 'x' } }, ['admin']],
      [
        { method: 'POST', url: '/v1/alerts/none/feedback', payload: { verdict: 'safe' } },
        ['admin', 'analyst'],
      ],
      [{ method: 'POST', url: '/v1/events', payload: [] }, ['admin', 'ingest']],
      [
        {
          method: 'POST',
          url: '/predict',
          payload: { user_id: 'x' },
          remoteAddress: '203.0.113.1',
        },
        ['admin', 'ingest'],
      ],
      [
        { method: 'POST', url: '/v1/assess', payload: { event: { actor: { name: 'role' } } } },
        ['admin', 'ingest'],
      ],
      [
        {
          method: 'POST',
          url: '/v1/assess',
          payload: { event: { actor: { name: 'x' } }, record: false },
        },
        ROLES,
      ],
      [{ url: '/metrics', remoteAddress: '203.0.113.1' }, reading],
    ]
    for (const [options, allowed] of routes) {
      const title = `${options.method ?? 'GET'} ${String(options.url)} ${JSON.stringify(options.payload ?? '')}`
      it.each([...ROLES, null])(`${title}: %s`, async (role) => {
        const answer = await ask(role, options)
        if (role === null) expectError(answer, 401, 'unauthenticated')
        else if (!allowed.includes(role)) expectError(answer, 403, 'forbidden')
        else expect([200, 404], answer.body).toContain(answer.statusCode)
      })
    }

    it('a wrong key is nobody', async () => {
      const headers = { authorization: `Bearer gw_${'x'.repeat(43)}` }
      expectError(await asker.api().inject({ url: '/v1/alerts', headers }), 401, 'unauthenticated')
    })

    it('a revoked key is nobody within seconds', async () => {
      const { id, secret } = await asker.accounts().createKey(asker.tenant(), 'brief', 'viewer')
      const look = () =>
        asker.api().inject({ url: '/v1/alerts', headers: { authorization: `Bearer ${secret}` } })
      expect((await look()).statusCode).toBe(200)
      await asker.accounts().revokeKey(asker.tenant(), id)
      await expect
        .poll(async () => (await look()).statusCode, { timeout: 8_000, interval: 500 })
        .toBe(401)
    }, 15_000)
  })

  describe('keeps tenants apart', () => {
    it('what one sends, the other cannot see', async () => {
      expect(
        (await send(JSON.stringify(signIn('apart-1', 'apart@example.com')))).json(),
      ).toMatchObject({ accepted: 1 })
      expect((await ask('viewer', { url: '/v1/events/apart-1' })).statusCode).toBe(200)
      expectError(await ask('other', { url: '/v1/events/apart-1' }), 404, 'not_found')
      const id = encodeURIComponent('user:apart@example.com')
      expect((await ask('viewer', { url: `/v1/entities/${id}` })).json()).toMatchObject({
        entity: { key: 'user:apart@example.com' },
      })
      expectError(await ask('other', { url: `/v1/entities/${id}` }), 404, 'not_found')
      expectError(await ask('other', { url: `/v1/entities/${id}/risk` }), 404, 'not_found')
      expect((await ask('other', { url: '/v1/events' })).json().events).toEqual([])
      expect((await ask('other', { url: '/v1/entities?search=apart' })).json().entities).toEqual([])
      expect((await ask('other', { url: '/v1/overview' })).json().events_total).toBe(0)
    })

    it('the same uid in another asker.tenant() is another event', async () => {
      const event = signIn('shared-uid')
      expect((await post('ingest', '/v1/events', [event])).json()).toMatchObject({ accepted: 1 })
      expect((await post('other', '/v1/events', [event])).json()).toMatchObject({ accepted: 1 })
    })
  })
}
