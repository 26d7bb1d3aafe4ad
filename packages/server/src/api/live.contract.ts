import { LiveMessage } from '@gatewatch/schema'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Asker, expectError, signIn } from './asker.contract.ts'

/** The live feed, over a real socket. */
export function testLive(asker: Asker): void {
  const { ask, post, keys } = asker
  describe('WebSocket /v1/live', () => {
    let address: URL

    beforeAll(async () => {
      await asker.api().listen({ host: '127.0.0.1', port: 0 })
      const at = asker.api().server.address()
      if (typeof at !== 'object' || at === null) throw new Error('the API does not listen')
      address = new URL(`ws://127.0.0.1:${at.port}/v1/live`)
    })

    it('says hello, then what is committed for the asker.tenant(), and nothing of another', async () => {
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
      const token = await asker.accounts().createSignInToken(asker.tenant(), 'linked', 60)
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
