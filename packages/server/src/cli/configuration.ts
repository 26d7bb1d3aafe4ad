import type { Command } from 'commander'
import { type Config, readConfig, settings } from '../config.ts'
import { userError } from './exit-codes.ts'

/** The settings that say which database a command works on. */
export const DATABASE_SETTINGS: readonly (keyof Config)[] = ['dataDir', 'databaseUrl']

/** Gives the command an option for each of these settings, described as the configuration describes them. */
export function withSettings(command: Command, fields: readonly (keyof Config)[]): Command {
  for (const setting of settings()) {
    if (!fields.some((field) => field === setting.field)) continue
    const standard = setting.default === '' ? '' : ` Default: ${setting.default}.`
    const also = ` [${setting.variable}]`
    const flag = setting.field === 'demo'
    command.option(
      flag ? setting.option : `${setting.option} <value>`,
      `${setting.description}${standard}${also}`,
    )
    if (flag) command.option('--no-demo', 'Do not play the demo organisation.')
  }
  return command
}

/** The configuration from a command's options and the environment. */
export function configOf(options: Readonly<Record<string, unknown>>): Config {
  try {
    return readConfig(options)
  } catch (error) {
    throw userError(error instanceof Error ? error.message : String(error))
  }
}
