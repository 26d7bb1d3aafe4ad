import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AlertPage, Channel, ChannelCreated, ChannelList, DeliveryList } from '@gatewatch/schema'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Asker, expectError, json, signIn } from './asker.contract.ts'

/** Channels over HTTP, to a receiver that checks what it gets; 127.0.0.1 is allowed. */
export function testChannels({ ask, post }: Asker): void {
  describe('tells channels', () => {
    const received: { headers: IncomingHttpHeaders; body: string }[] = []
    const receiver = createServer((request, response) => {
      let body = ''
      request.on('data', (part) => {
        body += String(part)
      })
      request.on('end', () => {
        received.push({ headers: request.headers, body })
        response.end()
      })
    })
    let url = ''
    let channel: ChannelCreated
    beforeAll(async () => {
      await new Promise<void>((listening) => receiver.listen(0, '127.0.0.1', listening))
      url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`
    })
    afterAll(() => new Promise((closed) => receiver.close(closed)))
    const patch = (who: 'admin' | 'other' | 'analyst', id: string, body: object) =>
      ask(who, {
        method: 'PATCH',
        url: `/v1/channels/${id}`,
        headers: json,
        payload: JSON.stringify(body),
      })
    const types = () => received.map(({ body }) => JSON.parse(body).type as string)

    it('a webhook is added with a secret that is shown once', async () => {
      const answer = await post('admin', '/v1/channels', {
        name: 'hook',
        settings: { kind: 'webhook', url },
        route: { entities: ['burgled@example.com'] },
      })
      expect(answer.statusCode, answer.body).toBe(201)
      channel = ChannelCreated.parse(answer.json())
      expect(channel.secret).toMatch(/^whsec_/)
      const list = await ask('analyst', { url: '/v1/channels' })
      expect(ChannelList.parse(list.json()).channels).toMatchObject([
        { id: channel.id, name: 'hook', settings: { kind: 'webhook', url }, enabled: true },
      ])
      expect(list.body).not.toContain('whsec_')
    })

    it('a test message arrives at once, and what it cannot reach it says', async () => {
      const tested = await post('admin', `/v1/channels/${channel.id}/test`, {})
      expect(tested.json(), tested.body).toEqual({ delivered: true, why: null })
      expect(types()).toEqual(['io.gatewatch.test.v1'])
      const inner = await post('admin', '/v1/channels', {
        name: 'inner',
        settings: { kind: 'webhook', url: 'https://10.0.0.1/' },
        enabled: false,
      })
      const { id } = Channel.parse(inner.json())
      const refused = await post('admin', `/v1/channels/${id}/test`, {})
      expect(refused.json()).toMatchObject({
        delivered: false,
        why: expect.stringMatching(/not public/),
      })
      expect((await ask('admin', { method: 'DELETE', url: `/v1/channels/${id}` })).statusCode).toBe(
        204,
      )
    })

    it('an alert is told when it is raised and when it is closed, signed, once', async () => {
      const start = Date.now() - 3_600_000
      const deletions = Array.from({ length: 60 }, (_, n) =>
        signIn(`burglary-${n}`, 'burgled@example.com', {
          time: start + n * 2_000,
          api: { service: 'ec2.amazonaws.com', operation: 'TerminateInstances' },
        }),
      )
      await post('ingest', '/v1/events', deletions)
      await expect.poll(types, { timeout: 10_000 }).toContain('io.gatewatch.alert.raised.v1')
      const page = await ask('viewer', { url: '/v1/alerts?limit=500' })
      const own = AlertPage.parse(page.json()).alerts.filter(
        ({ entity }) => entity === 'user:burgled@example.com',
      )
      for (const { id } of own) {
        await post('analyst', `/v1/alerts/${id}/feedback`, { verdict: 'compromised' })
      }
      const closed = () => types().filter((type) => type === 'io.gatewatch.alert.closed.v1')
      await expect.poll(() => closed().length, { timeout: 10_000 }).toBe(own.length)
      const key = Buffer.from(channel.secret?.slice(6) ?? '', 'base64')
      for (const { headers, body } of received) {
        const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
        const mac = createHmac('sha256', key).update(signed).digest('base64')
        expect(headers['webhook-signature']).toBe(`v1,${mac}`)
      }
      const ids = received.map(({ headers }) => headers['webhook-id'])
      expect(new Set(ids).size).toBe(ids.length)
      const sent = await ask('analyst', { url: `/v1/channels/${channel.id}/deliveries?state=sent` })
      expect(DeliveryList.parse(sent.json()).deliveries).toHaveLength(received.length - 1)
      const metrics = await ask(null, { url: '/metrics' })
      expect(metrics.body).toMatch(
        /gatewatch_deliveries_total\{channel="webhook",result="sent"\} \d/,
      )
    }, 30_000)

    it('is changed without giving the secret again, and keeps to its fields', async () => {
      const changed = await patch('admin', channel.id, {
        settings: { kind: 'webhook', url: `${url}moved` },
        route: { min_severity: 'high' },
      })
      expect(Channel.parse(changed.json())).toMatchObject({
        settings: { url: `${url}moved` },
        route: { min_severity: 'high' },
      })
      const before = received.length
      await post('admin', `/v1/channels/${channel.id}/test`, {})
      expect(received.slice(before)).toMatchObject([
        { headers: { 'webhook-signature': expect.stringMatching(/^v1,/) } },
      ])
      for (const wrong of [
        { settings: { kind: 'pigeon' } },
        { settings: { kind: 'webhook', url: 'ftp://example.com' } },
        { route: { hours: { time_zone: 'Mars/Base', from: '08:00', until: '17:00' } } },
        { route: { digest_minutes: 0 } },
        { colour: 'blue' },
        { name: 'a\0b' },
      ]) {
        expectError(await patch('admin', channel.id, wrong), 400, 'invalid_request')
      }
      const again = { name: 'hook', settings: { kind: 'webhook', url } }
      expectError(await post('admin', '/v1/channels', again), 400, 'invalid_request')
    })

    it('does not take its password along to another host', async () => {
      const mail = {
        kind: 'email',
        host: 'mail.example.com',
        user: 'ada',
        from: 'ada@example.com',
        to: ['ada@example.com'],
      }
      const settings = { ...mail, password: 'hidden' }
      const added = await post('admin', '/v1/channels', { name: 'mail', settings })
      const { id } = Channel.parse(added.json())
      const elsewhere = { ...mail, host: 'mail.example.net' }
      const refused = await patch('admin', id, { settings: elsewhere })
      expectError(refused, 400, 'invalid_request')
      expect(refused.body).toContain('give password again')
      const other = { ...elsewhere, password: 'other' }
      for (const change of [{ ...mail, to: ['bo@example.com'] }, other, elsewhere]) {
        expect((await patch('admin', id, { settings: change })).statusCode).toBe(200)
      }
      expect((await ask('admin', { method: 'DELETE', url: `/v1/channels/${id}` })).statusCode).toBe(
        204,
      )
    })

    it('belongs to its tenant and its administrators', async () => {
      expect((await ask('other', { url: '/v1/channels' })).json()).toEqual({ channels: [] })
      const at = `/v1/channels/${channel.id}`
      expectError(await patch('other', channel.id, { enabled: false }), 404, 'not_found')
      expectError(await post('other', `${at}/test`, {}), 404, 'not_found')
      expectError(await post('other', `${at}/retry`, {}), 404, 'not_found')
      expectError(await ask('other', { url: `${at}/deliveries` }), 404, 'not_found')
      expectError(await ask('other', { method: 'DELETE', url: at }), 404, 'not_found')
      expectError(await patch('analyst', channel.id, { enabled: false }), 403, 'forbidden')
      expectError(await ask('viewer', { url: '/v1/channels' }), 403, 'forbidden')
      expect((await post('admin', `${at}/retry`, {})).json()).toEqual({ retried: 0 })
      expect((await ask('admin', { method: 'DELETE', url: at })).statusCode).toBe(204)
      expectError(await ask('admin', { method: 'DELETE', url: at }), 404, 'not_found')
    })
  })
}
