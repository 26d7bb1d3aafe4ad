import { Command } from 'commander'
import { withAccounts } from '../app-database.ts'
import { ROLES } from '../ports/accounts.ts'
import { configOf, DATABASE_SETTINGS, withSettings } from './configuration.ts'
import { EXIT, userError } from './exit-codes.ts'
import { moment, table } from './table.ts'

const example = `
Roles: ingest sends events and asks for verdicts, viewer reads, analyst also judges alerts, admin everything.

Example: gatewatch keys create --name "web shop" --role ingest`

/** `gatewatch keys`: API keys of one tenant. */
export function keysCommand(): Command {
  const keys = new Command('keys').addHelpText('after', example)
  const tenant = ['--tenant <name>', 'whose keys (default: the tenant that runs here)'] as const

  withSettings(keys.command('create'), DATABASE_SETTINGS)
    .description('make a key and print it; it cannot be shown again')
    .requiredOption('--name <name>', 'what the key is for')
    .option('--role <role>', `one of ${ROLES.join(', ')}`, 'ingest')
    .option(...tenant)
    .action(async (options) => {
      const role = ROLES.find((known) => known === options.role)
      if (role === undefined) throw userError(`--role: use one of ${ROLES.join(', ')}.`)
      // The role is of the key, not of a process.
      const config = configOf({ ...options, role: undefined })
      await withAccounts(config, options.tenant, async ({ accounts, id, tenant }) => {
        const { secret } = await accounts.createKey(id, options.name, role)
        console.log(secret)
        console.error(
          `A key of the tenant ${tenant} with the role ${role}. Keep it safe: only its hash is stored.`,
        )
      })
    })

  withSettings(keys.command('list'), DATABASE_SETTINGS)
    .description('list the keys, without the secrets')
    .option(...tenant)
    .action(async (options) => {
      const rows = await withAccounts(configOf(options), options.tenant, ({ accounts, id }) =>
        accounts.listKeys(id),
      )
      const lines = rows.map((key) => [
        key.id,
        key.name,
        key.role,
        moment(key.created),
        moment(key.lastUsed),
      ])
      console.log(table(['id', 'name', 'role', 'created (UTC)', 'last used (UTC)'], lines))
    })

  withSettings(keys.command('revoke <id>'), DATABASE_SETTINGS)
    .description('make a key worthless, at the latest 5 seconds from now')
    .option(...tenant)
    .action(async (id: string, options) => {
      const gone = await withAccounts(configOf(options), options.tenant, (at) =>
        at.accounts.revokeKey(at.id, id),
      )
      if (!gone) throw userError(`There is no key ${id}; see gatewatch keys list.`, EXIT.failed)
      console.log(`The key ${id} is revoked.`)
    })

  return keys
}
