import { Command } from 'commander'
import { isDirectoryInUse, type Server, startServer } from '../app.ts'
import { Config } from '../config.ts'
import { version } from '../version.ts'
import { configOf, withSettings } from './configuration.ts'
import { EXIT, userError } from './exit-codes.ts'
import { createProgress } from './progress.ts'

/** `gatewatch serve`: everything in one process, until Ctrl+C. */
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
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        // A second one ends at once, as whoever presses twice wants.
        process.once(signal, () => process.exit(EXIT.failed))
        resolve()
      })
    }
  })
  const progress = createProgress(process.stdout)
  let server: Server | null = null
  let shown = false
  progress.say(`Gatewatch ${version} is starting.`)
  const starting = startServer(config, {
    onNotice: (text) => progress.say(text),
    onHistory(share) {
      if (shown) return
      progress.bar('Demo: learning 60 days of history', share, 1)
      if (share < 1) return
      shown = true
      progress.say('Demo: live traffic begins, with an attack now and then.')
    },
  }).catch((error: unknown) => {
    if (!isDirectoryInUse(error)) throw error
    throw userError(error.message, EXIT.taken)
  })
  server = await Promise.race([starting, stopped.then(() => null)])
  if (server === null) {
    // Stopped while starting: what is half started is ended before the process is.
    server = await starting
  } else {
    progress.say(welcome(server, config))
    await stopped
  }
  progress.say('Stopping: what was accepted is being finished.')
  await server.stop()
}

function welcome({ url, link, port }: Server, config: Config): string {
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
