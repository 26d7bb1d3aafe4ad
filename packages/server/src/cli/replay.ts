import type { Verdict } from '@gatewatch/schema'
import { Command } from 'commander'
import { withAccounts } from '../app-database.ts'
import { replayAlert } from '../pipeline/case-file.ts'
import { version } from '../version.ts'
import { configOf, DATABASE_SETTINGS, withSettings } from './configuration.ts'
import { EXIT, userError } from './exit-codes.ts'

/** `gatewatch replay ALERT`: judges what an alert shows again, with everything as it was. */
export function replayCommand(): Command {
  const replay = new Command('replay').addHelpText(
    'after',
    '\nALERT is the id of an alert, as its page and `GET /v1/alerts` show it.\nThe exit code is 0 where the verdict is equal to the bit, and 1 where it is not or nothing can be judged.',
  )
  return withSettings(replay.argument('<alert>'), DATABASE_SETTINGS)
    .option('--tenant <name>', 'of which tenant (default: the tenant that runs here)')
    .action(async (alert: string, options) => {
      const replayed = await withAccounts(configOf(options), options.tenant, ({ storage, id }) =>
        replayAlert(storage, id, alert),
      )
      if (replayed === null) throw userError(`There is no alert ${alert}.`, EXIT.failed)
      if (replayed.kind === 'impossible') {
        throw userError(`The alert cannot be judged again. ${replayed.why}`, EXIT.failed)
      }
      const { verdict, stored, equal, build, models } = replayed
      console.log(line('stored', stored))
      console.log(line('again', verdict))
      for (const { points, text } of verdict.reasons) {
        console.log(`  ${points.toFixed(2).padStart(7)}  ${text}`)
      }
      console.log(`judged by Gatewatch ${build} with models version ${models}`)
      if (equal) {
        console.log('Equal to the bit.')
        return
      }
      console.log(
        build === version
          ? 'NOT equal, though the same version judged both.'
          : `NOT equal; this is Gatewatch ${version}, and another version may judge otherwise.`,
      )
      process.exitCode = EXIT.failed
    })
}

function line(what: string, { score, risk, decision, entity, activity }: Verdict): string {
  return `${what.padEnd(7)} risk ${risk.toFixed(1)}, ${decision}, score ${score} (${entity}: ${activity})`
}
