import { gzipSync } from 'node:zlib'
import { Verdict } from '@gatewatch/schema'
import { describe, expect, it } from 'vitest'
import { type Asker, expectError, json, signIn } from './asker.contract.ts'

/** Events, verdicts and predictions. */
export function testEvents(asker: Asker): void {
  const { ask, post, send } = asker
  describe('POST /v1/events', () => {
    it('accepts an array, counts what came before, amends what changed', async () => {
      const events = [signIn('count-1'), signIn('count-2')]
      expect((await post('ingest', '/v1/events', events)).json()).toEqual({
        accepted: 2,
        updated: 0,
        duplicate: 0,
        unmapped: 0,
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

    it('takes history that is older than retention only as a backfill', async () => {
      const old = signIn('old-1', 'historian@example.com', { time: Date.UTC(2001, 1, 1) })
      expect((await post('ingest', '/v1/events', old)).json()).toMatchObject({
        rejected: 1,
        errors: [{ line: 1, reason: expect.stringContaining('?backfill=true') }],
      })
      const taken = await post('ingest', '/v1/events?backfill=true', old)
      expect(taken.json()).toMatchObject({ accepted: 1, rejected: 0 })
      const key = encodeURIComponent('user:historian@example.com')
      const known = (await ask('viewer', { url: `/v1/entities/${key}` })).json()
      expect(known.habits.events).toBeGreaterThan(0)
      expect(known.recent).toEqual([])
      expectError(await post('ingest', '/v1/events?backfill=perhaps', old), 400, 'invalid_request')
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
      expect((await send(JSON.stringify(record), {}, '?format=cloudtrail')).json()).toMatchObject({
        accepted: 1,
      })
      expect((await send(JSON.stringify(record), {}, '?format=auto')).json()).toMatchObject({
        duplicate: 1,
      })
      const detail = (await ask('viewer', { url: '/v1/events/ct-1' })).json()
      expect(detail).toMatchObject({ event: { source: { format: 'cloudtrail' } } })
      expect(JSON.parse(detail.raw)).toEqual(record)
      expectError(await send('{}', {}, '?format=nosuch'), 400, 'invalid_request')
    })
  })

  describe('what systems deliver as it is', () => {
    const published = new Date(Date.now() - 60_000).toISOString()
    const record = (uuid: string) => ({
      uuid,
      published,
      eventType: 'user.session.start',
      actor: { id: '00u1', type: 'User', alternateId: 'hook@example.com' },
      client: { ipAddress: '203.0.113.20' },
      outcome: { result: 'SUCCESS' },
      target: [],
    })
    const hook = (...uuids: readonly string[]) => ({
      eventType: 'com.okta.event_hook',
      data: { events: uuids.map(record) },
    })

    it('verifies a hook of Okta, for whoever has a key', async () => {
      const headers = { 'x-okta-verification-challenge': 'challenge-1' }
      const answer = await ask('ingest', { url: '/v1/hooks/okta', headers })
      expect(answer.json()).toEqual({ verification: 'challenge-1' })
      expectError(await ask('ingest', { url: '/v1/hooks/okta' }), 400, 'invalid_request')
      expect((await ask(null, { url: '/v1/hooks/okta', headers })).statusCode).toBe(401)
      expect((await post(null, '/v1/hooks/okta', hook('h0'))).statusCode).toBe(401)
    })

    it('takes every event of a hook, once however often it comes', async () => {
      expect((await post('ingest', '/v1/hooks/okta', hook('h1', 'h2'))).json()).toMatchObject({
        accepted: 2,
        rejected: 0,
      })
      const again = await post('ingest', '/v1/events?format=okta', hook('h2', 'h3').data.events)
      expect(again.json()).toMatchObject({ accepted: 1, duplicate: 1 })
    })

    it('opens what a queue carries, and reads lines that are text', async () => {
      const message = {
        MessageId: 'm',
        Body: JSON.stringify({ data: { events: [record('q1'), record('q2')] } }),
      }
      expect((await send(JSON.stringify(message), {}, '?format=auto')).json()).toMatchObject({
        accepted: 2,
      })
      const time = new Date(Date.now() - 60_000).toISOString()
      const lines = [
        `${time} web1 sshd[7]: Accepted password for ada from 203.0.113.20 port 50122 ssh2`,
        `${time} web1 systemd[1]: Started something.`,
        'neither',
      ]
      expect((await send(lines.join('\n'), {}, '?format=linux')).json()).toMatchObject({
        accepted: 1,
        skipped: 1,
        rejected: 1,
        errors: [{ line: 3 }],
      })
      const inOslo = '?format=linux&zone=Europe/Oslo'
      expect((await send(lines[1] ?? '', {}, inOslo)).json()).toMatchObject({ skipped: 1 })
      expectError(await send('{}', {}, '?format=linux&zone=Nowhere'), 400, 'invalid_request')
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

  describe('POST /v1/assess/:uid/outcome', () => {
    const outcome = (who: 'ingest' | 'viewer' | 'analyst' | 'other', uid: string, body: unknown) =>
      post(who, `/v1/assess/${encodeURIComponent(uid)}/outcome`, body)

    it('keeps with the verdict what became of the challenge, and teaches from it', async () => {
      const event = signIn('asked#1', 'asked@example.com')
      await post('ingest', '/v1/assess', { event })
      const passed = await outcome('ingest', 'asked#1', { outcome: 'passed', factor: 'webauthn' })
      expect(passed.json()).toMatchObject({
        uid: 'asked#1',
        learned: 1,
        challenge: { outcome: 'passed', factor: 'webauthn' },
      })
      const again = await outcome('ingest', 'asked#1', { outcome: 'passed', factor: 'webauthn' })
      expect(again.json()).toEqual(passed.json())
      const detail = (await ask('viewer', { url: '/v1/events/asked%231' })).json()
      expect(detail.verdict.challenge.outcome).toBe('passed')
    })

    it('takes back what was learned where it failed, and records the failed step once', async () => {
      const event = signIn('failing-1', 'failing@example.com')
      await post('ingest', '/v1/assess', { event })
      const key = encodeURIComponent('user:failing@example.com')
      const known = async () => (await ask('viewer', { url: `/v1/entities/${key}` })).json()
      expect((await known()).habits.events).toBeCloseTo(1)
      for (const _ of [1, 2]) {
        const failed = await outcome('ingest', 'failing-1', { outcome: 'failed', factor: 'push' })
        expect(failed.json()).toMatchObject({ learned: 0, challenge: { outcome: 'failed' } })
      }
      const { habits, recent } = await known()
      expect(habits.events).toBeCloseTo(0)
      expect(recent.map(({ activity }: { activity: string }) => activity).sort()).toEqual([
        'challenge failed',
        'sign_in',
      ])
    })

    it('says who may tell it, of what, and in which words', async () => {
      const body = { outcome: 'passed' }
      expectError(await outcome('viewer', 'assess-1', body), 403, 'forbidden')
      expectError(await outcome('analyst', 'assess-1', body), 403, 'forbidden')
      expectError(await outcome('ingest', 'never-asked', body), 404, 'not_found')
      expectError(await outcome('other', 'assess-1', body), 404, 'not_found')
      for (const wrong of [{}, { outcome: 'won' }, { outcome: 'passed', strong: true }]) {
        expectError(await outcome('ingest', 'assess-1', wrong), 400, 'invalid_request')
      }
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
      expectError(await ask(null, { ...far, remoteAddress: '203.0.113.1' }), 401, 'unauthenticated')
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
}
