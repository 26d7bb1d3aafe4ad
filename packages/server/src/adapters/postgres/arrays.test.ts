import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { array, plainText } from './arrays.ts'
import { startTestServer, type TestServer } from './test-server.ts'

let server: TestServer
let client: pg.Client
beforeAll(async () => {
  server = await startTestServer()
  client = new pg.Client({ ...(await server.newDatabase()) })
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await server.stop()
})

async function roundTrip(value: Buffer, type: string): Promise<unknown[]> {
  const { rows } = await client.query<{ value: unknown }>(
    `select value from unnest($1::${type}[]) with ordinality as u(value, at) order by at`,
    [value],
  )
  return rows.map((row) => row.value)
}

test('texts come back as they were, null too', async () => {
  const text = fc.option(fc.string({ unit: 'binary' }).map(plainText))
  await fc.assert(
    fc.asyncProperty(fc.array(text), async (texts) => {
      expect(await roundTrip(array.text(texts), 'text')).toEqual(texts)
    }),
    { numRuns: 50 },
  )
})

test('bytes come back as they were', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(fc.uint8Array())), async (values) => {
      const stored = (await roundTrip(array.bytea(values), 'bytea')) as (Buffer | null)[]
      expect(stored.map((one) => one && [...one])).toEqual(values.map((one) => one && [...one]))
    }),
    { numRuns: 50 },
  )
})

test('numbers and identifiers come back as they were', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.maxSafeInteger()),
      fc.array(fc.double()),
      fc.array(fc.uuid()),
      async (whole, real, ids) => {
        const read = (await roundTrip(array.int8(whole), 'int8')).map(Number)
        expect(read).toEqual(whole.map((value) => value + 0))
        expect(await roundTrip(array.float8(real), 'float8')).toEqual(real)
        const hex = ids.map((id) => id.replaceAll('-', ''))
        expect(await roundTrip(array.uuid(hex), 'uuid')).toEqual(ids)
      },
    ),
    { numRuns: 50 },
  )
})

test('what a text column cannot hold is replaced', () => {
  expect(plainText('a\0b\ud800')).toBe('a\uFFFDb\uFFFD')
})

test('a number that is no safe integer and a text that is no uuid are refused, not cut', () => {
  for (const value of [0.5, Number.NaN, 2 ** 53]) {
    expect(() => array.int8([value])).toThrow(RangeError)
  }
  for (const value of ['', 'abcd', 'z'.repeat(32)]) {
    expect(() => array.uuid([value])).toThrow(RangeError)
  }
})
