import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'
import { Command, CommanderError } from 'commander'
import { version } from '../version.ts'
import { EXIT, exitCodesHelp, isUserError } from './exit-codes.ts'

/** Every command: what it does, and where it is. Only the one that is asked for is loaded, so that help is quick. */
const commands: Readonly<Record<string, { summary: string; load: () => Promise<Command> }>> = {
  serve: {
    summary: 'run Gatewatch: database, API, worker and dashboard',
    load: async () => (await import('./serve.ts')).serveCommand(),
  },
  score: {
    summary: 'score log files without a database, and say which events are strange and why',
    load: async () => (await import('./score.ts')).scoreCommand(),
  },
  sources: {
    summary: 'add, list and remove sources that a running Gatewatch reads by itself',
    load: async () => (await import('./sources.ts')).sourcesCommand(),
  },
  pull: {
    summary: "read a vendor's log through its interface and send it to a running Gatewatch",
    load: async () => (await import('./pull.ts')).pullCommand(),
  },
  map: {
    summary: 'propose a mapping for records that no connector knows',
    load: async () => (await import('./map.ts')).mapCommand(),
  },
  convert: {
    summary: 'write log files of any format as OCSF, ECS or own events',
    load: async () => (await import('./convert.ts')).convertCommand(),
  },
  coverage: {
    summary: 'say of every record of log files whether it is read, by format',
    load: async () => (await import('./coverage.ts')).coverageCommand(),
  },
  simulate: {
    summary: 'write the events of a made-up organisation to a file',
    load: async () => (await import('./simulate.ts')).simulateCommand(),
  },
  train: {
    summary: 'train every model of the lab, and say what each adds to the ensemble',
    load: async () => (await import('./train.ts')).trainCommand(),
  },
  features: {
    summary: 'write what is worked out of each event as a table of numbers, CSV or Parquet',
    load: async () => (await import('./features.ts')).featuresCommand(),
  },
  evaluate: {
    summary: 'measure how well attacks are found in a made-up organisation',
    load: async () => (await import('./evaluate.ts')).evaluateCommand(),
  },
  migrate: {
    summary: "bring the database's tables up to date",
    load: async () => (await import('./migrate.ts')).migrateCommand(),
  },
  backup: {
    summary: 'write everything that the database holds into one file',
    load: async () => (await import('./backup.ts')).backupCommand(),
  },
  restore: {
    summary: 'fill an empty database with what a backup holds',
    load: async () => (await import('./backup.ts')).restoreCommand(),
  },
  retention: {
    summary: 'show or set how long a tenant keeps events',
    load: async () => (await import('./retention.ts')).retentionCommand(),
  },
  keys: {
    summary: 'create, list and revoke API keys',
    load: async () => (await import('./keys.ts')).keysCommand(),
  },
  users: {
    summary: 'add, list and remove people who may sign in',
    load: async () => (await import('./users.ts')).usersCommand(),
  },
  replay: {
    summary: 'judge what an alert shows again, and say whether the verdict is the same',
    load: async () => (await import('./replay.ts')).replayCommand(),
  },
  models: {
    summary: 'list, compare, promote and roll back versions of the fitted models',
    load: async () => (await import('./models.ts')).modelsCommand(),
  },
  channels: {
    summary: 'list, add, test and remove the channels that alerts are told on',
    load: async () => (await import('./channels.ts')).channelsCommand(),
  },
  letters: {
    summary: 'print the records that were refused, with the reasons',
    load: async () => (await import('./letters.ts')).lettersCommand(),
  },
  tuning: {
    summary: 'policy, suppressions and own networks: see, preview, change, roll back',
    load: async () => (await import('./tuning.ts')).tuningCommand(),
  },
  erase: {
    summary: 'erase an identity from everything that is stored',
    load: async () => (await import('./erase.ts')).eraseCommand(),
  },
  doctor: {
    summary: 'check this computer and the configuration, and say what to do',
    load: async () => (await import('./doctor.ts')).doctorCommand(),
  },
}

// `gatewatch ... | head` closes the pipe when it has seen enough, which is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(EXIT.done)
})

// Compiled sources are kept with the installation, where nobody else writes: a command starts in half the time. Where it cannot be
// written, nothing is kept.
enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url)))

process.exitCode = await run(process.argv.slice(2))

/** Runs one command line; the exit code is the answer. What a person can mend is said in words, without a stack. */
async function run(args: readonly string[]): Promise<number> {
  const program = new Command('gatewatch')
    .description(
      'Watches sign-ins and cloud activity, and says how unusual an event is, why, and what to do.',
    )
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .addHelpText('after', `\n${exitCodesHelp}\nMore about a command: gatewatch COMMAND --help`)
    .exitOverride()
  const wanted = args.find((arg) => !arg.startsWith('-'))
  for (const [name, { summary, load }] of Object.entries(commands)) {
    if (name !== wanted && !(wanted === 'help' && args.includes(name))) {
      program.command(name).description(summary)
      continue
    }
    const command = await load()
    program.addCommand(strict(command.description(command.description() || summary)))
  }
  try {
    await program.parseAsync(args, { from: 'user' })
    return Number(process.exitCode ?? EXIT.done)
  } catch (error) {
    // Help and version end this way too, with code 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
    console.error(isBug(error) ? error : messageOf(error))
    return isUserError(error) ? error.exitCode : EXIT.failed
  }
}

function strict(command: Command): Command {
  command.exitOverride()
  for (const part of command.commands) strict(part)
  return command
}

/** Only what nobody at the keyboard can mend is printed with its stack. */
function isBug(error: unknown): boolean {
  return error instanceof TypeError || error instanceof ReferenceError || !(error instanceof Error)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
