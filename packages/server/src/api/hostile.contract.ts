import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { type Asker, expectError, json, signIn } from './asker.contract.ts'

/** Hostile and broken input. */
export function testHostileInput(asker: Asker): void {
  const { ask, post, send } = asker
  describe('meets hostile input with a clear message, and loses nothing', () => {
    const letters = () => asker.deadLetters().count(asker.tenant())

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
      const [letter] = await asker.deadLetters().list(asker.tenant(), 1)
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
}
