import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Producer } from '@platformatic/kafka'
import { Redis } from 'ioredis'
import { parseKafkaUrl } from '../../packages/server/src/adapters/kafka/address.ts'
import { clientOf } from '../../packages/server/src/adapters/kafka/kafka-stream.ts'
import { startTestKafka } from '../../packages/server/src/adapters/kafka/test-kafka.ts'
import {
  type EmbeddedServer,
  startEmbedded,
} from '../../packages/server/src/adapters/postgres/embedded.ts'
import { openPostgres } from '../../packages/server/src/adapters/postgres/postgres.ts'
import type { ServerAddress } from '../../packages/server/src/adapters/postgres/server-address.ts'
import { FIELD, keyOf } from '../../packages/server/src/adapters/redis/keys.ts'
import { startTestRedis } from '../../packages/server/src/adapters/redis/test-redis.ts'
import type { Storage } from '../../packages/server/src/ports/storage.ts'
import { gatewatch, type Part } from './processes.ts'
import { type Receiver, startReceiver } from './receiver.ts'
import { layWire, type Wire } from './wire.ts'

/** What events wait in: nothing (one process), Redis or Kafka (an API and a worker). */
export const STREAMS = ['direct', 'redis', 'kafka'] as const
export type StreamName = (typeof STREAMS)[number]

/** All that one Gatewatch consists of, each part in reach. */
export interface System {
  readonly stream: StreamName
  /** Where requests are taken. */
  readonly url: string
  /** Takes requests. */
  readonly api: Part
  /** Judges; with `direct` it is the same process as the API. */
  readonly worker: Part
  /** Another one that judges; it does not run unless a fault starts it. */
  readonly second: Part
  /** Null with `direct`. */
  readonly broker: Part | null
  readonly database: Part
  /** Folder of the database, on a disk of its own where `disk` says so. */
  readonly folder: string
  readonly disk: 'its own' | 'shared'
  /** Between the processes and the broker; with `direct`, the database. */
  readonly wire: Wire
  readonly receiver: Receiver
  /** The database as its superuser. */
  readonly address: ServerAddress
  /** Puts bytes into the stream that no event was made of. */
  foul(bytes: Buffer): Promise<void>
  /** Works on what is stored, past the processes. */
  inspect<T>(work: (storage: Storage) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** Starts all parts. `tools`: where redis-server and Kafka's jars are. */
export async function startSystem(
  stream: StreamName,
  tools: { readonly redis?: string | undefined; readonly kafka?: string | undefined },
): Promise<System> {
  const folder = mkdtempSync(join(tmpdir(), 'gatewatch-faults-'))
  const disk = ownDisk(folder)
  chmodSync(folder, 0o755)
  let server: EmbeddedServer = await startEmbedded(folder)
  const address = server.owner
  const lines: Wire[] = []
  const line = async (to: number | string) => {
    const wire = await layWire(to)
    lines.push(wire)
    return wire
  }
  const { host, port } = address
  const toDatabase = await line(host.startsWith('/') ? join(host, `.s.PGSQL.${port}`) : port)
  const broker = await startBroker(stream, tools, line)
  const receiver = await startReceiver()
  const env = {
    DATABASE_URL: `postgres://${address.user}:${encodeURIComponent(address.password)}@127.0.0.1:${toDatabase.port}/${address.database}`,
    GATEWATCH_SECRET_KEY: randomBytes(32).toString('base64'),
    GATEWATCH_ALLOW_HOSTS: '127.0.0.1',
    GATEWATCH_DATA_DIR: join(folder, 'processes'),
    GATEWATCH_STREAM_URL: broker?.url ?? '',
    GATEWATCH_LANES: '1',
    GATEWATCH_INGEST_PER_MINUTE: '1000000',
  }
  const ports = [await freePort(), await freePort(), await freePort()] as const
  const role = (GATEWATCH_ROLE: string) => ({ ...env, GATEWATCH_ROLE })
  const api = gatewatch(ports[0], role(broker === null ? 'all' : 'api'))
  const worker = broker === null ? api : gatewatch(ports[1], role('worker'))
  const second = gatewatch(ports[2], role('worker'))
  const database: Part = {
    async start() {
      await server.stop().catch(() => {})
      server = await startEmbedded(folder)
    },
    async kill() {
      const pid = readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8')
      process.kill(Number.parseInt(pid, 10), 'SIGKILL')
    },
    stop: () => server.stop(),
  }
  await Promise.all(broker === null ? [api.start()] : [api.start(), worker.start()])
  return {
    stream,
    url: `http://127.0.0.1:${ports[0]}`,
    ...{ api, worker, second, database, folder, disk, receiver, address },
    broker: broker?.part ?? null,
    wire: broker?.wire ?? toDatabase,
    foul: async (bytes) => broker?.foul(bytes),
    async inspect(work) {
      const storage = await openPostgres(address, { clock: Date.now })
      try {
        return await work(storage)
      } finally {
        await storage.close()
      }
    },
    async close() {
      for (const part of [api, worker, second]) await part.kill()
      await broker?.close()
      await receiver.close()
      for (const wire of lines) await wire.close()
      await server.stop().catch(() => {})
      if (disk === 'its own') execFileSync('umount', ['-l', folder])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

interface Broker {
  readonly url: string
  readonly part: Part
  readonly wire: Wire
  foul(bytes: Buffer): Promise<void>
  close(): Promise<void>
}

async function startBroker(
  stream: StreamName,
  tools: { readonly redis?: string | undefined; readonly kafka?: string | undefined },
  line: (to: number) => Promise<Wire>,
): Promise<Broker | null> {
  if (stream === 'direct') return null
  if (stream === 'redis') {
    if (tools.redis === undefined) throw new Error('there is no redis-server here')
    const redis = await startTestRedis(tools.redis)
    const wire = await line(Number(new URL(redis.url).port))
    return {
      url: `redis://127.0.0.1:${wire.port}`,
      part: { start: redis.start, kill: redis.kill, stop: redis.kill },
      wire,
      async foul(bytes) {
        const client = new Redis(redis.url)
        await client.xadd(keyOf(3), '*', FIELD, bytes)
        client.disconnect()
      },
      close: redis.stop,
    }
  }
  if (tools.kafka === undefined) throw new Error('there is no Kafka here')
  let wire: Wire | undefined
  const kafka = await startTestKafka(tools.kafka, async (port) => {
    wire = await line(port)
    return wire.port
  })
  if (wire === undefined) throw new Error('no line was laid')
  const url = kafka.newUrl()
  return {
    url,
    part: { start: kafka.start, kill: kafka.kill, stop: kafka.kill },
    wire,
    async foul(value) {
      const to = parseKafkaUrl(url)
      const producer = new Producer(clientOf(to))
      await producer.send({ messages: [{ topic: to.topic, key: Buffer.from('x'), value }] })
      await producer.close()
    },
    close: kafka.stop,
  }
}

/** Gives a folder a small disk of its own, to be filled; that takes root on Linux. */
function ownDisk(folder: string): System['disk'] {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1g', 'tmpfs', folder], { stdio: 'ignore' })
    return 'its own'
  } catch {
    return 'shared'
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
