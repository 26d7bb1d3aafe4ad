import { readFile } from 'node:fs/promises'
import { type Preview, PreviewRequest, TuningChange, type TuningState } from '@gatewatch/schema'
import { Command } from 'commander'
import { z } from 'zod'
import { withAccounts } from '../app-database.ts'
import type { Config } from '../config.ts'
import { isFault } from '../errors.ts'
import { wordsOf } from '../pipeline/tuning/changed.ts'
import { storedModels } from '../pipeline/tuning/stored-models.ts'
import { createTuningDesk, type TuningDesk } from '../pipeline/tuning/tuning-desk.ts'
import { configOf, DATABASE_SETTINGS, withSettings } from './configuration.ts'
import { EXIT, userError } from './exit-codes.ts'
import { moment, table } from './table.ts'

const BY = 'the command line'
const SETTINGS: readonly (keyof Config)[] = [...DATABASE_SETTINGS, 'alertsPerDay', 'head']

const example = `
With --preview nothing is changed: it says what the change would have done to the last 30 days. What is changed here is taken up by
a running Gatewatch within a second.

Examples:
  gatewatch tuning suppress --identity user:scanner@example.com --rule password_spray --days 30 --why "the scanner of the audit" --preview
  gatewatch tuning policy policy.json --why "too many challenges"
  gatewatch tuning roll-back 3 --why "the day was quiet before"`

interface Said {
  readonly why: string
  readonly preview?: boolean
  readonly tenant?: string
}

/** `gatewatch tuning`: policy, suppressions and the organisation's own networks of one tenant. */
export function tuningCommand(): Command {
  const tuning = new Command('tuning').addHelpText('after', example)

  on(tuning.command('show'))
    .description('what is tuned: policy, suppressions and how often they were met, own networks')
    .action(async (options) => {
      console.log(stateText(await atDesk(options, (desk, tenant) => desk.state(tenant))))
    })

  on(tuning.command('history'))
    .description('who changed what, when and why, newest first')
    .action(async (options) => {
      const { history } = await atDesk(options, (desk, tenant) => desk.state(tenant))
      const lines = history.map((one) => [
        String(one.version),
        moment(one.time),
        one.by,
        one.change,
        one.why,
      ])
      console.log(table(['version', 'time (UTC)', 'by', 'change', 'why'], lines))
    })

  on(tuning.command('proposals'))
    .description('networks that seem to be the organisation’s own, and what speaks for each')
    .action(async (options) => {
      const { proposals, sign_ins } = await atDesk(options, (desk, tenant) =>
        desk.proposals(tenant),
      )
      const lines = proposals.map((one) => [
        one.network,
        one.kind,
        one.as_name ?? '',
        `${one.people} (${Math.round(100 * one.share)} %)`,
        String(one.days),
        moment(one.since),
        String(one.alerts),
      ])
      const heading = ['network', 'kind', 'whose', 'people', 'days', 'since (UTC)', 'alerts']
      console.log(table(heading, lines))
      console.log(`${sign_ins} sign-ins of the last 30 days were looked through.`)
    })

  changing(tuning.command('policy <file>'))
    .description('change the policy to that of a JSON file')
    .action(async (file: string, options: Said) => {
      const policy: unknown = readJson(await readFile(file, 'utf8'))
      await apply(options, { kind: 'policy', policy, why: options.why })
    })

  changing(tuning.command('suppress'))
    .description(
      'hide alerts of which all that is given is true; they are found and learned as ever',
    )
    .option('--identity <key>', 'of this identity; * stands for anything')
    .option('--network <network>', 'from this network, CIDR notation or AS64500')
    .option('--countries <a,b>', 'travel between two countries, e.g. SE,NO')
    .option('--rule <code>', 'named after this rule; unusual: after none')
    .option('--owner <name>', 'who answers for it')
    .requiredOption('--days <n>', 'for how many days', Number)
    .action(async (options) => {
      const { identity, network, countries, rule, owner, days, why } = options
      const match = defined({ identity, network, countries: countries?.split(','), rule })
      await apply(options, { kind: 'suppress', match, days, why, ...defined({ owner }) })
    })

  changing(tuning.command('lift <suppression>'))
    .description('end a suppression; what it hid in the last day is told')
    .action((suppression: string, options: Said) =>
      apply(options, { kind: 'lift', suppression, why: options.why }),
    )

  changing(tuning.command('trust <network>'))
    .description('take a network as the organisation’s own')
    .option('--as <kind>', 'office or vpn', 'office')
    .option('--days <n>', 'for how many days', Number, 180)
    .action((network: string, options) =>
      apply(options, {
        kind: 'trust',
        network,
        as: options.as,
        days: options.days,
        why: options.why,
      }),
    )

  changing(tuning.command('distrust <network>'))
    .description('do not take a network as the organisation’s any more')
    .action((network: string, options: Said) =>
      apply(options, { kind: 'distrust', network, why: options.why }),
    )

  changing(tuning.command('reject <network>'))
    .description('turn a proposal down')
    .option('--days <n>', 'it is not made again for so many days', Number, 180)
    .action((network: string, options) =>
      apply(options, { kind: 'reject', network, days: options.days, why: options.why }),
    )

  changing(tuning.command('roll-back <version>'))
    .description('make everything as it was in an earlier version; 0 is what ships')
    .action((version: string, options: Said) =>
      apply(options, { kind: 'roll_back', version: Number(version), why: options.why }),
    )

  on(tuning.command('preview-models <version>'))
    .description(
      'judge stored events again with another version of the models, and say what differs',
    )
    .action(async (version: string, options) => {
      const request = checked(PreviewRequest, { kind: 'models', version: Number(version) })
      const preview = await atDesk(options, (desk, tenant) => desk.preview(tenant, request, BY))
      console.log(previewText(preview))
    })

  return tuning
}

