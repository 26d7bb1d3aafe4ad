import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'

/** A real redis-server for the tests of one file, with data of its own. */
export interface TestRedis {
  readonly url: string
  /** Another database of the same server, empty. */
  newUrl(): string
  /** Kills it, without a chance to save anything. */
  kill(): Promise<void>
  /** Starts it again on the same port and data. */
  start(): Promise<void>
  /** Stops it and removes its data. */
  stop(): Promise<void>
}

/** Starts `program` on a free port, so that an answer means that the disk has it. */
export async function startTestRedis(program: string): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'gatewatch-redis-'))
  const port = await freePort()
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder]
  const durable = [
    '--databases',
    '64',
    '--save',
    '',
    '--appendonly',
    'yes',
    '--appendfsync',
    'always',
  ]
  const url = `redis://127.0.0.1:${port}`
  let child: ChildProcess | undefined
  let database = 0

  async function start(): Promise<void> {
    child = spawn(program, [...args, ...durable], { stdio: 'ignore' })
    for (let tried = 0; ; tried += 1) {
      const probe = new Redis(url, { lazyConnect: true, retryStrategy: () => null })
      probe.on('error', () => {})
      const answers = await probe.ping().catch(() => null)
      probe.disconnect()
      if (answers === 'PONG') return
      if (tried === 200) throw new Error(`${program} does not answer on port ${port}`)
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
  }

  async function end(): Promise<void> {
    const ended = new Promise((resolve) => child?.once('exit', resolve))
    if (child?.kill('SIGKILL') === true) await ended
  }

  await start()
  return {
    url,
    newUrl() {
      database += 1
      return `${url}/${database}`
    },
    kill: end,
    start,
    async stop() {
      // What it would write down is removed anyway.
      await end()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function freePort(): Promise<number> {
  const server = createServer()
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const at = server.address()
      server.close(() => resolve(typeof at === 'object' && at !== null ? at.port : 0))
    })
  })
}
