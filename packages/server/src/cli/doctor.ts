import { Command } from 'commander'
import { Config } from '../config.ts'
import { type Check, checks } from './checks.ts'
import { configOf, withSettings } from './configuration.ts'
import { EXIT } from './exit-codes.ts'
import { fixes } from './fixes.ts'

const marks: Readonly<Record<Check['state'], string>> = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' }

/** `gatewatch doctor`: is everything there that Gatewatch needs, and if not, what to do. */
export function doctorCommand(): Command {
  return withSettings(new Command('doctor'), Object.keys(Config.shape) as (keyof Config)[])
    .addHelpText(
      'after',
      '\nEnds with code 1 if anything fails; warnings alone end with 0. Without --fix it changes nothing, but that a missing topic of Kafka is made.',
    )
    .option(
      '--fix',
      'make the data folder, and have Redis answer when its disk has what it was given',
    )
    .action(async (options) => {
      const config = configOf(options)
      if (options.fix === true) for await (const done of fixes(config)) console.log(`done  ${done}`)
      let failed = false
      for await (const check of checks(config)) {
        console.log(`${marks[check.state]}  ${check.name}: ${check.found}`)
        if (check.remedy !== undefined) console.log(`      ${check.remedy}`)
        failed ||= check.state === 'fail'
      }
      if (failed) process.exitCode = EXIT.failed
    })
}
