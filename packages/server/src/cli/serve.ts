import { Command } from 'commander'
import { type Server, startServer } from '../app.ts'
import { isDirectoryInUse } from '../app-database.ts'
import { Config } from '../config.ts'
import { version } from '../version.ts'
import { configOf, withSettings } from './configuration.ts'
import { EXIT, userError } from './exit-codes.ts'
import { createProgress } from './progress.ts'

/** `gatewatch serve`: everything in one process, or the part of it that `role` names, until Ctrl+C. */
export function serveCommand(): Command {
  return withSettings(new Command('serve'), Object.keys(Config.shape) as (keyof Config)[])
    .addHelpText(
      'after',
      `
Each option can also be set by the environment variable in brackets. At the start one
address with a sign-in link is printed; it works once, within 60 minutes. Stop with
Ctrl+C: what was accepted is kept.`,
    )
    .action(serve)
}

async function serve(options: Readonly<Record<string, unknown>>): Promise<void> {
  const config = configOf(options)
  const stopped = stopSignal()
  const progress = createProgress(process.stdout)
  progress.say(`Gatewatch ${version} is starting.`)
  const starting = startServer(config, {
    onNotice: (text) => progress.say(text),
    onHistory(share) {
      progress.bar('Demo: learning 60 days of history', share, 1)
      if (share === 1) progress.say('Demo: live traffic begins, with an attack now and then.')
    },
  }).catch((error: unknown) => {
    if (!isDirectoryInUse(error)) throw error
    throw userError(error.message, EXIT.taken)
  })
  const server = await starting
  progress.say(welcome(server, config))
  await stopped
  progress.say('Stopping: what was accepted is being finished.')
  await server.stop()
}

/** Resolves at the first signal to stop. Whoever presses Ctrl+C again after a while wants it at once. */
function stopSignal(): Promise<void> {
  let first = 0
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        // A terminal signals the whole group and npm passes it on: one press may arrive more than once.
        if (first !== 0 && performance.now() - first > 2_000) process.exit(EXIT.failed)
        if (first === 0) first = performance.now()
        resolve()
      })
    }
  })
}

function welcome({ url, link, port }: Server, config: Config): string {
  if (link === null)
    return `Worker: judging what waits in the stream. Health: ${url}/health. Stop: Ctrl+C.`
  const lines = [
    '',
    `  ${link}`,
    '',
    '  Open this address: it signs you in, once, within 60 minutes.',
  ]
  if (port !== config.port && config.port !== 0) {
    lines.push(`  Port ${config.port} is taken, so this is port ${port}.`)
  }
  if (config.demo) {
    lines.push(
      '  The organisation you will see is made up. Start without it: npm start -- --no-demo',
    )
  }
  const data = config.databaseUrl === undefined ? config.dataDir : 'the database of DATABASE_URL'
  lines.push(`  The API is described at ${url}/docs. Data: ${data}. Stop: Ctrl+C.`, '')
  return lines.join('\n')
}
