import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { readMapping } from './mapping.ts'
import { genericConnector } from './normalise.ts'
import { isWhole, proposeMapping } from './propose.ts'

const now = Date.UTC(2026, 0, 1)
const origin = { connector: 'test', now, mode: 'replay' } as const
const chrome = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/124.0.0.0'

/** From which place each field is taken, of a proposal for these records. */
const from = (records: readonly unknown[]) =>
  Object.fromEntries(
    proposeMapping(records, 'sample', now).taken.map(({ field, path }) => [field, path]),
  )
const many = <T>(make: (i: number) => T) => Array.from({ length: 30 }, (_, i) => make(i))

describe('a mapping is proposed', () => {
  test('by names and values, however deep', () => {
    const records = many((i) => ({
      meta: { eventTime: new Date(now - i * 60_000).toISOString(), id: `e-${i}` },
      user: { email: `u${i % 3}@example.com`, name: `User ${i % 3}` },
      client: [{ ip: `203.0.113.${i}`, 'user agent': chrome }],
      request: { operation: i % 2 === 0 ? 'ListFiles' : 'GetFile', 'bytes.sent': 100 + i },
      result: i % 5 === 0 ? 'DENIED' : 'allowed',
      note: `free text ${i}`,
    }))
    expect(from(records)).toEqual({
      time: 'meta.eventTime',
      'src.ip': 'client[0].ip',
      'actor.email_addr': 'user.email',
      user_agent: 'client[0].user agent',
      status: 'result',
      operation: 'request.operation',
      'traffic.bytes_out': 'request["bytes.sent"]',
      id: 'meta.id',
    })
    const { mapping, left, read } = proposeMapping(records, 'files', now)
    expect(left).toEqual(['user.name', 'note'])
    expect(read).toBe(30)
    const outcome = genericConnector(mapping, () => undefined).normalise(records[5], origin)
    expect(outcome).toMatchObject({
      kind: 'ok',
      value: {
        uid: '["e-5"]',
        time: now - 5 * 60_000,
        class_uid: 6003,
        api: { operation: 'GetFile', service: 'files' },
        actor: { email_addr: 'u2@example.com' },
        src: { ip: '203.0.113.5' },
        user_agent: chrome,
        status_id: 2,
        traffic: { bytes_out: 105 },
      },
    })
  })

  test('by values alone, where names say nothing; what could be anything is left', () => {
    const records = many((i) => ({
      a: Math.floor(now / 1000) - i,
      b: `10.0.0.${i}`,
      c: `u${i}@example.com`,
      d: chrome,
      e: i * 7,
    }))
    expect(from(records)).toEqual({
      time: 'a',
      'src.ip': 'b',
      'actor.email_addr': 'c',
      user_agent: 'd',
    })
    expect(proposeMapping(records, 'x', now).mapping.time).toEqual({ path: 'a', format: 'epoch_s' })
  })

  test('sign-ins stay sign-ins, and other operations are calls', () => {
    const row = (event: string) => ({ time: '2025-05-06T07:00:00Z', user: 'ada', event })
    expect(proposeMapping(['login', 'login failed'].map(row), 'x', now).mapping.fields).toEqual({
      'actor.name': 'user',
      activity: 'event',
    })
    expect(proposeMapping(['upload', 'login', 'delete'].map(row), 'x', now).mapping.fields).toEqual(
      { 'actor.name': 'user', 'api.operation': 'event', 'api.service': { const: 'x' } },
    )
  })

  test.each([
    ['eu', (i: number) => `${String((i % 28) + 1).padStart(2, '0')}/04/2025 08:00:00`],
    ['us', (i: number) => `04/${String((i % 28) + 1).padStart(2, '0')}/2025 08:00:00`],
    ['epoch_ms', (i: number) => now - i],
    ['epoch_us', (i: number) => (now - i) * 1000],
    ['iso', (i: number) => new Date(now - i).toISOString()],
  ])('times in the format %s are known as such', (format, write) => {
    const records = many((i) => ({ ts: write(i), user: 'ada' }))
    expect(proposeMapping(records, 'x', now)).toMatchObject({
      mapping: { time: { path: 'ts', format } },
      read: 30,
    })
  })

  test('without a time or anybody it says so, and reads nothing', () => {
    const proposal = proposeMapping([{ a: 1 }, 'a line', null, [1]], 'x', now)
    expect(isWhole(proposal.mapping)).toBe(false)
    expect(proposal).toMatchObject({ read: 0, looked: 4, taken: [], left: ['a'] })
    expect([...proposal.refused]).toEqual([['the mapping says neither when nor who', 4]])
  })

  test('what is written down reads as many records as was said, whatever stands in them', () => {
    const key = fc.oneof(
      fc.constantFrom('time', 'user', 'ip', 'status', 'event', '__proto__', 'a.b', 'x"y', 'a[0]'),
      fc.string({ maxLength: 8 }),
    )
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom('2025-05-06T07:00:00Z', 'ada@example.com', '203.0.113.1', 'ok', chrome, 5),
    )
    const record = fc.oneof(
      fc.dictionary(key, value, { maxKeys: 8 }),
      fc.record({ time: fc.constant('2025-05-06T07:00:00Z'), user: fc.string(), ip: value }),
    )
    fc.assert(
      fc.property(fc.array(record, { maxLength: 6 }), (records) => {
        const { mapping, read, taken } = proposeMapping(records, 'x', now)
        for (const { certainty } of taken) expect(certainty).toBeLessThanOrEqual(1)
        if (!isWhole(mapping)) return
        const connector = genericConnector(readMapping(stringify(mapping)), () => undefined)
        const outcomes = records.map((one) => connector.normalise(one, origin))
        expect(outcomes.filter(({ kind }) => kind === 'ok')).toHaveLength(read)
      }),
      { numRuns: 500 },
    )
  })

  test('a wide or deep record costs no more than it is long', () => {
    const wide = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`k${i}`, i]))
    let deep: unknown = 'ada'
    for (let i = 0; i < 5_000; i++) deep = { user: deep }
    expect(proposeMapping([wide, deep], 'x', now).left).toHaveLength(500)
  })
})
