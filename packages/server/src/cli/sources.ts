import { Command } from 'commander'
import { withAccounts } from '../app-database.ts'
import { isPushed, readSettings, sealSettings } from '../connectors/polling/source-settings.ts'
import { sourceStatus } from '../connectors/polling/source-status.ts'
import { connectorOf } from '../connectors/registry.ts'
import { isZone } from '../connectors/values/zone.ts'
import { configOf, DATABASE_SETTINGS, withSettings } from './configuration.ts'
import { EXIT, userError } from './exit-codes.ts'
import { readSecretFile } from './secret-file.ts'
import { moment, table } from './table.ts'

const example = `
Example, a file okta.yaml (chmod 600) and how it is added:
  source:
    kind: okta
    url: https://example.okta.com
    token: ...
  gatewatch sources add okta okta.yaml
What each kind needs stands in docs/guide/sources.md.`

/** `gatewatch sources`: what a running Gatewatch reads and listens to by itself. */
export function sourcesCommand(): Command {
  const sources = new Command('sources').addHelpText('after', example)
  const tenant = ['--tenant <name>', 'whose sources (default: the tenant that runs here)'] as const

  withSettings(sources.command('add <name> <file>'), [...DATABASE_SETTINGS, 'secretKey'])
    .description('store a source, its credentials sealed; serve begins to read it within seconds')
    .option(...tenant)
    .action(add)

  withSettings(sources.command('list'), DATABASE_SETTINGS)
    .description('list the sources: state, last event, lag, what was not understood, last error')
    .option(...tenant)
    .action(async (options) => {
      const stored = await withAccounts(configOf(options), options.tenant, ({ storage, id }) =>
        storage.sources.list(id),
      )
      const rows = stored.map((one) => {
        const { name, kind, state, lag_seconds, last_event, ...counts } = sourceStatus(
          one,
          Date.now(),
        )
        const lag = lag_seconds === null ? '' : `${lag_seconds} s`
        const { events, unmapped, dead_letters, error } = counts
        const said = [events, unmapped, dead_letters].map(String)
        return [name, kind, state, moment(last_event), lag, ...said, error ?? '']
      })
      const heading = ['name', 'kind', 'state', 'last event (UTC)', 'lag', 'events', 'unmapped']
      console.log(table([...heading, 'dead letters', 'last error'], rows))
    })

  withSettings(sources.command('remove <name>'), DATABASE_SETTINGS)
    .description('forget a source and its credentials; its events stay')
    .option(...tenant)
    .action(async (name: string, options) => {
      const isGone = await withAccounts(configOf(options), options.tenant, ({ storage, id }) =>
        storage.sources.remove(id, name),
      )
      if (!isGone)
        throw userError(`There is no source ${name}; see gatewatch sources list.`, EXIT.failed)
      console.log(`The source ${name} is removed.`)
    })

  return sources
}

async function add(name: string, file: string, options: Record<string, string>): Promise<void> {
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(name))
    throw userError('name: use lower case letters, digits and "-", at most 64.')
  const read = readSettings(await readSecretFile(file))
  if ('faults' in read) throw userError(read.faults.map((fault) => `${file}: ${fault}`).join('\n'))
  const { settings } = read
  const format = 'format' in settings.source ? settings.source.format : 'auto'
  if (format !== 'auto' && connectorOf(format) === undefined)
    throw userError(`${file}: source.format: there is no format "${format}"`)
  const zone = 'zone' in settings.source ? settings.source.zone : undefined
  if (zone !== undefined && !isZone(zone))
    throw userError(`${file}: source.zone: "${zone}" is neither a zone nor an offset`)
  const config = configOf(options)
  await withAccounts(config, options.tenant, async ({ storage, vault, id, url }) => {
    const isNew = await storage.sources.add(id, sealSettings(vault, id, name, settings, Date.now()))
    if (!isNew)
      throw userError(
        `There is a source ${name}; remove it first, or use another name.`,
        EXIT.failed,
      )
    console.log(
      isPushed(settings)
        ? `The source ${name} is added. Let it be sent to ${url ?? 'https://...'}/v1/hooks/${settings.source.kind}/${id}/${name}`
        : `The source ${name} is added; gatewatch sources list shows how it does.`,
    )
  })
}
