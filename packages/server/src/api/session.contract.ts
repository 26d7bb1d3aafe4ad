import type { LightMyRequestResponse } from 'fastify'
import { describe, expect, it } from 'vitest'
import { type Asker, expectError } from './asker.contract.ts'

const origin = { origin: 'http://localhost:80', host: 'localhost:80' }

/** Signing in to the dashboard. */
export function testSession(asker: Asker): void {
  const { ask, post } = asker
  describe('the session', () => {
    const cookieOf = (answer: LightMyRequestResponse) => {
      const cookie = answer.cookies.find(({ name }) => name === 'gatewatch_session')
      return { cookie: `gatewatch_session=${cookie?.value ?? ''}` }
    }

    it('begins with a password and ends with sign-out', async () => {
      await asker.accounts().createUser(asker.tenant(), 'grace', 'analyst', 'correct horse battery')
      const credentials = { user: 'grace', password: 'correct horse battery' }
      expectError(
        await post(null, '/v1/session', { ...credentials, password: 'wrong' }),
        401,
        'wrong_credentials',
      )
      const signedIn = await post(null, '/v1/session', credentials)
      expect(signedIn.json()).toMatchObject({ user: 'grace', role: 'analyst', tenant: 'one' })
      expect(signedIn.headers['set-cookie']).toMatch(/HttpOnly/)
      expect(signedIn.headers['set-cookie']).toMatch(/SameSite=Strict/)
      const headers = cookieOf(signedIn)
      expect((await ask(null, { url: '/v1/session', headers })).json()).toMatchObject({
        user: 'grace',
      })
      const out = await ask(null, {
        method: 'DELETE',
        url: '/v1/session',
        headers: { ...headers, ...origin },
      })
      expect(out.statusCode).toBe(204)
      expectError(await ask(null, { url: '/v1/session', headers }), 401, 'unauthenticated')
    })

    it('begins with a link that works once', async () => {
      await asker.accounts().createUser(asker.tenant(), 'linked', 'admin', null)
      const token = await asker.accounts().createSignInToken(asker.tenant(), 'linked', 60)
      const url = `/signin?token=${encodeURIComponent(token)}`
      const first = await ask(null, { url })
      expect([first.statusCode, first.headers.location]).toEqual([302, '/'])
      expect(
        (await ask(null, { url: '/v1/session', headers: cookieOf(first) })).json(),
      ).toMatchObject({ user: 'linked' })
      expectError(await ask(null, { url }), 401, 'link_expired')
      const page = await ask(null, { url, headers: { accept: 'text/html' } })
      expect([page.statusCode, page.headers.location]).toEqual([302, '/?signin=expired'])
    })

    it('changes nothing for a page of another site', async () => {
      const token = await asker.accounts().createSignInToken(asker.tenant(), 'linked', 60)
      const cookie = cookieOf(await ask(null, { url: `/signin?token=${token}` }))
      const feedback = {
        method: 'POST',
        url: '/v1/alerts/none/feedback',
        payload: { verdict: 'safe' },
      } as const
      expectError(
        await ask(null, { ...feedback, headers: { ...cookie, origin: 'https://evil.example' } }),
        403,
        'foreign_origin',
      )
      expectError(await ask(null, { ...feedback, headers: cookie }), 403, 'foreign_origin')
      expectError(
        await ask(null, { ...feedback, headers: { ...cookie, ...origin } }),
        404,
        'not_found',
      )
    })

    it('slows down who guesses passwords', async () => {
      const guess = () =>
        ask(null, {
          method: 'POST',
          url: '/v1/session',
          remoteAddress: '203.0.113.77',
          payload: { user: 'grace', password: 'guess' },
        })
      const codes: number[] = []
      for (let round = 0; round < 22; round++) codes.push((await guess()).statusCode)
      expect(codes).toContain(429)
      expect(codes.indexOf(429)).toBe(20)
    }, 30_000)
  })
}
