import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createSecureServer } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createHostGuard } from './guard.ts'
import { cefOf, sendSyslog } from './syslog.ts'
import { digestMessage, raisedMessage, testMessage } from './test-messages.ts'
import { listening, makeCertificate, missingParty } from './test-parties.ts'

/** What stands in a stream of counted lines. */
function unframed(bytes: Buffer): string[] {
  const lines: string[] = []
  let rest = bytes
  while (rest.length > 0) {
    const space = rest.indexOf(' ')
    const length = Number(rest.subarray(0, space).toString())
    lines.push(rest.subarray(space + 1, space + 1 + length).toString())
    rest = rest.subarray(space + 1 + length)
  }
  return lines
}

test('CEF keeps its fields apart, whatever they hold', () => {
  const [notice] = raisedMessage.notices
  const cef = cefOf(notice, 'main', 'https://gatewatch.example.com')
  expect(cef).toMatch(
    /^CEF:0\|Gatewatch\|Gatewatch\|[^|]+\|travel\|Impossible travel\|8\|rt=\d+ msg=/,
  )
  expect(cef).toContain('a|b\\=c\\\\ Bcc: eve@evil.example')
  expect(cef).not.toMatch(/\p{C}/u)
  expect(cef).toMatch(/ cn1=93 .* cs2=T1078,T1110 /)
})

describe('syslog over TCP', () => {
  const taken: Buffer[] = []
  const server = createServer((socket) =>
    socket.on('data', (part) => taken.push(part)).on('end', () => socket.end()),
  )
  let port = 0
  beforeAll(async () => {
    port = await listening(server)
  })
  afterAll(() => new Promise((closed) => server.close(closed)))
  const to = (more: object = {}) => ({
    kind: 'syslog' as const,
    host: 'localhost',
    port,
    tls: false,
    ...more,
  })
  const guard = createHostGuard(['localhost'], async () => ['127.0.0.1'])

  test('every notice is a line of its own, counted in octets', async () => {
    expect(await sendSyslog(guard, to(), digestMessage(3), 'urn:here')).toEqual({ kind: 'sent' })
    const lines = unframed(Buffer.concat(taken))
    expect(lines).toHaveLength(3)
    expect(lines[0]).toMatch(/^<83>1 2026-05-20T12:00:00\.000Z \S+ gatewatch - alert - CEF:0\|/)
  })

  test('one who says a byte now and then, and never ends, is not waited for', async () => {
    const tarpit = createServer({ allowHalfOpen: true }, (socket) => {
      const saying = setInterval(() => socket.write('.'), 1_000)
      socket.on('error', () => {}).on('close', () => clearInterval(saying))
    })
    const settings = to({ port: await listening(tarpit) })
    expect(await sendSyslog(guard, settings, testMessage, 'urn:here')).toEqual({
      kind: 'failed',
      why: 'it did not answer in time',
    })
    await new Promise((closed) => tarpit.close(closed))
  }, 30_000)

  test('nobody there is told as such, and unencrypted goes only to who is allowed', async () => {
    const gone = await sendSyslog(guard, to({ port: 1 }), testMessage, 'urn:here')
    expect(gone).toMatchObject({ kind: 'failed', why: expect.stringContaining('ECONNREFUSED') })
    const outside = createHostGuard([], async () => ['127.0.0.1'])
    expect(await sendSyslog(outside, to(), testMessage, 'urn:here')).toMatchObject({
      kind: 'failed',
      why: expect.stringContaining('without encryption'),
    })
  })
})

const missing = missingParty('openssl')
if (missing !== null) console.log(missing)

describe.skipIf(missing !== null)('syslog over TLS', () => {
  test('arrives where the certificate is trusted and names the host, and nowhere else', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gatewatch-syslog-'))
    const { cert, key } = makeCertificate(folder)
    const ca = await readFile(cert, 'utf8')
    const taken: Buffer[] = []
    const server = createSecureServer({ cert: ca, key: await readFile(key) }, (socket) =>
      socket.on('data', (part) => taken.push(part)).on('end', () => socket.end()),
    )
    server.on('tlsClientError', () => {})
    const port = await listening(server)
    const guard = createHostGuard(['localhost', 'other.example.com'], async () => ['127.0.0.1'])
    const to = { kind: 'syslog' as const, host: 'localhost', port, tls: true, ca }
    try {
      expect(await sendSyslog(guard, to, raisedMessage, 'urn:here')).toEqual({ kind: 'sent' })
      expect(unframed(Buffer.concat(taken))).toHaveLength(1)
      const impostor = await sendSyslog(
        guard,
        { ...to, host: 'other.example.com' },
        raisedMessage,
        'urn:here',
      )
      expect(impostor).toMatchObject({ kind: 'failed', why: expect.stringMatching(/altnames/) })
      const strange = await sendSyslog(guard, { ...to, ca: undefined }, raisedMessage, 'urn:here')
      expect(strange).toMatchObject({ kind: 'failed', why: expect.stringMatching(/self.signed/) })
      expect(unframed(Buffer.concat(taken))).toHaveLength(1)
    } finally {
      server.close()
      await rm(folder, { recursive: true, force: true })
    }
  })
})
