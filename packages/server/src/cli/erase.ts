import type { Erasure } from '@gatewatch/schema'
import { Command } from 'commander'
import { withAccounts } from '../app-database.ts'
import { createPipeline } from '../pipeline/pipeline.ts'
import { confirmed } from './ask.ts'
import { configOf, DATABASE_SETTINGS, withSettings } from './configuration.ts'
import { EXIT, userError } from './exit-codes.ts'

/** `gatewatch erase ENTITY`: takes an identity out of everything that is stored. */
export function eraseCommand(): Command {
  const erase = new Command('erase').addHelpText(
    'after',
    '\nENTITY is the key of an identity, as `GET /v1/entities?search=` and the dashboard show it.\n\nExample: gatewatch erase user:ada@example.com',
  )
  return withSettings(erase.argument('<entity>'), DATABASE_SETTINGS)
    .option('--yes', 'do not ask whether this is meant')
    .option('--tenant <name>', 'of which tenant (default: the tenant that runs here)')
    .action(async (entity: string, options) => {
      const question = `This cannot be undone. Type the key again to erase ${entity}: `
      if (options.yes !== true && !(await confirmed(question, entity))) {
        throw userError('Nothing was erased. Without a terminal, say --yes.')
      }
      const erasure = await withAccounts(configOf(options), options.tenant, async (at) => {
        const pipeline = createPipeline({ ...at.storage, clock: Date.now, lanes: 1 })
        try {
          return await pipeline.erase(at.id, entity.toLowerCase(), 'the command line')
        } finally {
          await pipeline.close()
        }
      })
      if (erasure === null) {
        throw userError(`Nothing is stored of ${entity}. Is that its key?`, EXIT.failed)
      }
      console.log(told(erasure))
    })
}

function told({ events, alerts, alerts_changed, dead_letters, blanked }: Erasure): string {
  return [
    `Erased: ${events} events, ${alerts} alerts, ${dead_letters} dead letters, and what was learned of them.`,
    `${alerts_changed} alerts go on without it; its name was blanked in ${blanked} events and alerts of others.`,
  ].join('\n')
}
