import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ChannelRoute, type Notice } from '@gatewatch/schema'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createCourier } from '../adapters/channels/couriers.ts'
import { createHostGuard } from '../adapters/channels/guard.ts'
import { memoryStorage } from '../adapters/memory/memory.ts'
import { createVault } from '../adapters/vault.ts'
import { newAlert } from '../ports/alert-growth.ts'
import { type StoredChannel, UNTRIED } from '../ports/outbox.ts'
import { NOON, sampleJudged } from '../ports/samples.contract.ts'
import type { Storage } from '../ports/storage.ts'
import { sealed } from './channel-settings.ts'
import { noticeOf } from './notices.ts'
import { createSender, type Sender } from './sender.ts'

const MINUTE = 60_000
const vault = createVault(Buffer.alloc(32, 1))

let now = NOON
let storage: Storage
let tenant = 0
let sender: Sender
let receiver: Server
let url = ''
let received: string[]
let heard: string[]
let troubles: string[]
let answer: (response: ServerResponse, id: string) => void

beforeEach(async () => {
  now = NOON
  received = []
  heard = []
  troubles = []
  answer = (response) => response.end()
  receiver = createServer((request, response) => {
    const id = String(request.headers['webhook-id'])
    request.resume().on('end', () => {
      if (request.url === '/operator') {
        heard.push(id)
        response.end()
        return
      }
      received.push(id)
      answer(response, id)
    })
  })
  await new Promise<void>((listening) => receiver.listen(0, '127.0.0.1', listening))
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
  storage = memoryStorage(() => now)
  tenant = (await storage.accounts.ensureTenant('one', false)).id
  sender = createSender({
    outbox: storage.outbox,
    courier: createCourier({
      guard: createHostGuard(['127.0.0.1']),
      source: 'urn:here',
      folder: '',
      findingOf: async () => null,
      clock: () => now,
    }),
    vault,
    tenantName: async () => 'one',
    clock: () => now,
    dice: () => 0.5,
    onError: (error) => troubles.push(String(error)),
  })
})
afterEach(async () => {
  await sender.close()
  receiver.closeAllConnections()
  await new Promise((closed) => receiver.close(closed))
})

async function addChannel(name: string, at: string, route: object = {}): Promise<StoredChannel> {
  const id = `00000000-0000-4000-8000-00000000000${name.length}`
  const secret = `whsec_${Buffer.alloc(32, 2).toString('base64')}`
  const channel = {
    id,
    name,
    ...sealed(vault, id, { kind: 'webhook', url: at, secret }),
    route: ChannelRoute.parse(route),
    enabled: true,
    created: now,
    health: UNTRIED,
  }
  await storage.outbox.addChannel(tenant, channel)
  return channel
}

/** An operator who hears of channels in trouble, and of no alerts. */
const addOperator = () => addChannel('operator', `${url}/operator`, { entities: ['nobody'] })

function raised(group: string): Notice {
  return noticeOf('raised', newAlert(sampleJudged({ uid: group, group }), false))
}

const put = (...groups: readonly string[]) =>
  storage.store.transact(tenant, (batch) => batch.notify(groups.map(raised)))

/** Lets time pass in steps of 10 s, looking into the outbox at each. */
async function pass(ms: number): Promise<void> {
  const until = now + ms
  while (now < until) {
    now += 10_000
    await sender.run()
  }
}

const keys = (...groups: readonly string[]) => groups.map((group) => raised(group).key)
const stateOf = async (channel: StoredChannel) =>
  (await storage.outbox.deliveries(tenant, channel.id, { limit: 100 })).map(({ state }) => state)
const healthOf = async ({ id }: StoredChannel) =>
  (await storage.outbox.channels(tenant)).find((one) => one.id === id)

test('a receiver that is down for an hour gets everything once it is back, each message once, and the operator was told', async () => {
  const channel = await addChannel('hook', url)
  await addOperator()
  answer = (response) => response.writeHead(500).end()
  const groups = Array.from({ length: 40 }, (_, index) => `g${index}`)
  await put(...groups.slice(0, 20))
  await pass(20 * MINUTE)
  await put(...groups.slice(20))
  await pass(40 * MINUTE)
  expect(received.length, 'while it is down it is left alone').toBeLessThan(20)
  expect(await healthOf(channel)).toMatchObject({ health: { failing_since: NOON + 10_000 } })
  expect(heard).toEqual([`${channel.id}.failing.${NOON + 10_000}`])
  expect(troubles.join()).toContain('failing')
  received = []
  answer = (response) => response.end()
  await pass(20 * MINUTE)
  expect(received.toSorted()).toEqual(keys(...groups).toSorted())
  expect(new Set(await stateOf(channel))).toEqual(new Set(['sent']))
  expect(await healthOf(channel)).toMatchObject({ health: { failures: 0, failing_since: null } })
  await pass(24 * 60 * MINUTE)
  expect(received).toHaveLength(groups.length)
}, 60_000)

