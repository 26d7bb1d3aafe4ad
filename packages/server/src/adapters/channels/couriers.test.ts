import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { createCourier, withinTime } from './couriers.ts'
import { createHostGuard } from './guard.ts'
import { testMessage } from './test-messages.ts'
import { listening } from './test-parties.ts'

test('what a receiver says is told without control characters', async () => {
  const rude = createServer((socket) => socket.on('error', () => {}).end('554 go\0away\x1b[2J\r\n'))
  const courier = createCourier({
    guard: createHostGuard(['localhost'], async () => ['127.0.0.1']),
    source: 'urn:here',
    clock: Date.now,
    findingOf: async () => null,
    folder: '',
  })
  const settings = {
    kind: 'email' as const,
    host: 'localhost',
    port: await listening(rude),
    tls: 'none' as const,
    from: 'a@example.com',
    to: ['b@example.com'],
  }
  const sent = await courier(settings, testMessage)
  expect(sent).toMatchObject({ why: expect.stringMatching(/go away \[2J/) })
  await new Promise((closed) => rude.close(closed))
})

test('what nobody ever answers has failed after its time', async () => {
  expect(await withinTime(new Promise(() => {}), 20)).toEqual({
    kind: 'failed',
    why: 'it did not answer in time',
  })
  expect(await withinTime(Promise.resolve({ kind: 'sent' }), 20)).toEqual({ kind: 'sent' })
})
