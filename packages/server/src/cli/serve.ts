import { Command } from 'commander'
import { startServer } from '../app.ts'
import { Config } from '../config.ts'
import { configOf, withSettings } from './configuration.ts'
import { EXIT, userError } from './exit-codes.ts'
import { createProgress } from './progress.ts'

/** `gatewatch serve`: everything in one process, until Ctrl+C. */
export function serveCommand(): Command {
  const fields = Object.keys(Config.shape) as (keyof Config)[]
  return withSettings(new Command('serve'), fields)
    .addHelpText(
      'after',
      '\nEach option can also be set by the environment variable in brackets. At the start one address with a sign-in link is printed; it works once, within 60 minutes. Stop with Ctrl+C: what was accepted is kept.',
    )
    .action(serve)
}

async function serve(options: Readonly<Record<string, unknown>>): Promise<void> {
  const config = configOf(options)
  const stopping = new AbortController()
  const stop = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        stopping.abort()
        resolve()
      })
    }
  })
  const progress = createProgress(process.stderr)
  const outcome = await startServer(config, {
    signal: stopping.signal,
    onStep: (text) => progress.say(text),
    onHistory: (done, total) => progress.bar('Demo: learning the history', done, total),
  })
  if ('taken' in outcome) {
    const { pid, url } = outcome.taken
    const where = url === null ? 'and is still starting' : `at ${url}`
    throw userError(
      `Gatewatch already runs on ${config.dataDir} (process ${pid}), ${where}. Stop it first, or choose another --data-dir.`,
      EXIT.taken,
    )
  }
  const { server } = outcome
  progress.say(welcome(server, config))
  await Promise.race([stop, server.failed])
  progress.say('Stopping: finishing what was accepted.')
  await server.stop()
}
