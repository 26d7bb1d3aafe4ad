import { afterEach, expect, test, vi } from 'vitest'
import { openPostgres } from '../adapters/postgres/postgres.ts'
import { startTestServer } from '../adapters/postgres/test-server.ts'
import { openVault } from '../adapters/vault.ts'
import { lettersCommand } from './letters.ts'

afterEach(() => vi.restoreAllMocks())

test('prints what was refused, newest first, and opens what was sealed', async () => {
  const server = await startTestServer()
  const secretKey = Buffer.alloc(32, 7).toString('base64')
  const vault = await openVault({ secretKey, dataDir: 'none' })
  const address = await server.newDatabase()
  const { host, port, user, password, database } = address
  const letters = { vault, isOn: true }
  const storage = await openPostgres(address, { clock: () => Date.UTC(2026, 0, 5), letters })
  const { id } = await storage.accounts.ensureTenant('main', false)
  for (const raw of ['first {', 'second {'])
    await storage.deadLetters.add(id, [
      { source: 'okta', line: 3, reason: 'not JSON', raw: Buffer.from(raw) },
    ])
  await storage.close()
  const printed: string[] = []
  vi.spyOn(console, 'log').mockImplementation((text) => void printed.push(String(text)))
  const login = `${user}:${encodeURIComponent(password)}`
  const url = `postgres://${login}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`
  const print = (...more: readonly string[]) =>
    lettersCommand()
      .exitOverride()
      .parseAsync(['--database-url', url, '--secret-key', secretKey, '--tenant', 'main', ...more], {
        from: 'user',
      })
  await print()
  await print('--limit', '1')
  const found = printed.map((line) => JSON.parse(line))
  expect(found.map(({ raw }) => raw)).toEqual(['second {', 'first {', 'second {'])
  expect(found[0]).toMatchObject({
    line: 3,
    reason: 'not JSON',
    received: '2026-01-05T00:00:00.000Z',
  })
  await server.stop()
}, 90_000)
