import { Command } from 'commander'
import { withAccounts } from '../app-database.ts'
import { configOf, DATABASE_SETTINGS, withSettings } from './configuration.ts'
import { whole } from './whole-number.ts'

/** `gatewatch letters`: records that were refused, newest first, a JSON object a line; what was sealed is opened. */
export function lettersCommand(): Command {
  return withSettings(new Command('letters'), [...DATABASE_SETTINGS, 'secretKey'])
    .option('--limit <count>', 'how many', whole(1, 100_000), 100)
    .option('--tenant <name>', 'whose (default: the tenant that runs here)')
    .action(async (options) => {
      const letters = await withAccounts(configOf(options), options.tenant, ({ storage, id }) =>
        storage.deadLetters.list(id, options.limit),
      )
      for (const { received, ...letter } of letters)
        console.log(JSON.stringify({ ...letter, received: new Date(received).toISOString() }))
    })
}
