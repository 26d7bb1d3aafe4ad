import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A real Kafka broker for the tests of one file: one node that is its own controller, with data of its own. */
export interface TestKafka {
  /** A URL with a topic that nobody else uses. */
  newUrl(): string
  /** Kills it, without a chance to tell anybody. */
  kill(): Promise<void>
  /** Starts it again on the same ports and data. */
  start(): Promise<void>
  /** Stops it and removes its data. */
  stop(): Promise<void>
}

/**
 * A broker from the jars in a folder, on free ports. `lineTo` lays a line to its port, and gives the one that clients are to use instead.
 * Rejects with what it printed where it does not come up.
 */
export async function startTestKafka(
  jars: string,
  lineTo: (port: number) => Promise<number> = async (port) => port,
): Promise<TestKafka> {
  const folder = await mkdtemp(join(tmpdir(), 'gatewatch-kafka-'))
  const [port, controller] = [await freePort(), await freePort()]
  const line = await lineTo(port)
  const config = join(folder, 'server.properties')
  await writeFile(config, settings(folder, port, line, controller))
  let child: ChildProcess | undefined
  let printed = ''
  let topics = 0

  function java(...args: string[]): ChildProcess {
    const quick = ['-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']
    const started = spawn('java', [...quick, '-cp', join(jars, '*'), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const output of [started.stdout, started.stderr]) {
      output?.on('data', (chunk) => {
        printed = (printed + String(chunk)).slice(-4_000)
      })
    }
    return started
  }

  async function start(): Promise<void> {
    child = java('kafka.Kafka', config)
    const deadline = Date.now() + 60_000
    while (!(await answers(port))) {
      if (child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`Kafka does not come up: ${printed}`)
      }
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const ended = new Promise((resolve) => child?.once('exit', resolve))
    if (child?.kill(signal) === true) await ended
  }

  const id = Buffer.from('a gatewatch test').toString('base64url')
  const format = java('kafka.tools.StorageTool', 'format', '-t', id, '-c', config)
  const code = await new Promise((resolve) => format.once('exit', resolve))
  if (code !== 0) throw new Error(`Kafka's storage cannot be formatted: ${printed}`)
  await start()
  return {
    newUrl() {
      topics += 1
      return `kafka://127.0.0.1:${line}/topic-${topics}?partitions=4`
    },
    kill: () => end('SIGKILL'),
    start,
    async stop() {
      // What it would write down is removed anyway.
      await end('SIGKILL')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function settings(folder: string, port: number, line: number, controller: number): string {
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${line}`,
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': join(folder, 'data'),
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1_000,
    'auto.create.topics.enable': false,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const tell = (is: boolean) => {
      socket.destroy()
      resolve(is)
    }
    socket.once('connect', () => tell(true))
    socket.once('error', () => tell(false))
  })
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
