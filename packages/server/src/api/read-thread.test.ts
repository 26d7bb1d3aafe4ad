import { expect, it } from 'vitest'
import { isFault } from '../errors.ts'
import { signIn } from './asker.contract.ts'
import { type ReadPart, readBody } from './read-body.ts'
import { bodyReader } from './read-thread.ts'

const now = Date.UTC(2026, 0, 5, 9)
const canonical = { format: 'canonical', now }
const manyLines = (count: number) =>
  Array.from({ length: count }, (_, i) =>
    i % 7 === 3 ? '{"uid":' : JSON.stringify(signIn(`line-${i}`, 'ada@example.com', { time: now })),
  ).join('\n')

/** What was read, without the text that only the thread has already. */
const bare = (parts: readonly ReadPart[]) =>
  parts.map(({ events, refused, skipped }) => ({
    events: events.map(({ json: _, raw, ...event }) => ({ ...event, raw: raw?.toString() })),
    refused: refused.map(({ raw, ...one }) => ({ ...one, raw: Buffer.from(raw).toString() })),
    skipped,
  }))

async function readAll(
  body: Buffer,
  format = 'canonical',
  reader = bodyReader(),
): Promise<ReadPart[]> {
  const parts: ReadPart[] = []
  for await (const part of reader.read(body, { format, now })) parts.push(part)
  return parts
}

it('reads a large body in the thread as it would be read here, in parts of 1,000 records', async () => {
  const body = Buffer.from(manyLines(2_300))
  const parts = await readAll(body)
  expect(parts.map(({ events, refused }) => events.length + refused.length)).toEqual([
    1_000, 1_000, 300,
  ])
  expect(bare(parts)).toEqual(bare([...readBody(body, canonical)]))
  for (const { event, json } of parts.flatMap(({ events }) => events)) {
    expect(json).toBe(JSON.stringify(event))
  }
})

it('keeps the record as it came where it is in another format', async () => {
  const record = (i: number) =>
    JSON.stringify({
      eventVersion: '1.08',
      eventID: `call-${i}`,
      eventTime: new Date(now).toISOString(),
      eventSource: 's3.amazonaws.com',
      eventName: 'GetObject',
      awsRegion: 'eu-west-1',
      sourceIPAddress: '203.0.113.9',
      userIdentity: { type: 'IAMUser', userName: 'grace', accountId: '111122223333' },
      requestParameters: { bucketName: 'b'.repeat(100) },
    })
  const lines = Array.from({ length: 400 }, (_, i) => record(i))
  const [part] = await readAll(Buffer.from(lines.join('\n')), 'cloudtrail')
  const raws = part?.events.map(({ raw }) => Buffer.from(raw ?? []).toString())
  expect(raws).toEqual(lines)
})

it('keeps of an envelope each record by itself, read or refused, not the envelope as often as it has records', async () => {
  const call = (i: number) => ({
    eventVersion: '1.08',
    eventID: `call-${i}`,
    eventTime: new Date(now).toISOString(),
    eventSource: 's3.amazonaws.com',
    eventName: 'GetObject',
    userIdentity: { type: 'IAMUser', userName: 'grace', accountId: '111122223333' },
  })
  const unknown = { who: 'nobody knows' }
  const calls = Array.from({ length: 500 }, (_, i) => call(i))
  const body = Buffer.from(JSON.stringify({ Records: [...calls, unknown] }))
  const texts = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString()
  for (const parts of [await readAll(body, 'auto'), [...readBody(body, { format: 'auto', now })]]) {
    const events = parts.flatMap((part) => part.events)
    expect(events.map(({ raw }) => texts(raw))).toEqual(calls.map((one) => JSON.stringify(one)))
    const refused = parts.flatMap((part) => part.refused)
    expect(refused.map(({ raw }) => texts(raw))).toEqual([JSON.stringify(unknown)])
  }
})

it('says what is wrong with a large body as it does with a small one', async () => {
  const broken = Buffer.from(`[${' '.repeat(100_000)}{"uid":]`)
  await expect(readAll(broken)).rejects.toMatchObject({ code: 'malformed_json' })
  await expect(readAll(Buffer.alloc(100_000, ' '))).rejects.toMatchObject({ code: 'empty_body' })
})

it('reads bodies side by side, and goes on after a reader who stopped halfway', async () => {
  const reader = bodyReader()
  const body = Buffer.from(manyLines(2_300))
  for await (const part of reader.read(body, canonical)) {
    expect(part.events.length).toBeGreaterThan(0)
    break
  }
  const both = await Promise.all(
    [body, Buffer.from(manyLines(1_200))].map((one) => readAll(one, 'canonical', reader)),
  )
  expect(both.map((parts) => parts.length)).toEqual([3, 2])
})

it('answers a bug in the thread with an error that is no answer for the caller, and reads on', async () => {
  const reader = bodyReader()
  const body = Buffer.from(manyLines(2_300))
  const asked = reader.read(body, null as unknown as typeof canonical)[Symbol.asyncIterator]()
  const error = await asked.next().catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(Error)
  expect(isFault(error)).toBe(false)
  expect(await readAll(body, 'canonical', reader)).toHaveLength(3)
})