function on(command: Command): Command {
  return withSettings(command, SETTINGS).option(
    '--tenant <name>',
    'of which tenant (default: the tenant that runs here)',
  )
}

function changing(command: Command): Command {
  return on(command)
    .requiredOption('--why <text>', 'the reason, for those who read this later')
    .option('--preview', 'change nothing, and say what it would have done')
}

async function apply(options: Said, body: unknown): Promise<void> {
  const change = checked(TuningChange, body)
  await atDesk({ ...options }, async (desk, tenant) => {
    if (options.preview) console.log(previewText(await desk.preview(tenant, change, BY)))
    else {
      const state = await desk.change(tenant, change, BY)
      console.log(`Version ${state.version}: ${state.change}.`)
    }
  })
}

function atDesk<T>(
  options: Record<string, unknown> & { readonly tenant?: string },
  work: (desk: TuningDesk, tenant: number) => Promise<T>,
): Promise<T> {
  const config = configOf(options)
  return withAccounts(config, options.tenant, async ({ storage, id }) => {
    const desk = createTuningDesk({
      ...storage,
      models: storedModels(storage.modelLog, config.head),
      onChange: async () => {},
      alertsPerDay: config.alertsPerDay,
      clock: Date.now,
    })
    try {
      return await work(desk, id)
    } catch (error) {
      throw isFault(error) ? userError(error.message, EXIT.failed) : error
    }
  })
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw userError('The file holds no JSON.')
  }
}

function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const read = schema.safeParse(value)
  if (!read.success) throw userError(`This cannot be: ${z.prettifyError(read.error)}`)
  return read.data
}

function defined<T extends object>(fields: T): Partial<T> {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given) as Partial<T>
}

function stateText({ version, tuning, suppressions, by, time }: TuningState): string {
  const { policy, networks } = tuning
  const since = version === 0 ? 'as it ships' : `version ${version}, ${moment(time)} by ${by}`
  const budget = policy.alerts_per_day ?? 'as configured'
  const groups = policy.groups.map(
    ({ name, challenge_at, deny_at, alert_at, alerts_per_day }) =>
      `  ${name}: challenge ${challenge_at ?? '-'}, deny ${deny_at ?? '-'}, alert ${alert_at ?? '-'}, a day ${alerts_per_day ?? '-'}`,
  )
  const lines = [
    `What is tuned: ${since}.`,
    `Policy: challenge from risk ${policy.challenge_at}, deny from ${policy.deny_at}, alert from ${policy.alert_at}; alerts a day: ${budget}`,
    ...groups,
  ]
  if (suppressions.length > 0) {
    const rows = suppressions.map((one) => [
      one.id,
      wordsOf(one.match),
      one.owner,
      one.reason,
      one.expired ? 'ended' : moment(one.expires),
      one.stale ? `${one.hits}, none for 30 days` : String(one.hits),
    ])
    lines.push(table(['suppression', 'hides', 'owner', 'reason', 'until (UTC)', 'met'], rows))
  }
  if (networks.length > 0) {
    const rows = networks.map((one) => [
      one.network,
      one.kind,
      one.owner,
      one.reason,
      moment(one.expires),
    ])
    lines.push(table(['own network', 'kind', 'owner', 'reason', 'until (UTC)'], rows))
  }
  return lines.join('\n')
}

function previewText(preview: Preview): string {
  const { added, removed, known_lost, hidden, kept_back, decisions } = preview
  const named = (what: string, { count, alerts }: Preview['added']) => [
    `${what}: ${count}`,
    ...alerts.map((one) => `  ${one.severity}, risk ${one.risk.toFixed(0)}: ${one.title}`),
  ]
  return [
    `${preview.events} events from ${moment(preview.from)} to ${moment(preview.until)}${preview.complete ? '' : ' (the newest; there are more)'}`,
    `Alerts told: ${preview.alerts_before} as things are, ${preview.alerts_after} with the change`,
    ...named('Added', added),
    ...named(`Removed (${hidden} hidden, ${kept_back} kept back)`, removed),
    ...named('Found compromised, and lost', known_lost),
    ...decisions.map(({ from, to, events }) => `${events} events: ${to} instead of ${from}`),
    ...(preview.left_out > 0 ? [`${preview.left_out} strange events could not be tried.`] : []),
    preview.exactness,
  ].join('\n')
}
