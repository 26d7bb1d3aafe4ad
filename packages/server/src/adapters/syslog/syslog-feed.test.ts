import { createSocket } from 'node:dgram'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectSecure } from 'node:tls'
import { FeedSettings } from '@gatewatch/schema'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makeCertificate, missingParty } from '../channels/test-parties.ts'
import { type FollowedFeed, followFeed } from '../test-feed.ts'
import { createDeframer, LONGEST_MESSAGE } from './frames.ts'
import { recordIn } from './record-in.ts'
import { syslogFeed } from './syslog-feed.ts'

const soon = { timeout: 20_000, interval: 20 }
const listen = async (given: object) => {
  const settings = FeedSettings.parse({ kind: 'syslog', transport: 'tcp', port: 0, ...given })
  if (settings.kind !== 'syslog') throw new Error(settings.kind)
  const followed = followFeed(syslogFeed(settings))
  await expect.poll(() => followed.said, soon).toHaveLength(1)
  return { followed, port: Number(/port (\d+)/.exec(followed.said[0] ?? '')?.[1]) }
}
const send = async (port: number, ...chunks: (string | Buffer)[]) => {
  const socket = connect(port, '127.0.0.1')
  const closed = new Promise<void>((done) => {
    socket.on('close', () => done())
    socket.on('error', () => {})
  })
  socket.resume()
  for (const chunk of chunks) {
    socket.write(chunk)
    await new Promise((later) => setTimeout(later, 5))
  }
  socket.end()
  await closed
}
const framed = (text: string) => `${Buffer.byteLength(text)} ${text}`
const gives = (followed: FollowedFeed, lines: readonly string[]) =>
  expect.poll(() => followed.lines, soon).toEqual(lines)

const sshd = '<38>Mar 27 13:06:56 web sshd[12]: Accepted password for ada from 203.0.113.4 port 22'
const modern =
  '<165>1 2024-05-06T07:08:09.123Z host app 123 ID47 [a@1 b="]\\"x"][c@2 d="e"] \uFEFF{"a":1}'

describe('over TCP', () => {
  test('both framings are taken, mixed and cut anywhere, and JSON is taken out of its header', async () => {
    const { followed, port } = await listen({})
    const all = Buffer.from(`${framed(sshd)}${framed(modern)}${sshd}\n${sshd}\r\n${framed('x\ny')}`)
    await send(
      port,
      all.subarray(0, 1),
      all.subarray(1, 60),
      all.subarray(60, 200),
      all.subarray(200),
    )
    await gives(followed, [sshd, '{"a":1}', sshd, sshd, 'x y'])
  })

  test('a message that is too long is put aside and holds up no other; what is hostile harms nobody', async () => {
    const { followed, port } = await listen({})
    const long = 'y'.repeat(LONGEST_MESSAGE + 1)
    await send(port, `${long}\n`, 'after\n', framed(long), framed('last'))
    await gives(followed, ['after', 'last'])
    expect(followed.refused.map(({ reason }) => reason)).toEqual(
      Array(2).fill('the message is longer than 256 kB'),
    )
    await send(port, '99999999 nothing more', Buffer.from([0, 255, 10, 49, 50, 32]))
    await send(port, Buffer.alloc(100_000, 10), '<999>1 ', '\n', framed('still there'))
    await expect.poll(() => followed.lines.at(-1), soon).toBe('still there')
  })

  test('who sends more than can be taken has to wait, and nothing is lost', async () => {
    const { followed, port } = await listen({})
    const { promise, resolve } = Promise.withResolvers<void>()
    followed.gate = promise
    const line = 'z'.repeat(10_000)
    const count = 4_000
    const socket = connect(port, '127.0.0.1')
    let written = 0
    const write = () => {
      while (written < count) {
        written++
        if (!socket.write(`${written} ${line}\n`.replace(/^(\d+) /, '<$1>'))) break
      }
      if (written === count) socket.end()
    }
    socket.on('drain', write)
    socket.on('connect', write)
    await new Promise((later) => setTimeout(later, 500))
    // What it holds and what the system holds between the two is less than all.
    expect(written).toBeLessThan(count)
    resolve()
    await expect.poll(() => followed.lines.length, soon).toBe(count)
  })

  test('who is not among the senders is not heard', async () => {
    const { followed, port } = await listen({ from: ['192.0.2.0/24', '2001:db8::1'] })
    await send(port, 'no\n')
    const heard = await listen({ from: ['127.0.0.0/8'] })
    await send(heard.port, 'yes\n')
    await gives(heard.followed, ['yes'])
    expect(followed.lines).toEqual([])
  })

  test('what has come is taken before it ends, and an end that came without a line feed too', async () => {
    const { followed, port } = await listen({})
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write('whole\nbegun')
    await expect.poll(() => followed.lines, soon).toEqual(['whole'])
    await followed.stop()
    expect(followed.lines).toEqual(['whole', 'begun'])
    socket.destroy()
  })

  test('an address that is taken is told', async () => {
    const { port } = await listen({})
    const settings = FeedSettings.parse({ kind: 'syslog', transport: 'tcp', port })
    if (settings.kind !== 'syslog') throw new Error(settings.kind)
    expect(String(await followFeed(syslogFeed(settings)).ended)).toContain('EADDRINUSE')
  })
})

