import { execFileSync } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { NOON, sampleJudged } from '../../../ports/samples.contract.ts'
import { databaseUser } from '../os-user.ts'
import { openPostgres } from '../postgres.ts'
import { startTestServer } from '../test-server.ts'
import { restoreBackup } from './restore-backup.ts'
import { writeBackup } from './write-backup.ts'

/** Where Debian puts the programs of its PostgreSQL. */
const versions = '/usr/lib/postgresql'
const [major] = existsSync(versions) ? readdirSync(versions) : []
if (major === undefined) console.log('skipped: there is no PostgreSQL of Debian here')

let stop = () => {}
afterAll(() => stop())

/** Starts Debian's PostgreSQL on a free port, until the tests end. */
async function startOther(bin: string) {
  const folder = mkdtempSync(join(tmpdir(), 'gatewatch-other-'))
  const user = await databaseUser(folder)
  const password = join(folder, 'password')
  writeFileSync(password, 'secret')
  const as = user === null ? {} : { uid: user.uid, gid: user.gid }
  if (user !== null) for (const path of [folder, password]) chownSync(path, user.uid, user.gid)
  const run = (program: string, ...args: string[]) =>
    execFileSync(join(bin, program), args, { ...as, cwd: '/', stdio: 'ignore' })
  const data = join(folder, 'data')
  run('initdb', '-D', data, '-U', 'other', `--pwfile=${password}`, '-A', 'scram-sha-256')
  const port = await freePort()
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off`
  run('pg_ctl', '-D', data, '-w', '-l', join(folder, 'log'), '-o', options, 'start')
  stop = () => {
    run('pg_ctl', '-D', data, '-w', '-m', 'immediate', 'stop')
    rmSync(folder, { recursive: true, force: true })
  }
  return { host: '127.0.0.1', port, user: 'other', password: 'secret', database: 'postgres' }
}

function freePort(): Promise<number> {
  const server = createServer()
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const at = server.address()
      server.close(() => resolve(typeof at === 'object' && at !== null ? at.port : 0))
    })
  })
}

test.skipIf(major === undefined)(
  'a backup goes from one major version of PostgreSQL to another',
  async () => {
    const from = await startOther(join(versions, major ?? '', 'bin'))
    const server = await startTestServer()
    const folder = mkdtempSync(join(tmpdir(), 'gatewatch-moved-'))
    const path = join(folder, 'backup')
    try {
      const old = await openPostgres(from, { clock: () => NOON })
      const { id } = await old.accounts.ensureTenant('one', false)
      const judged = sampleJudged({ uid: 'kept', time: NOON, risk: 90 + 1 / 3 })
      await old.store.transact(id, async (batch) => {
        await batch.claim([judged.arriving])
        await batch.writeEvents([judged])
      })
      const before = await old.reader.event(id, 'kept')
      await old.close()
      const rows = await writeBackup(from, path, { version: 'test', now: NOON })
      expect(rows.event).toBe(1)
      const into = await server.newDatabase()
      expect(await restoreBackup(into, path)).toEqual(rows)
      const moved = await openPostgres(into, { clock: () => NOON })
      expect(await moved.reader.event(id, 'kept')).toEqual(before)
      expect(before).not.toBeNull()
      // Numbers go on where they were.
      expect((await moved.accounts.ensureTenant('two', false)).id).toBeGreaterThan(id)
      await moved.close()
    } finally {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  },
  120_000,
)
