import { gzipSync } from 'node:zlib'
import { ErrorBody, LiveMessage, Verdict } from '@gatewatch/schema'
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Accounts, Role } from '../ports/accounts.ts'
import { ROLES } from '../ports/accounts.ts'
import type { DeadLetters } from '../ports/dead-letters.ts'
import type { TenantId } from '../ports/store.ts'

/** A running API over some storage, with what a test must reach behind it; the demo plays. */
export interface TestedApi {
  readonly api: FastifyInstance
  readonly accounts: Accounts
  readonly deadLetters: DeadLetters
  readonly close: () => Promise<void>
}

const json = { 'content-type': 'application/json' }
const origin = { origin: 'http://localhost:80', host: 'localhost:80' }

/** What the API promises, over any storage. */
export function testApi(name: string, open: () => Promise<TestedApi>): void {
  describe(`the API over ${name}`, () => {
    let tested: TestedApi
    let tenant: TenantId
    let other: TenantId
    const keys = new Map<string, string>()

    beforeAll(async () => {
      tested = await open()
      tenant = (await tested.accounts.ensureTenant('one', false)).id
      other = (await tested.accounts.ensureTenant('two', false)).id
      for (const role of ROLES) {
        keys.set(role, (await tested.accounts.createKey(tenant, `${role} key`, role)).secret)
      }
      keys.set('other', (await tested.accounts.createKey(other, 'other key', 'admin')).secret)
    }, 120_000)
    afterAll(() => tested?.close())

    const ask = (who: Role | 'other' | null, options: InjectOptions) => {
      const key = who === null ? undefined : keys.get(who)
      const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` }
      return tested.api.inject({ ...options, headers: { ...authorization, ...options.headers } })
    }
    const post = (who: Role | 'other' | null, url: string, body: unknown) =>
      ask(who, { method: 'POST', url, headers: json, payload: JSON.stringify(body) })
    const send = (payload: string | Buffer, headers: Record<string, string> = {}, query = '') =>
      ask('ingest', {
        method: 'POST',
        url: `/v1/events${query}`,
        headers: { 'content-type': 'application/x-ndjson', ...headers },
        payload,
      })
    const signIn = (uid: string, user = 'ada@example.com', more: object = {}) => ({
      uid,
      time: Date.now() - 60_000,
      actor: { name: user },
      src: { ip: '203.0.113.7' },
      ...more,
    })

    it('tells anybody that it is healthy, and nothing else', async () => {
      const health = await ask(null, { url: '/health' })
      expect(health.json()).toMatchObject({ status: 'healthy', database: 'up' })
      expect((await ask(null, { url: '/livez' })).json()).toEqual({ status: 'alive' })
      expect((await ask(null, { url: '/readyz' })).json()).toEqual({ status: 'ready' })
    })

    describe('lets each role do what it may, and nothing more', () => {
      const reading: readonly Role[] = ['admin', 'analyst', 'viewer']
      const routes: readonly [InjectOptions, readonly Role[]][] = [
        [{ url: '/v1/overview' }, reading],
        [{ url: '/v1/alerts' }, reading],
        [{ url: '/v1/alerts/none' }, reading],
        [{ url: '/v1/events' }, reading],
        [{ url: '/v1/events/none' }, reading],
        [{ url: '/v1/entities' }, reading],
        [{ url: '/v1/entities/none' }, reading],
        [{ url: '/v1/entities/none/risk' }, reading],
        [{ url: '/v1/session' }, reading],
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
        expectError(await tested.api.inject({ url: '/v1/alerts', headers }), 401, 'unauthenticated')
      })

      it('a revoked key is nobody within seconds', async () => {
        const { id, secret } = await tested.accounts.createKey(tenant, 'brief', 'viewer')
        const look = () =>
          tested.api.inject({ url: '/v1/alerts', headers: { authorization: `Bearer ${secret}` } })
        expect((await look()).statusCode).toBe(200)
        await tested.accounts.revokeKey(tenant, id)
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
        expect((await ask('other', { url: '/v1/entities?search=apart' })).json().entities).toEqual(
          [],
        )
        expect((await ask('other', { url: '/v1/overview' })).json().events_total).toBe(0)
      })

      it('the same uid in another tenant is another event', async () => {
        const event = signIn('shared-uid')
        expect((await post('ingest', '/v1/events', [event])).json()).toMatchObject({ accepted: 1 })
        expect((await post('other', '/v1/events', [event])).json()).toMatchObject({ accepted: 1 })
      })
    })

    describe('POST /v1/events', () => {
      it('accepts an array, counts what came before, amends what changed', async () => {
        const events = [signIn('count-1'), signIn('count-2')]
        expect((await post('ingest', '/v1/events', events)).json()).toEqual({
          accepted: 2,
          updated: 0,
          duplicate: 0,
          skipped: 0,
          rejected: 0,
          errors: [],
        })
        const changed = [
          signIn('count-1', 'ada@example.com', {
            time: events[0]?.time,
            activity: 'sign_in_again',
          }),
          events[1],
        ]
        expect((await post('ingest', '/v1/events', changed)).json()).toMatchObject({
          updated: 1,
          duplicate: 1,
          accepted: 0,
        })
      })

      it('takes gzip and NDJSON, and one object', async () => {
        const lines = [signIn('zip-1'), signIn('zip-2')]
          .map((event) => JSON.stringify(event))
          .join('\n')
        const packed = await send(gzipSync(lines), { 'content-encoding': 'gzip' })
        expect(packed.json()).toMatchObject({ accepted: 2, rejected: 0 })
        expect((await post('ingest', '/v1/events', signIn('single-1'))).json()).toMatchObject({
          accepted: 1,
        })
      })

      it('reads vendor records, named or recognised', async () => {
        const record = {
          eventVersion: '1.08',
          eventID: 'ct-1',
          eventTime: new Date(Date.now() - 60_000).toISOString(),
          eventSource: 'signin.amazonaws.com',
          eventName: 'ConsoleLogin',
          awsRegion: 'eu-west-1',
          eventType: 'AwsConsoleSignIn',
          sourceIPAddress: '203.0.113.9',
          userAgent: 'Mozilla/5.0',
          userIdentity: {
            type: 'IAMUser',
            userName: 'grace',
            accountId: '111122223333',
            arn: 'arn:aws:iam::111122223333:user/grace',
            principalId: 'AIDAEXAMPLE',
          },
          responseElements: { ConsoleLogin: 'Success' },
          additionalEventData: { MFAUsed: 'Yes' },
          recipientAccountId: '111122223333',
        }
        expect((await send(JSON.stringify(record), {}, '?format=cloudtrail')).json()).toMatchObject(
          { accepted: 1 },
        )
        expect((await send(JSON.stringify(record), {}, '?format=auto')).json()).toMatchObject({
          duplicate: 1,
        })
        const detail = (await ask('viewer', { url: '/v1/events/ct-1' })).json()
        expect(detail).toMatchObject({ event: { source: { format: 'cloudtrail' } } })
        expect(JSON.parse(detail.raw)).toEqual(record)
        expectError(await send('{}', {}, '?format=nosuch'), 400, 'invalid_request')
      })
    })

    describe('meets hostile input with a clear message, and loses nothing', () => {
      const letters = () => tested.deadLetters.count(tenant)

      it('malformed JSON: a bad line is named and kept, the others are accepted', async () => {
        const before = await letters()
        const answer = await send(
          `${JSON.stringify(signIn('m-1'))}\n{"uid": "m-2", oops\n${JSON.stringify(signIn('m-3'))}`,
        )
        expect(answer.json()).toMatchObject({
          accepted: 2,
          rejected: 1,
          errors: [{ line: 2, reason: expect.stringContaining('not JSON') }],
        })
        expect(await letters()).toBe(before + 1)
        const [letter] = await tested.deadLetters.list(tenant, 1)
        expect(letter).toMatchObject({ line: 2, raw: '{"uid": "m-2", oops' })
      })

      it('malformed JSON: a broken array is refused, with the place, and kept', async () => {
        const before = await letters()
        expectError(await send('[{"a": 1},', json), 400, 'malformed_json')
        expect(await letters()).toBe(before + 1)
        expectError(
          await ask('ingest', {
            method: 'POST',
            url: '/v1/assess',
            headers: json,
            payload: '{"event":',
          }),
          400,
          'malformed_json',
        )
      })

      it('a line of 10 MB', async () => {
        const before = await letters()
        const long = JSON.stringify(
          signIn('long-1', 'ada@example.com', { status_detail: 'x'.repeat(10 * 1024 * 1024) }),
        )
        const answer = await send(`${long}\n${JSON.stringify(signIn('long-2'))}`)
        expect(answer.json()).toMatchObject({
          accepted: 1,
          rejected: 1,
          errors: [{ line: 1, reason: expect.stringContaining('10.0 MB') }],
        })
        expect(await letters()).toBe(before + 1)
      })

      it('a body over 32 MB', async () => {
        expectError(await send(Buffer.alloc(33 * 1024 * 1024, 0x20)), 413, 'body_too_large')
      })

      it('a gzip bomb, and bytes that are no gzip', async () => {
        const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024, 0x20))
        expectError(await send(bomb, { 'content-encoding': 'gzip' }), 413, 'expands_too_much')
        expectError(await send('no', { 'content-encoding': 'gzip' }), 400, 'malformed_gzip')
      })

      it('__proto__ keys change nothing', async () => {
        const text = JSON.stringify(signIn('proto-1')).replace(
          '{',
          '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},',
        )
        expect((await send(text)).json()).toMatchObject({ accepted: 1 })
        const inside = JSON.stringify({ event: signIn('proto-2') }).replace(
          '{',
          '{"__proto__":{"polluted":1},',
        )
        const assessed = await ask('ingest', {
          method: 'POST',
          url: '/v1/assess',
          headers: json,
          payload: inside,
        })
        expect(assessed.statusCode, assessed.body).toBe(200)
        expect(Reflect.get({}, 'polluted')).toBeUndefined()
      })

      it('NUL and lone surrogates are stored in some readable form', async () => {
        const nasty = JSON.stringify(
          signIn('nul-1', 'nul@example.com', { status_detail: 'a\u0000b' }),
        ).replace('a\\u0000b', 'a\\u0000b\\ud800c')
        const answer = await send(`${nasty}\n${JSON.stringify(signIn('nul-2'))}`)
        expect(answer.json()).toMatchObject({ accepted: 2, rejected: 0 })
        const detail = await ask('viewer', { url: '/v1/events/nul-1' })
        expect(detail.json().event.status_detail).toMatch(/^a.*b.*c$/s)
      })

      it('the year 9999 is refused with its reason and kept', async () => {
        const before = await letters()
        const answer = await send(
          JSON.stringify(signIn('y9999', 'ada@example.com', { time: '9999-12-31T23:59:59Z' })),
        )
        expect(answer.json()).toMatchObject({
          accepted: 0,
          rejected: 1,
          errors: [{ line: 1, reason: expect.stringMatching(/ahead|future/) }],
        })
        expect(await letters()).toBe(before + 1)
      })

      it('an IPv6 zone id is taken off', async () => {
        expect(
          (
            await send(
              JSON.stringify(signIn('zone-1', 'zone@example.com', { src: { ip: 'fe80::1%eth0' } })),
            )
          ).json(),
        ).toMatchObject({ accepted: 1 })
        const detail = (await ask('viewer', { url: '/v1/events/zone-1' })).json()
        expect(detail.event.src).toMatchObject({ ip: 'fe80::1', ip_kind: 'link_local' })
      })

      it('an empty body', async () => {
        expectError(await send(''), 400, 'empty_body')
        expectError(await send(' \n\n'), 400, 'empty_body')
        expectError(
          await ask('ingest', { method: 'POST', url: '/v1/assess', headers: json, payload: '' }),
          400,
          'empty_body',
        )
      })

      it('a body of another type', async () => {
        const options = {
          method: 'POST',
          url: '/v1/assess',
          headers: { 'content-type': 'application/xml' },
          payload: '<a/>',
        } as const
        expectError(await ask('ingest', options), 415, 'unsupported_media_type')
      })

      it('a field that is wrong is named', async () => {
        const answer = await post('ingest', '/v1/assess', {
          event: { actor: { name: 'x' }, src: { port: 70000 } },
        })
        expectError(answer, 400, 'invalid_request')
        expect(answer.json().error.details[0].path).toBe('event.src.port')
      })

      it('an address that is none of ours', async () => {
        expectError(await ask(null, { url: '/v1/nothing' }), 404, 'not_found')
        expectError(await ask(null, { url: '/../../etc/passwd' }), 404, 'not_found')
      })
    })

    describe('POST /v1/assess', () => {
      it('gives a recorded verdict, and the same for the same uid', async () => {
        const event = signIn('assess-1', 'assess@example.com')
        const first = await post('ingest', '/v1/assess', { event })
        expect(first.json()).toMatchObject({ uid: 'assess-1', recorded: true })
        expect(Verdict.safeParse(first.json()).success).toBe(true)
        const again = await post('ingest', '/v1/assess', { event })
        expect(again.json()).toEqual(first.json())
      })

      it('judges only where record is false', async () => {
        const event = signIn('peek-1', 'peek@example.com')
        const answer = await post('viewer', '/v1/assess', { event, record: false })
        expect(answer.json()).toMatchObject({ recorded: false, habits: { events: 0 } })
        expectError(await ask('viewer', { url: '/v1/events/peek-1' }), 404, 'not_found')
      })
    })

    describe('POST /predict', () => {
      const body = {
        user_id: 'p@example.com',
        ip_address: '203.0.113.7',
        device_id: 'd-1',
        login_hour: 10,
        is_new_device: false,
        bytes_in: 100,
        bytes_out: 200,
        success: true,
      }

      it('needs no key from this computer, and one from elsewhere', async () => {
        expect((await post(null, '/predict', body)).statusCode).toBe(200)
        const far = { method: 'POST', url: '/predict', headers: json, payload: body } as const
        expectError(
          await ask(null, { ...far, remoteAddress: '203.0.113.1' }),
          401,
          'unauthenticated',
        )
        for (const headers of [
          { 'x-forwarded-for': '127.0.0.1' },
          { host: 'evil.example' },
          { origin: 'http://evil.example' },
        ]) {
          expectError(
            await ask(null, { ...far, headers: { ...json, ...headers } }),
            401,
            'unauthenticated',
          )
        }
      })

      it('answers in one shape for raw and encoded fields, with probabilities that add up to 1', async () => {
        for (const payload of [body, { ip_encoded: 3, user_encoded: 9, hour: 2, day_of_week: 6 }]) {
          const answer = (await post(null, '/predict', payload)).json()
          expect(answer.probability_normal + answer.probability_anomaly).toBeCloseTo(1, 12)
          expect(answer.anomaly === 1).toBe(answer.prediction === 'Anomaly')
          expect(answer.anomaly === 1).toBe(answer.probability_anomaly >= 0.5)
        }
        expectError(await post(null, '/predict', { ip_encoded: 3 }), 400, 'invalid_request')
      })

      it('learns nothing unless it is told to', async () => {
        const key = encodeURIComponent('user:learner@example.com')
        const payload = { ...body, user_id: 'learner@example.com' }
        await post('ingest', '/predict', payload)
        expect((await ask('viewer', { url: `/v1/entities/${key}` })).statusCode).toBe(404)
        await post('ingest', '/predict', { ...payload, learn: true })
        expect((await ask('viewer', { url: `/v1/entities/${key}` })).statusCode).toBe(200)
      })
    })

    describe('the session', () => {
      const cookieOf = (answer: LightMyRequestResponse) => {
        const cookie = answer.cookies.find(({ name }) => name === 'gatewatch_session')
        return { cookie: `gatewatch_session=${cookie?.value ?? ''}` }
      }

      it('begins with a password and ends with sign-out', async () => {
        await tested.accounts.createUser(tenant, 'grace', 'analyst', 'correct horse battery')
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
        await tested.accounts.createUser(tenant, 'linked', 'admin', null)
        const token = await tested.accounts.createSignInToken(tenant, 'linked', 60)
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
        const token = await tested.accounts.createSignInToken(tenant, 'linked', 60)
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

    describe('WebSocket /v1/live', () => {
      let address: URL

      beforeAll(async () => {
        await tested.api.listen({ host: '127.0.0.1', port: 0 })
        const at = tested.api.server.address()
        if (typeof at !== 'object' || at === null) throw new Error('the API does not listen')
        address = new URL(`ws://127.0.0.1:${at.port}/v1/live`)
      })

      it('says hello, then what is committed for the tenant, and nothing of another', async () => {
        const headers = { authorization: `Bearer ${keys.get('viewer')}` }
        const { messages, socket } = await connect(address, headers)
        await expect.poll(() => messages[0]?.type).toBe('hello')
        await post('other', '/v1/events', [signIn('live-other')])
        await post('ingest', '/v1/events', [signIn('live-1'), signIn('live-2')])
        const uids = () =>
          messages.flatMap((message) =>
            message.type === 'verdicts' ? message.events.map(({ uid }) => uid) : [],
          )
        await expect.poll(uids).toEqual(expect.arrayContaining(['live-1', 'live-2']))
        expect(uids()).not.toContain('live-other')
        socket.close()
      })

      it('tells of an alert, and again when somebody has judged it', async () => {
        const headers = { authorization: `Bearer ${keys.get('analyst')}` }
        const { messages, socket } = await connect(address, headers)
        const start = Date.now() - 3_600_000
        const deletions = Array.from({ length: 60 }, (_, n) =>
          signIn(`deletion-${n}`, 'deleter@example.com', {
            time: start + n * 2_000,
            api: { service: 'ec2.amazonaws.com', operation: 'TerminateInstances' },
          }),
        )
        await post('ingest', '/v1/events', deletions)
        const alerts = () =>
          messages.flatMap((message) =>
            message.type === 'alert' && message.alert.entity === 'user:deleter@example.com'
              ? [message.alert]
              : [],
          )
        await expect.poll(() => alerts().length, { timeout: 5_000 }).toBeGreaterThan(0)
        const id = alerts()[0]?.id ?? ''
        const detail = await ask('analyst', { url: `/v1/alerts/${id}` })
        expect(detail.json(), detail.body).toMatchObject({
          id,
          habits: { features: expect.any(Array) },
        })
        const verdict = { verdict: 'compromised', comment: 'not her' }
        const judged = await post('analyst', `/v1/alerts/${id}/feedback`, verdict)
        expect(judged.json(), judged.body).toMatchObject({
          status: 'closed',
          feedback: { ...verdict, by: 'analyst key' },
        })
        await expect.poll(() => alerts().at(-1)?.status).toBe('closed')
        expect(
          (await ask('viewer', { url: '/v1/alerts?status=closed' })).json().alerts,
        ).toMatchObject([{ id }])
        expectError(await ask('other', { url: `/v1/alerts/${id}` }), 404, 'not_found')
        socket.close()
      }, 15_000)

      it('counts what a burst is too fast for, and loses no other', async () => {
        const headers = { authorization: `Bearer ${keys.get('viewer')}` }
        const { messages, socket } = await connect(address, headers)
        await expect.poll(() => messages[0]?.type).toBe('hello')
        const burst = Array.from({ length: 3_000 }, (_, n) =>
          signIn(`flood-${n}`, `flood-${n % 50}@example.com`),
        )
        expect((await post('ingest', '/v1/events', burst)).json()).toMatchObject({
          accepted: 3_000,
        })
        const told = () =>
          messages.reduce(
            (sum, message) =>
              message.type === 'verdicts' ? sum + message.events.length + message.dropped : sum,
            0,
          )
        await expect.poll(told, { timeout: 10_000 }).toBe(3_000)
        for (const message of messages) {
          if (message.type === 'verdicts') expect(message.events.length).toBeLessThanOrEqual(500)
        }
        socket.close()
      }, 30_000)

      it('lets nobody in without proof, with the wrong role, or from another site', async () => {
        const token = await tested.accounts.createSignInToken(tenant, 'linked', 60)
        const answer = await ask(null, { url: `/signin?token=${token}` })
        const cookie = `gatewatch_session=${answer.cookies[0]?.value}`
        await expect(connect(address, {})).rejects.toThrow()
        await expect(
          connect(address, { authorization: `Bearer ${keys.get('ingest')}` }),
        ).rejects.toThrow()
        await expect(connect(address, { cookie, origin: 'https://evil.example' })).rejects.toThrow()
        const { socket } = await connect(address, { cookie, origin: `http://${address.host}` })
        socket.close()
      })
    })

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

function expectError(answer: LightMyRequestResponse, status: number, code: string): void {
  expect(
    [answer.statusCode, ErrorBody.safeParse(answer.json()).data?.error.code],
    answer.body,
  ).toEqual([status, code])
  expect(answer.json().error.message.length).toBeGreaterThan(15)
}

/** A connection of the live feed, open, with what it has said so far. Rejects where the server refuses. */
function connect(
  address: URL,
  headers: Record<string, string>,
): Promise<{ socket: WebSocket; messages: LiveMessage[] }> {
  const messages: LiveMessage[] = []
  const socket = new WebSocket(address, { headers })
  socket.addEventListener('message', ({ data }) => {
    messages.push(LiveMessage.parse(JSON.parse(String(data))))
  })
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve({ socket, messages }))
    socket.addEventListener('error', () => reject(new Error('refused')))
  })
}