test('each datagram is a message', async () => {
  const { followed, port } = await listen({ transport: 'udp' })
  const socket = createSocket('udp4')
  for (const text of [sshd, modern, `${sshd}\n`])
    await new Promise((sent) => socket.send(text, port, '127.0.0.1', sent))
  socket.close()
  await gives(followed, [sshd, '{"a":1}', sshd])
})

const missing = missingParty('openssl')
test.skipIf(missing !== null)(
  'over TLS, where wanted only from who has a certificate',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatewatch-tls-'))
    const paths = makeCertificate(folder)
    const [cert, key] = [readFileSync(paths.cert, 'utf8'), readFileSync(paths.key, 'utf8')]
    rmSync(folder, { recursive: true })
    const open = await listen({ transport: 'tls', cert, key })
    const closed = await listen({ transport: 'tls', cert, key, client_ca: cert })
    const sendSecure = (port: number, text: string, more: object = {}) =>
      new Promise<void>((done) => {
        const socket = connectSecure({
          port,
          host: '127.0.0.1',
          ca: cert,
          servername: 'localhost',
          ...more,
        })
        socket.on('error', () => {})
        socket.on('close', () => done())
        socket.resume()
        socket.end(text)
      })
    await sendSecure(open.port, framed(sshd))
    await gives(open.followed, [sshd])
    await sendSecure(closed.port, framed('no'))
    await send(closed.port, 'plain\n')
    await sendSecure(closed.port, framed('proven'), { cert, key })
    await gives(closed.followed, ['proven'])
  },
)

test('whatever is sent in whatever pieces comes out whole', () => {
  const message = fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => Buffer.from(bytes))
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 20 }),
      fc.integer({ min: 1, max: 50 }),
      (all, size) => {
        const stream = Buffer.concat(all.flatMap((one) => [Buffer.from(`${one.length} `), one]))
        const deframer = createDeframer()
        const found = []
        for (let at = 0; at < stream.length; at += size)
          found.push(...deframer.push(stream.subarray(at, at + size)))
        expect([...found, ...deframer.end()].map(({ bytes }) => bytes)).toEqual(all)
      },
    ),
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
      const deframer = createDeframer()
      deframer.push(Buffer.from(bytes))
      deframer.end()
      recordIn(Buffer.from(bytes), 'okta')
    }),
  )
})

test('a message is taken as a whole by formats that read syslog, and without its header by others', () => {
  const said = (line: string, format: string) => recordIn(Buffer.from(line), format)
  expect(said(sshd, 'linux')).toBe(sshd)
  expect(said(sshd, 'okta')).toBe('Accepted password for ada from 203.0.113.4 port 22')
  expect(said(modern, 'linux')).toBe('{"a":1}')
  expect(said('<34>1 2024-05-06T07:08:09Z h a - - - text', 'okta')).toBe('text')
  expect(said('<13>May  6 07:08:09 h app: {"b":2}', 'auto')).toBe('{"b":2}')
  expect(said('<13>app: {"b":2}', 'auto')).toBe('{"b":2}')
  expect(said('no header {', 'auto')).toBe('no header {')
})
