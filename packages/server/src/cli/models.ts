import type { Gate, ModelComparison } from '@gatewatch/schema'
import { Command } from 'commander'
import { withAccounts } from '../app-database.ts'
import type { ModelDesk } from '../pipeline/model-desk.ts'
import { createPipeline } from '../pipeline/pipeline.ts'
import { configOf, DATABASE_SETTINGS, withSettings } from './configuration.ts'
import { driftText } from './drift-text.ts'
import { userError } from './exit-codes.ts'
import { allCards, cardOfFile } from './model-cards.ts'
import { moment, table } from './table.ts'

const BY = 'the command line'

const example = `
A version in shadow is scored beside the active one; it is promoted only where it is no worse. What is done here is taken up by a
running Gatewatch within seconds.

Example: gatewatch models rollback --reason "twice as many challenges since Monday"`

/** `gatewatch models`: versions of the fitted models of one tenant. */
export function modelsCommand(): Command {
  const models = new Command('models').addHelpText('after', example)

  on(models.command('list'))
    .description('list the versions, newest first, with what became of sign-ins')
    .action(async (options) => {
      const { active, versions } = await atDesk(options, (desk, tenant) => desk.list(tenant))
      if (active === 1) console.log('What ships is active.')
      const lines = versions.map(({ version, state, created, members, outcomes, by, reason }) => [
        String(version),
        state,
        moment(created),
        members?.join(', ') ?? '',
        `${outcomes.challenged} of ${outcomes.judged}`,
        by ?? '',
        shortened(reason ?? ''),
      ])
      const heading = ['version', 'state', 'fitted (UTC)', 'members', 'challenged', 'by', 'reason']
      console.log(table(heading, lines))
    })

  on(models.command('compare <version>'))
    .description('score the sign-ins that are kept with two versions, and say how the gates go')
    .option('--with <version>', 'the other one (default: the active one)')
    .action(async (version: string, options) => {
      const other = options.with === undefined ? undefined : numberOf(options.with)
      const compared = await atDesk(options, (desk, tenant) =>
        desk.compare(tenant, numberOf(version), other),
      )
      console.log(told(compared))
      console.log(gates(compared.gates))
    })

  on(models.command('promote <version>'))
    .description('make a version the active one, whatever the gates say')
    .requiredOption('--reason <text>', 'why, for the record')
    .action(async (version: string, options) => {
      const chosen = await atDesk(options, (desk, tenant) =>
        desk.promote(tenant, numberOf(version), BY, options.reason),
      )
      console.log(`Version ${chosen.version} is active, in place of version ${chosen.replaced}.`)
      console.log(gates(chosen.gates))
    })

  on(models.command('rollback'))
    .description('make the version active again that the active one replaced')
    .requiredOption('--reason <text>', 'why, for the record')
    .action(async (options) => {
      const gone = await atDesk(options, (desk, tenant) =>
        desk.rollBack(tenant, BY, options.reason),
      )
      console.log(`Version ${gone.version} is refused; version ${gone.replaced} is active again.`)
    })

  on(models.command('explain <version>'))
    .description('say what a version was made of, and why it was promoted or was not')
    .action(async (version: string, options) => {
      const found = await atDesk(options, (desk, tenant) => desk.explain(tenant, numberOf(version)))
      const { card, state, parent, replaced, outcomes } = found
      console.log(
        `Version ${found.version}: ${state}${found.by === null ? '' : `, by ${found.by}`}`,
      )
      if (found.reason !== null) console.log(found.reason)
      if (card !== null) {
        const { ordinary, uncommon, judged, rehearsals } = card.samples
        console.log(
          `fitted on sign-ins from ${moment(card.window.from)} to ${moment(card.window.until)} UTC: ${ordinary} ordinary, ${uncommon} uncommon, ${judged} judged, ${rehearsals} rehearsed; seed ${card.seed}; beside version ${parent}`,
        )
        console.log(`members: ${card.members.join(', ') || 'none'}; head: ${card.head}`)
        for (const [name, why] of Object.entries(card.left ?? {}))
          console.log(`without ${name}: ${why}`)
      }
      if (replaced !== null) {
        console.log(
          `took over from version ${replaced}; since then ${outcomes.challenged} of ${outcomes.judged} sign-ins challenged, ${outcomes.alerted} alerted`,
        )
      }
      console.log(gates(found.gates))
      for (const { time, change, by, reason } of found.notes.toReversed()) {
        console.log(`${moment(time)}  ${change} by ${by}: ${reason}`)
      }
    })

  models
    .command('card [file...]')
    .description(
      'what each model of the lab is good for and what its score means; of files of gatewatch train --out also what they were fitted on and what they found',
    )
    .action((files: string[]) => {
      console.log(files.length === 0 ? allCards() : files.map(cardOfFile).join('\n\n'))
    })

  on(models.command('drift'))
    .description('say how far what comes now is from what the active version was fitted on')
    .action(async (options) => {
      const report = await atDesk(options, (desk, tenant) => desk.drift(tenant))
      console.log(driftText(report))
    })

  return models
}

function on(command: Command): Command {
  return withSettings(command, DATABASE_SETTINGS).option(
    '--tenant <name>',
    'of which tenant (default: the tenant that runs here)',
  )
}

function atDesk<T>(
  options: Record<string, unknown> & { readonly tenant?: string },
  work: (desk: ModelDesk, tenant: number) => Promise<T>,
): Promise<T> {
  const config = configOf(options)
  return withAccounts(config, options.tenant, async ({ storage, id }) => {
    const { head, members } = config
    const pipeline = createPipeline({ ...storage, clock: Date.now, lanes: 1, head, members })
    try {
      return await work(pipeline.models, id)
    } finally {
      await pipeline.close()
    }
  })
}

function numberOf(text: string): number {
  const version = Number(text)
  if (Number.isSafeInteger(version) && version > 0) return version
  throw userError(`${text} is no version; gatewatch models list shows them.`)
}

function told({ active, candidate, comparison }: ModelComparison): string {
  const { from, until, scored, sign_ins: signIns, held_out: heldOut } = comparison
  return `Version ${candidate} beside version ${active} on ${scored} sign-ins, which stand for ${Math.round(signIns)}, from ${moment(from)} to ${moment(until)} UTC${heldOut ? ', all newer than what it was fitted on' : ''}.`
}

function gates(all: readonly Gate[]): string {
  return all
    .map(({ gate, passed, text }) => `${passed ? 'pass' : 'FAIL'}  ${gate}: ${text}`)
    .join('\n')
}

function shortened(text: string): string {
  return text.length > 70 ? `${text.slice(0, 67)}...` : text
}
