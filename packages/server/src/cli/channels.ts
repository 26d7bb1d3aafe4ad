import { readFile } from 'node:fs/promises'
import { stdin } from 'node:process'
import { text } from 'node:stream/consumers'
import { type Channel, ChannelRequest } from '@gatewatch/schema'
import { Command } from 'commander'
import { z } from 'zod'
import { channelParts } from '../app-channels.ts'
import { withAccounts } from '../app-database.ts'
import type { Config } from '../config.ts'
import { isFault } from '../errors.ts'
import { type ChannelDesk, createChannelDesk } from '../pipeline/channel-desk.ts'
import { configOf, DATABASE_SETTINGS, withSettings } from './configuration.ts'
import { EXIT, userError } from './exit-codes.ts'
import { moment, table } from './table.ts'

const SETTINGS: readonly (keyof Config)[] = [...DATABASE_SETTINGS, 'secretKey', 'allowHosts']

const example = `
FILE holds what POST /v1/channels takes, as JSON; without one it is read from standard input.

Example: echo '{"name": "desk", "settings": {"kind": "webhook", "url": "https://example.com/in"}}' | gatewatch channels add`

/** `gatewatch channels`: where a tenant's alerts are told. */
export function channelsCommand(): Command {
  const channels = new Command('channels').addHelpText('after', example)

  on(channels.command('list'))
    .description('list the channels, and how each fares')
    .action(async (options) => {
      const rows = await atDesk(options, (desk, tenant) => desk.list(tenant))
      const lines = rows.map((one) => [
        one.id,
        one.name,
        one.settings.kind,
        stateOf(one),
        String(one.waiting),
        String(one.dead),
        moment(one.health.last_sent),
      ])
      const heading = ['id', 'name', 'kind', 'state', 'waiting', 'given up', 'last sent (UTC)']
      console.log(table(heading, lines))
    })

  on(channels.command('add [file]'))
    .description('add a channel and print its id; a secret that is made for it is shown this once')
    .action(async (file: string | undefined, options) => {
      const request = requestIn(await (file === undefined ? text(stdin) : readFile(file, 'utf8')))
      const { channel, secret } = await atDesk(options, (desk, tenant) => desk.add(tenant, request))
      console.log(channel.id)
      if (secret !== undefined) console.log(secret)
    })

  on(channels.command('test <id>'))
    .description('send a test message now')
    .action(async (id: string, options) => {
      const { delivered, why } = await atDesk(options, (desk, tenant) =>
        desk.test(tenant, id, 'the command line'),
      )
      if (!delivered) throw userError(`It did not arrive: ${why}.`, EXIT.failed)
      console.log('The test message was delivered.')
    })

  on(channels.command('retry <id>'))
    .description('put messages that were given up on their way again')
    .action(async (id: string, options) => {
      const count = await atDesk(options, (desk, tenant) => desk.retry(tenant, id))
      console.log(`${count} messages are on their way again.`)
    })

  for (const [name, enabled] of [['enable', true] as const, ['disable', false] as const]) {
    on(channels.command(`${name} <id>`))
      .description(`switch a channel ${enabled ? 'on' : 'off; what waits is kept'}`)
      .action(async (id: string, options) => {
        const changed = await atDesk(options, (desk, tenant) =>
          desk.change(tenant, id, { enabled }),
        )
        console.log(`The channel ${changed.name} is ${enabled ? 'on' : 'off'}.`)
      })
  }

  on(channels.command('remove <id>'))
    .description('remove a channel and what is on its way to it')
    .action(async (id: string, options) => {
      await atDesk(options, (desk, tenant) => desk.remove(tenant, id))
      console.log(`The channel ${id} is removed.`)
    })

  return channels
}

function on(command: Command): Command {
  return withSettings(command, SETTINGS).option(
    '--tenant <name>',
    'of which tenant (default: the tenant that runs here)',
  )
}

function atDesk<T>(
  options: Record<string, unknown> & { readonly tenant?: string },
  work: (desk: ChannelDesk, tenant: number) => Promise<T>,
): Promise<T> {
  const config = configOf(options)
  return withAccounts(config, options.tenant, async ({ storage, vault, id }) => {
    try {
      return await work(createChannelDesk(channelParts(config, { storage, vault }, Date.now)), id)
    } catch (error) {
      throw isFault(error) ? userError(error.message, EXIT.failed) : error
    }
  })
}

function requestIn(json: string): ChannelRequest {
  try {
    return ChannelRequest.parse(JSON.parse(json))
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : 'it is no JSON'
    throw userError(`This is no channel: ${why}`)
  }
}

function stateOf({ enabled, health }: Channel): string {
  if (!enabled) return health.disabled_why === null ? 'off' : `off: ${health.disabled_why}`
  if (health.failing_since === null) return 'on'
  return `fails since ${moment(health.failing_since)}: ${health.last_error}`
}
