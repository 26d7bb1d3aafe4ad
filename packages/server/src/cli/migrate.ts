import { Command } from 'commander'
import { openDatabase } from '../app-database.ts'
import { configOf, DATABASE_SETTINGS, withSettings } from './configuration.ts'

/** `gatewatch migrate`: the tables of this version. `serve` does the same at its start. */
export function migrateCommand(): Command {
  return withSettings(new Command('migrate'), DATABASE_SETTINGS)
    .addHelpText(
      'after',
      '\n`gatewatch serve` does this by itself; run it alone before an update of many processes.',
    )
    .action(async (options) => {
      const database = await openDatabase(configOf(options))
      await database.close()
      console.log('The tables are up to date.')
    })
}
