import { Command } from 'commander'
import { retentionOf, setRetention } from '../adapters/postgres/retention.ts'
import { withAccounts, withDatabaseServer } from '../app-database.ts'
import { configOf, DATABASE_SETTINGS, withSettings } from './configuration.ts'
import { EXIT, userError } from './exit-codes.ts'
import { table } from './table.ts'
import { whole } from './whole-number.ts'

/** `gatewatch retention [DAYS]`: how long a tenant keeps events, where that is shorter than for all. */
export function retentionCommand(): Command {
  return withSettings(
    new Command('retention').argument('[days]', 'fewer than for all', whole(1, 36_500)),
    [...DATABASE_SETTINGS, 'retentionDays'],
  )
    .description('show how long tenants keep events, or let one keep them for fewer days')
    .option('--tenant <name>', 'whose (default: the tenant that runs here)')
    .option('--as-all', 'let the tenant keep them as long as all do')
    .addHelpText('after', '\nWhat is older goes at the next start, or within six hours.')
    .action(change)
}

async function change(
  given: number | undefined,
  options: Record<string, string | boolean | undefined>,
): Promise<void> {
  const config = configOf(options)
  const of = typeof options.tenant === 'string' ? options.tenant : undefined
  const days = given ?? null
  if (days !== null && days > config.retentionDays)
    throw userError(
      `days: use 1 to ${config.retentionDays}; nobody keeps more than GATEWATCH_RETENTION_DAYS.`,
    )
  // Also brings the tables up to date.
  const tenant = await withAccounts(config, of, async (at) => at.tenant)
  await withDatabaseServer(config, 'beside others', async (admin) => {
    if (days !== null || options.asAll === true) {
      if (!(await setRetention(admin, { tenant, days })))
        throw userError(`There is no tenant ${tenant}.`, EXIT.failed)
    }
    const rows = (await retentionOf(admin)).map((one) => [
      one.tenant,
      String(one.days ?? config.retentionDays),
    ])
    console.log(table(['tenant', 'days'], rows))
  })
}
