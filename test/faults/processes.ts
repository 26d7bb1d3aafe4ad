import { type ChildProcess, spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const main = join(
  dirname(dirname(dirname(fileURLToPath(import.meta.url)))),
  'packages/server/src/cli/main.ts',
)

/** Something that runs, and can be hurt. */
export interface Part {
  /** Resolves when it answers. Started while it runs, it changes nothing. */
  start(more?: Readonly<Record<string, string>>): Promise<void>
  /** SIGKILL. */
  kill(): Promise<void>
  /** With notice; rejects where it did not end well. */
  stop(): Promise<void>
}

/** A process of Gatewatch that listens on `port`, with these settings; what `start` gives is added to its environment for that once. */
export function gatewatch(port: number, env: Readonly<Record<string, string>>): Part {
  let child: ChildProcess | null = null

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    const running = child
    child = null
    if (running === null || running.exitCode !== null || running.signalCode !== null) return null
    const gone = new Promise<number | null>((resolve) => running.once('exit', resolve))
    running.kill(signal)
    return gone
  }

  return {
    start(more = {}) {
      if (child !== null) return Promise.resolve()
      const args = [main, 'serve', '--port', String(port)]
      const started = spawn(process.execPath, args, {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, ...env, ...more },
      })
      child = started
      return new Promise((resolve, reject) => {
        let output = ''
        started.stderr.on('data', (chunk) => {
          output = (output + String(chunk)).slice(-4_000)
        })
        started.stdout.on('data', (chunk) => {
          output += String(chunk)
          const found = /http:\/\/[\d.]+:(\d+)/.exec(output)
          if (found === null) return
          if (Number(found[1]) === port) resolve()
          else reject(new Error(`port ${port} was taken`))
        })
        started.once('exit', (code) => reject(new Error(`a process ended with ${code}: ${output}`)))
      })
    },
    async kill() {
      await end('SIGKILL')
    },
    async stop() {
      const code = await end('SIGTERM')
      if (code !== 0 && code !== null) throw new Error(`a process ended with ${code} on SIGTERM`)
    },
  }
}
