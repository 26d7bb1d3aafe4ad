import { inspect } from 'node:util'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sampleEvent } from '../../ports/samples.contract.ts'
import { testStream } from '../../ports/stream.contract.ts'
import { FIELD, keyOf } from './keys.ts'
import { makeRedisDurable, openRedisStream, redisDurability } from './redis-stream.ts'
import { startTestRedis, type TestRedis } from './test-redis.ts'

const program = process.env.REDIS_SERVER

describe.skipIf(program === undefined)('with a real Redis', () => {
  let redis: TestRedis
  beforeAll(async () => {
    redis = await startTestRedis(program ?? '')
  })
  afterAll(() => redis.stop())

  for (const sealKey of [undefined, Buffer.alloc(32, 9)]) {
    const name = sealKey === undefined ? 'redis' : 'redis, sealed'
    testStream(name, { keeps: true }, async () => {
      const url = redis.newUrl()
      return {
        open: () => openRedisStream({ url, leaseMs: 1_000, ...(sealKey && { sealKey }) }),
        async foul(bytes) {
          const client = new Redis(url)
          await client.xadd(keyOf(3), '*', FIELD, bytes)
          client.disconnect()
        },
        close: async () => {},
      }
    })
  }

  test('records are sealed where there is a key: nothing of an event can be read in Redis', async () => {
    const url = redis.newUrl()
    const stream = await openRedisStream({ url, sealKey: Buffer.alloc(32, 1) })
    await stream.publish(1, [sampleEvent({ uid: 'secret-uid', user: 'secret-user' })])
    const client = new Redis(url)
    const keys = await client.keys('*')
    const stored = await Promise.all(keys.map((key) => client.xrange(key, '-', '+')))
    client.disconnect()
    await stream.close()
    expect(JSON.stringify(stored).length).toBeGreaterThan(100)
    expect(JSON.stringify(stored)).not.toContain('secret')
  })

  test('what was published is there after Redis was killed, and is worked off once it is back', async () => {
    const own = await startTestRedis(program ?? '')
    const stream = await openRedisStream({ url: own.url, leaseMs: 1_000 })
    const uids = new Set<string>()
    const worker = stream.work({
      bury: async () => {},
      async take(_tenant, events) {
        await new Promise((resolve) => setTimeout(resolve, 5))
        for (const { event } of events) uids.add(event.uid)
        return events.map(() => ({ kind: 'new', verdict: null }))
      },
    })
    const acknowledged: string[] = []
    const publish = async (from: number, to: number) => {
      for (let n = from; n < to; n += 1) {
        const event = sampleEvent({ uid: `e${n}`, user: `u${n % 20}` })
        for (;;) {
          const published = await stream.publish(1, [event]).catch(() => null)
          if (published !== null) break
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
        acknowledged.push(event.event.uid)
      }
    }
    const publishing = publish(0, 600)
    for (const due of [100, 300, 500]) {
      while (acknowledged.length < due) await new Promise((resolve) => setTimeout(resolve, 2))
      await own.kill()
      await own.start()
    }
    await publishing
    await expect.poll(() => uids.size, { timeout: 30_000 }).toBe(600)
    await worker.stop()
    expect(await stream.lag()).toBe(0)
    await stream.close()
    await own.stop()
  }, 90_000)

  test('a worker goes on after Redis lost all it had', async () => {
    const own = await startTestRedis(program ?? '')
    const stream = await openRedisStream({ url: own.url, leaseMs: 1_000 })
    const uids = new Set<string>()
    const worker = stream.work({
      bury: async () => {},
      async take(_tenant, events) {
        for (const { event } of events) uids.add(event.uid)
        return events.map(() => ({ kind: 'new', verdict: null }))
      },
    })
    await stream.publish(1, [sampleEvent({ uid: 'before' })])
    await expect.poll(() => uids.size, { timeout: 10_000 }).toBe(1)
    const client = new Redis(own.url)
    await client.flushall()
    client.disconnect()
    await stream.publish(1, [sampleEvent({ uid: 'after' })])
    await expect.poll(() => uids.size, { timeout: 10_000 }).toBe(2)
    await worker.stop()
    await stream.close()
    await own.stop()
  }, 30_000)

  test('a full stream refuses instead of growing without end', async () => {
    const stream = await openRedisStream({ url: redis.newUrl(), most: 100 })
    const events = Array.from({ length: 80 }, (_, n) => sampleEvent({ uid: `e${n}` }))
    await stream.publish(1, events)
    await expect(stream.publish(1, events)).rejects.toMatchObject({ code: 'overloaded' })
    expect(await stream.lag()).toBe(80)
    await stream.close()
  })

  test('what Redis refuses is told without what was to be written', async () => {
    const own = await startTestRedis(program ?? '')
    const heard: unknown[] = []
    const onError = (error: unknown) => heard.push(error)
    const stream = await openRedisStream({ url: own.url, onError })
    const client = new Redis(own.url)
    await client.config('SET', 'maxmemory', '1')
    const publishing = stream.publish(1, [sampleEvent({ uid: 'secret-uid' })])
    await expect(publishing).rejects.toMatchObject({ code: 'store_unavailable' })
    client.disconnect()
    expect(heard).toMatchObject([{ message: expect.stringContaining('OOM') }])
    expect(inspect(heard, { depth: null, maxArrayLength: null })).not.toMatch(/secret-uid|Buffer/)
    await stream.close()
    await own.stop()
  })

  test('says whether an answer of Redis means that the disk has it', async () => {
    expect(await redisDurability(redis.url)).toBe('durable')
    const client = new Redis(redis.url)
    await client.config('SET', 'appendfsync', 'everysec')
    expect(await redisDurability(redis.url)).toBe('up to a second')
    await client.config('SET', 'appendfsync', 'no')
    expect(await redisDurability(redis.url)).toBe('none')
    await client.config('SET', 'appendonly', 'no')
    // It was started without a file of settings.
    expect(await makeRedisDurable(redis.url)).toEqual({ kept: false })
    expect(await redisDurability(redis.url)).toBe('durable')
    await client.call('ACL', 'SETUSER', 'guest', 'on', '>word', '~*', '+@all', '-config')
    expect(await redisDurability(redis.url.replace('://', '://guest:word@'))).toBe('untold')
    await expect(makeRedisDurable(redis.url.replace('://', '://guest:word@'))).rejects.toThrow()
    client.disconnect()
  })

  test('where nobody listens the start says so', async () => {
    await expect(openRedisStream({ url: 'redis://127.0.0.1:1' })).rejects.toThrow(/does not answer/)
  })
})
