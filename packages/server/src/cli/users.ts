import { Command } from 'commander'
import { signInLink, withAccounts } from '../app-database.ts'
import { ROLES } from '../ports/accounts.ts'
import { askPassword } from './ask.ts'
import { configOf, DATABASE_SETTINGS, withSettings } from './configuration.ts'
import { EXIT, userError } from './exit-codes.ts'
import { moment, table } from './table.ts'

const people = ROLES.filter((role) => role !== 'ingest')

/** `gatewatch users`: people who may sign in to the dashboard of one tenant. */
export function usersCommand(): Command {
  const users = new Command('users').addHelpText(
    'after',
    '\nRoles: viewer reads, analyst also judges alerts, admin everything.\n\nExample: gatewatch users add ada@example.com --role analyst',
  )
  const tenant = ['--tenant <name>', 'whose people (default: the tenant that runs here)'] as const

  withSettings(users.command('add <name>'), DATABASE_SETTINGS)
    .description('add somebody; the password is asked for, or read from standard input')
    .option('--role <role>', `one of ${people.join(', ')}`, 'viewer')
    .option('--no-password', 'add without a password; sign in by `users link`')
    .option(...tenant)
    .action(async (name: string, options) => {
      const role = people.find((known) => known === options.role)
      if (role === undefined) throw userError(`--role: use one of ${people.join(', ')}.`)
      const password = options.password === false ? null : await askPassword()
      // The role is the person's, not a process's.
      const config = configOf({ ...options, role: undefined })
      await withAccounts(config, options.tenant, ({ accounts, id }) =>
        accounts.createUser(id, name, role, password),
      )
      console.log(`${name} may sign in as ${role}.`)
    })

  withSettings(users.command('list'), DATABASE_SETTINGS)
    .description('list who may sign in')
    .option(...tenant)
    .action(async (options) => {
      const rows = await withAccounts(configOf(options), options.tenant, ({ accounts, id }) =>
        accounts.listUsers(id),
      )
      const lines = rows.map((user) => [user.name, user.role, moment(user.created)])
      console.log(table(['name', 'role', 'created (UTC)'], lines))
    })

  withSettings(users.command('link <name>'), DATABASE_SETTINGS)
    .description('print a one-time sign-in link for somebody, valid for 60 minutes')
    .option(...tenant)
    .action(async (name: string, options) => {
      await withAccounts(configOf(options), options.tenant, async ({ accounts, id, url }) => {
        if (url === null)
          throw userError(
            'No Gatewatch runs here, so no link would open. Start it first: its start prints one.',
          )
        console.log(await signInLink(accounts, id, name, url))
      })
    })

  withSettings(users.command('password <name>'), DATABASE_SETTINGS)
    .description('set a new password and end the sessions')
    .option(...tenant)
    .action(async (name: string, options) => {
      const password = await askPassword()
      const set = await withAccounts(configOf(options), options.tenant, ({ accounts, id }) =>
        accounts.setPassword(id, name, password),
      )
      if (!set) throw nobody(name)
      console.log(`${name} has a new password and is signed out everywhere.`)
    })

  withSettings(users.command('remove <name>'), DATABASE_SETTINGS)
    .description('remove somebody and end the sessions')
    .option(...tenant)
    .action(async (name: string, options) => {
      const gone = await withAccounts(configOf(options), options.tenant, ({ accounts, id }) =>
        accounts.removeUser(id, name),
      )
      if (!gone) throw nobody(name)
      console.log(`${name} is removed.`)
    })

  return users
}

function nobody(name: string): Error {
  return userError(`There is no user ${name}; see gatewatch users list.`, EXIT.failed)
}
