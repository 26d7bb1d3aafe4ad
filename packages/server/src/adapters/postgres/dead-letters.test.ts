import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NOON } from '../../ports/samples.contract.ts'
import { createVault } from '../vault.ts'
import { openPostgres } from './postgres.ts'
import { startTestServer, type TestServer } from './test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

test('sealed letters are read with their key alone, and what was kept before stays readable', async () => {
  const address = await server.newDatabase()
  const letters = (key: number, isOn: boolean) => ({
    vault: createVault(Buffer.alloc(32, key)),
    isOn,
  })
  const open = (key: number, isOn: boolean) =>
    openPostgres(address, { clock: () => NOON, letters: letters(key, isOn) })
  const letter = (raw: Uint8Array) => ({ source: 'okta', line: 1, reason: 'not JSON', raw })

  const before = await open(7, false)
  const { id } = await before.accounts.ensureTenant('letters', false)
  await before.deadLetters.add(id, [letter(Buffer.from('kept as it came'))])
  await before.close()
  const sealing = await open(7, true)
  await sealing.deadLetters.add(id, [letter(Buffer.from('hush: ada@example.com \u00e5'))])
  const raws = async ({ deadLetters }: typeof sealing) =>
    (await deadLetters.list(id, 10)).map(({ raw }) => raw)
  expect(await raws(sealing)).toEqual(['hush: ada@example.com \u00e5', 'kept as it came'])
  await sealing.close()

  const client = new pg.Client({ ...address })
  await client.connect()
  const { rows } = await client.query<{ raw: Buffer; sealed: boolean }>(
    'select raw, sealed from gatewatch.dead_letter order by id',
  )
  await client.end()
  expect(rows.map(({ sealed }) => sealed)).toEqual([false, true])
  expect(rows[1]?.raw.toString('latin1')).not.toMatch(/hush|ada/)

  const other = await open(8, true)
  expect(await raws(other)).toEqual([
    '(sealed with another GATEWATCH_SECRET_KEY)',
    'kept as it came',
  ])
  await other.close()
}, 90_000)
