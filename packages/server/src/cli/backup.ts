import { resolve } from 'node:path'
import { Command } from 'commander'
import { restoreBackup } from '../adapters/postgres/backup/restore-backup.ts'
import { writeBackup } from '../adapters/postgres/backup/write-backup.ts'
import { withDatabaseServer } from '../app-database.ts'
import { version } from '../version.ts'
import { configOf, DATABASE_SETTINGS, withSettings } from './configuration.ts'
import { EXIT, userError } from './exit-codes.ts'

const about = `
It holds everything in the database: accounts, events with their verdicts, profiles, alerts, models, sources and channels.
Credentials are in it as they are stored, sealed: keep secret.key of the data folder, or GATEWATCH_SECRET_KEY, elsewhere.`

/** `gatewatch backup FILE`: one file, as the database was at one moment, beside a running Gatewatch. */
export function backupCommand(): Command {
  return withSettings(new Command('backup').argument('<file>'), DATABASE_SETTINGS)
    .description('write everything that the database holds, as it is at one moment, into one file')
    .addHelpText('after', about)
    .action(async (file: string, options) => {
      const path = resolve(file)
      const rows = await withDatabaseServer(configOf(options), 'beside others', (admin) =>
        writeBackup(admin, path, { version, now: Date.now() }),
      ).catch(told)
      console.log(`${path} has ${said(rows)}. Keep the key of the vault too, elsewhere.`)
    })
}

/** `gatewatch restore FILE`: into an empty database, all or nothing. */
export function restoreCommand(): Command {
  return withSettings(new Command('restore').argument('<file>'), DATABASE_SETTINGS)
    .description('fill an empty database with what a backup holds, all of it or nothing')
    .addHelpText('after', '\nStop Gatewatch before; start it again, with the same key, after.')
    .action(async (file: string, options) => {
      const path = resolve(file)
      const rows = await withDatabaseServer(configOf(options), 'alone', (admin) =>
        restoreBackup(admin, path),
      ).catch(told)
      console.log(`Restored ${said(rows)}.`)
    })
}

function said(rows: Readonly<Record<string, number>>): string {
  const count = (table: string) => `${rows[table] ?? 0}`
  return `${count('event')} events, ${count('profile')} profiles and ${count('alert')} alerts of ${count('tenant')} tenants`
}

function told(error: unknown): never {
  const code = error instanceof Error && 'code' in error ? error.code : ''
  if (code === 'EEXIST') throw userError('The file is there already; name another.', EXIT.failed)
  throw userError(error instanceof Error ? error.message : String(error), EXIT.failed)
}
