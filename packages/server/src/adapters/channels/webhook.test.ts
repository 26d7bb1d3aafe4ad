import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Message } from '../../ports/courier.ts'
import { createHostGuard } from './guard.ts'
import { sendWebhook, signatureOf } from './webhook.ts'

const NOW = 1_614_265_330_000
// The example of the specification, in two parts so that no scanner takes it for somebody's.
const SECRET = `whsec_${'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'}`

const message: Message = {
  key: 'test.1',
  tenant: 'main',
  tenantId: 1,
  time: NOW,
  notices: [{ about: 'test', key: 'test.1', time: NOW, by: 'ada' }],
}

test('signs as the vector of Standard Webhooks has it', () => {
  const headers = signatureOf(SECRET, 'msg_p5jXN8AQM9LWM0D4loKWxJek', NOW, '{"test": 2432232314}')
  expect(headers).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  })
})

describe('to a receiver', () => {
  let server: Server
  let answer: (request: IncomingMessage, response: ServerResponse, body: string) => void
  let url = ''
  beforeEach(async () => {
    server = createServer((request, response) => {
      let body = ''
      request.on('data', (part) => {
        body += String(part)
      })
      request.on('end', () => answer(request, response, body))
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const { port } = server.address() as AddressInfo
    url = `http://hooks.example.com:${port}/in`
  })
  afterEach(() => {
    server.closeAllConnections()
    return new Promise((closed) => server.close(closed))
  })

  const local = (allowed = ['hooks.example.com']) =>
    createHostGuard(allowed, async () => ['127.0.0.1'])
  const send = (guard = local()) =>
    sendWebhook(guard, { kind: 'webhook', url, secret: SECRET }, message, 'urn:here', NOW)

  test('goes a CloudEvent whose signature the receiver can verify', async () => {
    const seen: { headers: IncomingMessage['headers']; body: string }[] = []
    answer = ({ headers }, response, body) => {
      seen.push({ headers, body })
      response.end('ok')
    }
    expect(await send()).toEqual({ kind: 'sent' })
    const [one] = seen
    if (one === undefined) throw new Error('nothing came')
    expect(JSON.parse(one.body)).toEqual({
      specversion: '1.0',
      id: 'test.1',
      source: 'urn:here',
      type: 'io.gatewatch.test.v1',
      time: new Date(NOW).toISOString(),
      datacontenttype: 'application/json',
      data: { tenant: 'main', notice: message.notices[0] },
    })
    expect(one.headers).toMatchObject({
      ...signatureOf(SECRET, 'test.1', NOW, one.body),
      host: new URL(url).host,
      'content-type': 'application/cloudevents+json',
    })
  })

  test.each([
    [204, {}, { kind: 'sent' }],
    [400, {}, { kind: 'refused', why: 'it answered 400: what is wrong' }],
    [410, {}, { kind: 'gone', why: 'it answered 410: what is wrong' }],
    [500, {}, { kind: 'failed', why: 'it answered 500: what is wrong' }],
    [429, {}, { kind: 'failed', why: 'it answered 429: what is wrong', retryAfterMs: 60_000 }],
    [
      503,
      { 'retry-after': '7' },
      { kind: 'failed', why: 'it answered 503: what is wrong', retryAfterMs: 7_000 },
    ],
  ] as const)('%i is understood', async (status, headers, sent) => {
    answer = (_, response) => {
      response.writeHead(status, headers)
      response.end(status === 204 ? undefined : 'what\n is\u0007 wrong')
    }
    expect(await send()).toEqual(sent)
  })

  test('redirects are not followed, wherever they lead', async () => {
    let asked = 0
    answer = (_, response) => {
      asked += 1
      response.writeHead(307, { location: url })
      response.end()
    }
    expect(await send()).toMatchObject({
      kind: 'failed',
      why: expect.stringMatching(/redirects are not followed/),
    })
    expect(asked).toBe(1)
  })

  test('a host that leads to a private address is not connected to, unless it is allowed', async () => {
    let asked = 0
    answer = (_, response) => {
      asked += 1
      response.end()
    }
    expect(await send(local([]))).toMatchObject({
      kind: 'failed',
      why: expect.stringMatching(/without encryption/),
    })
    url = url.replace('http:', 'https:')
    expect(await send(local([]))).toMatchObject({
      kind: 'failed',
      why: expect.stringMatching(/127\.0\.0\.1, which is not public/),
    })
    expect(asked).toBe(0)
  })

  test('an answer without end is cut off, a receiver that is gone is told as such', async () => {
    answer = (_, response) => {
      const more = () => {
        while (response.write('x'.repeat(65_536)));
        response.once('drain', more)
      }
      more()
    }
    expect(await send()).toEqual({ kind: 'sent' })
    answer = (request) => request.socket.destroy()
    expect(await send()).toMatchObject({ kind: 'failed' })
  })
})

describe('the guard of hosts', () => {
  const guard = createHostGuard(
    ['*.internal', 'Mail.Example.com', '10.0.5.0/24', '::1'],
    async (host) => (host === 'nobody.example.com' ? [] : ['10.9.9.9']),
  )

  test.each([
    '127.0.0.1',
    '10.0.4.9',
    '192.168.1.1',
    '172.16.0.1',
    '169.254.169.254',
    '0.0.0.0',
    '100.64.0.1',
    '255.255.255.255',
    '224.0.0.1',
    '::',
    'fe80::1',
    'fd00::1',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '[fc00::1]',
    'evil.example.com',
    'internal',
    'evilinternal',
    'x.mail.example.com',
  ])('lets nothing through to %s', async (host) => {
    await expect(guard.addressOf(host)).rejects.toThrow(/not public/)
  })

  test.each([
    ['93.184.216.34', '93.184.216.34'],
    ['2606:2800:220:1::1', '2606:2800:220:1::1'],
    ['10.0.5.77', '10.0.5.77'],
    ['[::1]', '::1'],
    ['mail.EXAMPLE.com', '10.9.9.9'],
    ['a.b.internal', '10.9.9.9'],
  ])('lets %s through', async (host, address) => {
    expect(await guard.addressOf(host)).toBe(address)
  })

  test('says that a host has no address', async () => {
    await expect(guard.addressOf('nobody.example.com')).rejects.toThrow(/has no address/)
  })

  test('takes the public one of several addresses', async () => {
    const mixed = createHostGuard([], async () => ['10.0.0.1', '93.184.216.34'])
    expect(await mixed.addressOf('x.example.com')).toBe('93.184.216.34')
  })
})
