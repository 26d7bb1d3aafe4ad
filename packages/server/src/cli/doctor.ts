import { Command } from 'commander'
import { Config } from '../config.ts'
import { type Check, checks } from './checks.ts'
import { configOf, withSettings } from './configuration.ts'
import { EXIT } from './exit-codes.ts'

const marks: Readonly<Record<Check['state'], string>> = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' }

/** `gatewatch doctor`: is everything there that Gatewatch needs, and if not, what to do. */
export function doctorCommand(): Command {
  return withSettings(new Command('doctor'), Object.keys(Config.shape) as (keyof Config)[])
    .addHelpText(
      'after',
      '\nEnds with code 1 if anything fails; warnings alone end with 0. Changes nothing, but that a missing topic of Kafka is made.',
    )
    .action(async (options) => {
      let failed = false
      for await (const check of checks(configOf(options))) {
        console.log(`${marks[check.state]}  ${check.name}: ${check.found}`)
        if (check.remedy !== undefined) console.log(`      ${check.remedy}`)
        failed ||= check.state === 'fail'
      }
      if (failed) process.exitCode = EXIT.failed
    })
}