test('a receiver that is slow holds nobody else up', async () => {
  await addChannel('hook', url)
  const other = await addChannel('another', `${url}/operator`)
  const slow: ServerResponse[] = []
  answer = (response) => slow.push(response)
  await put('a')
  const looking = sender.run()
  await expect.poll(() => heard).toEqual(keys('a'))
  expect(slow).toHaveLength(1)
  for (const response of slow) response.end()
  await looking
  expect(await stateOf(other)).toEqual(['sent'])
})

test('one that says 410 is switched off, keeps what waits, and gets it when it is switched on again', async () => {
  const channel = await addChannel('hook', url)
  await addOperator()
  answer = (response) => response.writeHead(410).end()
  await put('a', 'b')
  await pass(MINUTE)
  expect(received).toHaveLength(1)
  expect(heard).toEqual([`${channel.id}.gone.${NOON + 10_000}`])
  const off = { enabled: false, health: { disabled_why: 'it answered 410' } }
  expect(await healthOf(channel)).toMatchObject(off)
  await pass(60 * MINUTE)
  expect(received).toHaveLength(1)
  received = []
  answer = (response) => response.end()
  await storage.outbox.changeChannel(tenant, channel.id, { enabled: true, health: UNTRIED })
  await pass(10 * MINUTE)
  expect(received.toSorted()).toEqual(keys('a', 'b').toSorted())
})

test('one that says 429 is asked again when it said, and no sooner', async () => {
  await addChannel('hook', url)
  const asked: number[] = []
  answer = (response) => {
    asked.push(now - NOON)
    response.writeHead(asked.length === 1 ? 429 : 200, { 'retry-after': '95' }).end()
  }
  await put('a')
  await pass(10 * MINUTE)
  expect(asked).toEqual([10_000, 110_000])
  expect(received).toEqual([...keys('a'), ...keys('a')])
})

test('a message that is refused is given up alone, kept, and goes again when asked', async () => {
  const channel = await addChannel('hook', url)
  await addOperator()
  const [bad] = keys('bad')
  answer = (response, id) => response.writeHead(id === bad ? 422 : 200).end()
  await put('bad', 'good')
  await pass(MINUTE)
  expect(await stateOf(channel)).toEqual(['sent', 'dead'])
  expect(heard).toHaveLength(1)
  answer = (response) => response.end()
  expect(await storage.outbox.retryDead(tenant, channel.id, now)).toBe(1)
  await pass(MINUTE)
  expect(await stateOf(channel)).toEqual(['sent', 'sent'])
})

test('where encryption fails nothing is told, and everything later', async () => {
  const channel = await addChannel('hook', url.replace('http:', 'https:'))
  await put('a')
  await pass(MINUTE)
  expect(received).toEqual([])
  expect((await healthOf(channel))?.health.last_error).toMatch(/ssl|tls|packet/i)
  await storage.outbox.changeChannel(tenant, channel.id, {
    ...sealed(vault, channel.id, { kind: 'webhook', url }),
  })
  await pass(30 * MINUTE)
  expect(received).toHaveLength(1)
  expect(await stateOf(channel)).toEqual(['sent'])
})

test('a redirect to a private address is not followed', async () => {
  const channel = await addChannel('hook', url)
  answer = (response) => response.writeHead(302, { location: `${url}/operator` }).end()
  await put('a')
  await pass(MINUTE)
  expect(heard).toEqual([])
  expect((await healthOf(channel))?.health.last_error).toMatch(/redirects are not followed/)
})

test('a receiver that is never back: the message is given up after days, and is not lost', async () => {
  const channel = await addChannel('hook', url)
  answer = (response) => response.writeHead(500).end()
  await put('a')
  const asked: number[] = []
  for (let hours = 0; hours < 24 * 6; hours += 0.25) {
    now += 15 * MINUTE
    const before = received.length
    await sender.run()
    if (received.length > before) asked.push(Math.round((now - NOON) / 3_600_000))
  }
  expect(asked).toHaveLength(10)
  expect(asked.at(-1)).toBeGreaterThan(72)
  expect(await stateOf(channel)).toEqual(['dead'])
  expect(received.every((id) => id === raised('a').key)).toBe(true)
})

test('what a digest gathers goes as one message', async () => {
  await addChannel('hook', url, { digest_minutes: 30 })
  await put('a', 'b')
  await pass(10 * MINUTE)
  await put('c')
  await pass(19 * MINUTE)
  expect(received).toEqual([])
  await pass(MINUTE)
  expect(received).toEqual([expect.stringMatching(/^digest\./)])
})
