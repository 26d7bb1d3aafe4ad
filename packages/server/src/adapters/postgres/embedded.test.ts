import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SHARED_FOLDER } from './binaries.ts'
import { lockDirectory } from './directory-lock.ts'
import { startEmbedded } from './embedded.ts'
import { canEnter, parseUsers } from './os-user.ts'
import type { ServerAddress } from './server-address.ts'

const isRoot = process.getuid?.() === 0
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatewatch-embedded-'))
  chmodSync(folder, 0o755)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function ask(address: ServerAddress, text: string): Promise<unknown> {
  const client = new pg.Client({ ...address })
  await client.connect()
  const { rows } = await client.query({ text, rowMode: 'array' })
  await client.end()
  return rows[0]?.[0]
}

test('a server starts, keeps what it was told, and is durable', async () => {
  const first = await startEmbedded(folder)
  await ask(first.owner, 'create table kept as select 7 as value')
  for (const [name, value] of [
    ['fsync', 'on'],
    ['synchronous_commit', 'on'],
    ['max_wal_size', '4GB'],
    ['wal_compression', 'pglz'],
    ['listen_addresses', ''],
    ['server_encoding', 'UTF8'],
  ]) {
    expect([name, await ask(first.owner, `show ${name}`)]).toEqual([name, value])
  }
  await first.stop()
  const second = await startEmbedded(folder)
  expect(await ask(second.owner, 'select value from kept')).toBe(7)
  await second.stop()
})

test('a second start on the same folder says so, and where the first answers', async () => {
  const first = await startEmbedded(folder)
  await expect(startEmbedded(folder)).rejects.toMatchObject({
    code: 'directory_in_use',
    address: '',
    message: expect.stringContaining('still starting'),
  })
  first.announce('http://127.0.0.1:5000')
  await expect(startEmbedded(folder)).rejects.toMatchObject({
    address: 'http://127.0.0.1:5000',
    message: expect.stringMatching(/in use by another Gatewatch.*open http:\/\/127.0.0.1:5000/),
  })
  await first.stop()
})

test('the server that a killed process left running is taken over', async () => {
  const module = fileURLToPath(new URL('./embedded.ts', import.meta.url))
  const script = `
    const { startEmbedded } = await import(${JSON.stringify(module)})
    await startEmbedded(${JSON.stringify(folder)})
    process.kill(process.pid, 'SIGKILL')`
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', script])
  expect(child.signal).toBe('SIGKILL')
  const pid = () => readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]
  const orphan = pid()
  const server = await startEmbedded(folder)
  expect(pid()).toBe(orphan)
  expect(await ask(server.owner, 'select 1')).toBe(1)
  await server.stop()
})

test('a server that was killed itself comes back with what it had committed', async () => {
  const first = await startEmbedded(folder)
  await ask(first.owner, 'create table kept as select 7 as value')
  const pid = Number.parseInt(readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8'), 10)
  process.kill(pid, 'SIGKILL')
  await first.stop().catch(() => {})
  const second = await startEmbedded(folder)
  expect(await ask(second.owner, 'select value from kept')).toBe(7)
  await second.stop()
})

test('a path too long for a socket is served over TCP on this computer', async () => {
  const long = join(folder, 'x'.repeat(90))
  const server = await startEmbedded(long)
  expect(server.owner.host).toBe('127.0.0.1')
  expect(await ask(server.owner, 'select 1')).toBe(1)
  const stranger = { ...server.owner, password: 'guessed' }
  await expect(ask(stranger, 'select 1')).rejects.toThrow(/password authentication failed/)
  await server.stop()
})

test('data of another major version are left alone', async () => {
  const server = await startEmbedded(folder)
  await server.stop()
  const file = join(folder, 'postgres', 'PG_VERSION')
  const shell = spawnSync('sh', ['-c', `echo 12 > "${file}"`])
  expect(shell.status).toBe(0)
  await expect(startEmbedded(folder)).rejects.toThrow(/written by PostgreSQL 12.*carries 18/)
})

test.runIf(isRoot)(
  'under root, a folder that other users cannot enter keeps its data elsewhere and says so',
  async () => {
    const closed = join(folder, 'closed')
    mkdirSync(closed, { mode: 0o700 })
    const notices: string[] = []
    const server = await startEmbedded(join(closed, 'data'), (notice) => notices.push(notice))
    const data = String(await ask(server.owner, 'show data_directory'))
    expect(data.startsWith(`${SHARED_FOLDER}/`)).toBe(true)
    expect(notices).toEqual([expect.stringContaining(data.replace(/\/postgres$/, ''))])
    await server.stop()
    rmSync(join(data, '..'), { recursive: true })
  },
)

test('whether a user can enter is told by every folder on the way', async () => {
  const inner = join(folder, 'a', 'b')
  mkdirSync(inner, { recursive: true })
  const stranger = { uid: 54_321, gid: 54_321, name: 'stranger' }
  expect(await canEnter(inner, stranger)).toBe(true)
  chmodSync(join(folder, 'a'), 0o700)
  expect(await canEnter(inner, stranger)).toBe(false)
  expect(await canEnter(inner, { ...stranger, uid: process.getuid?.() ?? 0 })).toBe(true)
})

test('lines of the user list that are none are passed over', () => {
  expect(parseUsers('root:x:0:0::/:/bin/sh\nbroken\n\npostgres:x:70:71:a:b:c\n+nis\n')).toEqual([
    { name: 'root', uid: 0, gid: 0 },
    { name: 'postgres', uid: 70, gid: 71 },
  ])
})

test('a lock is free again when its holder gives it back, by whatever path the folder is named', async () => {
  const lock = await lockDirectory(folder)
  const alias = `${folder}-alias`
  symlinkSync(folder, alias)
  try {
    await expect(lockDirectory(alias)).rejects.toMatchObject({ code: 'directory_in_use' })
    await lock.release()
    await (await lockDirectory(alias)).release()
  } finally {
    rmSync(alias)
  }
})
