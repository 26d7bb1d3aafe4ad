import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type AccessEvent,
  type AlertSummary,
  AssessResponse,
  EventsResponse,
  LiveMessage,
} from '@gatewatch/schema'
import { createWorld } from '@gatewatch/simulator'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startTestKafka, type TestKafka } from '../packages/server/src/adapters/kafka/test-kafka.ts'
import { openPostgres } from '../packages/server/src/adapters/postgres/postgres.ts'
import type { ServerAddress } from '../packages/server/src/adapters/postgres/server-address.ts'
import {
  startTestServer,
  type TestServer,
} from '../packages/server/src/adapters/postgres/test-server.ts'
import { startTestRedis, type TestRedis } from '../packages/server/src/adapters/redis/test-redis.ts'

const main = join(
  dirname(dirname(fileURLToPath(import.meta.url))),
  'packages/server/src/cli/main.ts',
)
const DAY = 86_400_000
/** Processes of one Gatewatch open what one another sealed. */
const secretKey = randomBytes(32).toString('base64')

/** How the processes of a Gatewatch are joined. */
interface Setting {
  readonly stream: string | null
  /** What each of them does. */
  readonly roles: readonly ('all' | 'api' | 'worker')[]
}

let folder: string
let server: TestServer
let redis: TestRedis | null = null
let kafka: TestKafka | null = null
const children: ChildProcess[] = []
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatewatch-journey-'))
  server = await startTestServer()
  const program = process.env.REDIS_SERVER
  if (program !== undefined) redis = await startTestRedis(program)
  const jars = process.env.KAFKA_JARS
  if (jars !== undefined) kafka = await startTestKafka(jars)
}, 180_000)
afterEach(async () => {
  for (const child of children.splice(0)) await end(child, 'SIGKILL')
})
afterAll(async () => {
  await server.stop()
  await redis?.stop()
  await kafka?.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe('one process', () => {
  journey(() => ({ stream: null, roles: ['all'] }))
})
describe.skipIf(process.env.REDIS_SERVER === undefined)('an API and two workers on Redis', () => {
  journey(() => ({ stream: redis?.newUrl() ?? null, roles: ['api', 'worker', 'worker'] }))
})

describe.skipIf(process.env.KAFKA_JARS === undefined)('an API and two workers on Kafka', () => {
  journey(() => ({ stream: kafka?.newUrl() ?? null, roles: ['api', 'worker', 'worker'] }))
})

/** The same way for every setting: history in, a spray found within seconds, assessed, stopped, started, nothing lost and nothing twice. */
function journey(setting: () => Setting): void {
  test('history, a password spray, an assessment, a worker that stops, and everything counted once', async () => {
    const { stream, roles } = setting()
    const address = await server.newDatabase()
    const start = (role: Setting['roles'][number]) => serve(address, stream, role)
    const [front, ...workers] = await Promise.all(roles.map(start))
    if (front === undefined) throw new Error('a setting has at least one process')
    const storage = await openPostgres(address, { clock: Date.now })
    const { id } = await storage.accounts.ensureTenant('main', false)
    const { secret: key } = await storage.accounts.createKey(id, 'journey', 'admin')
    const total = async () => (await storage.reader.overview(id, Date.now())).events_total

    const history = signIns()
    for (let from = 0; from < history.length; from += 200) {
      const answer = await post(front.url, key, history.slice(from, from + 200))
      expect(answer).toMatchObject({ rejected: 0, skipped: 0, updated: 0 })
    }
    await expect.poll(total, { timeout: 60_000 }).toBe(history.length)

    // Whoever watches the one process sees what the others commit.
    const { messages, socket } = await watch(front.url, key)
    const alerts = () => messages.flatMap((one) => (one.type === 'alert' ? [one.alert] : []))
    const spray = sprayOver(history)
    // The attacker tries one account after the other; a second after the last one a password fits.
    for (let from = 0; from < spray.length - 1; from += 10) {
      await post(front.url, key, spray.slice(from, Math.min(from + 10, spray.length - 1)))
      await pause(200)
    }
    await pause(1_000)
    await post(front.url, key, spray.slice(-1))
    const isOfSpray = ({ title }: AlertSummary) => /password spray/i.test(title)
    await expect.poll(() => alerts().some(isOfSpray), { timeout: 5_000 }).toBe(true)
    const stored = await storage.reader.alerts(id, { limit: 100 })
    expect(stored.alerts.some(isOfSpray)).toBe(true)
    socket.close()

    const asked = {
      uid: 'asked-1',
      actor: { name: 'somebody@new.example' },
      src: { ip: '198.51.100.9' },
    }
    const verdict = await assess(front.url, key, asked)
    expect(verdict).toMatchObject({ uid: 'asked-1', recorded: true })
    expect(await assess(front.url, key, asked)).toEqual(verdict)

    // One stops in the middle, with notice; another is killed. Both are replaced.
    const more = history.map((event) => ({
      ...event,
      uid: `more ${event.uid}`,
      time: event.time + 3_600_000,
    }))
    const sending = (async () => {
      for (let from = 0; from < more.length; from += 100) {
        const part = more.slice(from, from + 100)
        while ((await post(front.url, key, part).catch(() => null)) === null) await pause(50)
      }
    })()
    for (const [index, worker] of workers.entries()) {
      await pause(100)
      const stopped = await end(worker.child, index === 0 ? 'SIGTERM' : 'SIGKILL')
      if (index === 0) expect(stopped).toBe(0)
      await start('worker')
    }
    await sending
    const expected = history.length + spray.length + 1 + more.length
    await expect.poll(total, { timeout: 90_000 }).toBe(expected)
    const again = await post(front.url, key, history.slice(0, 100))
    expect(again.rejected).toBe(0)
    await pause(500)
    expect(await total()).toBe(expected)
    expect((await storage.reader.overview(id, Date.now())).dead_letters).toBe(0)
    await storage.close()
    expect(await end(front.child, 'SIGTERM')).toBe(0)
  }, 300_000)
}

/** Benign sign-ins of the last weeks. */
function signIns(): AccessEvent[] {
  const start = Date.now() - 15 * DAY
  const world = createWorld({ seed: 12, people: 60, days: 14, start, attacks: 0, cloud: 0 })
  return Array.from(world.events(), ({ event }) => event)
    .filter(({ actor }) => actor.type === 'user')
    .slice(-1_500)
}

/** One address tries a password with each of these people; with the last of them it fits. */
function sprayOver(history: readonly AccessEvent[]): AccessEvent[] {
  const people = [...new Map(history.map((event) => [event.actor.key, event])).values()]
  const start = Date.now() - people.length * 1_000
  return people.map((event, n) => {
    const { v, uid_kind, revision, source, class_uid, activity_id, activity, actor, auth } = event
    const time = start + n * 1_000
    const failed = { status_id: 2, failure_class: 'bad_credentials' } as const
    return {
      ...{ v, uid_kind, revision, source, class_uid, activity_id, activity, actor, auth },
      ...(n === people.length - 1 ? { status_id: 1 as const } : failed),
      uid: `spray ${n}`,
      time,
      observed_time: time,
      src: { ip: '203.0.113.66', ip_kind: 'public' as const },
      device: { uid: 'the sprayer' },
    }
  })
}

interface Started {
  readonly url: string
  readonly child: ChildProcess
}

/** Starts a process and gives its address once it answers. */
function serve(
  { host, port, user, password, database }: ServerAddress,
  stream: string | null,
  role: string,
): Promise<Started> {
  const env = {
    ...process.env,
    DATABASE_URL: `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}?host=${encodeURIComponent(host)}`,
    GATEWATCH_ROLE: role,
    GATEWATCH_STREAM_URL: stream ?? '',
    GATEWATCH_SECRET_KEY: secretKey,
  }
  const args = [main, 'serve', '--port', '0', '--data-dir', folder]
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env })
    children.push(child)
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += String(chunk)
      const url = /http:\/\/[\d.]+:\d+/.exec(output)?.[0]
      if (url !== undefined) resolve({ url, child })
    })
    child.on('exit', (code) => reject(new Error(`a process ended with ${code}: ${output}`)))
  })
}

/** Sends a signal and waits for the end; gives the exit code, null where the signal ended it. */
async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const gone = new Promise<number | null>((resolve) => child.once('exit', resolve))
  child.kill(signal)
  return gone
}

async function post(
  url: string,
  key: string,
  events: readonly AccessEvent[],
): Promise<EventsResponse> {
  const response = await fetch(`${url}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' },
    body: events.map((event) => JSON.stringify(event)).join('\n'),
  })
  if (response.status !== 200) throw new Error(await response.text())
  return EventsResponse.parse(await response.json())
}

async function assess(url: string, key: string, event: object): Promise<AssessResponse> {
  const response = await fetch(`${url}/v1/assess`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ event }),
  })
  return AssessResponse.parse(await response.json())
}

/** An open connection of the live feed, with what it has said so far. */
function watch(url: string, key: string): Promise<{ socket: WebSocket; messages: LiveMessage[] }> {
  const messages: LiveMessage[] = []
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/live`, {
    headers: { authorization: `Bearer ${key}` },
  })
  socket.addEventListener('message', ({ data }) => {
    messages.push(LiveMessage.parse(JSON.parse(String(data))))
  })
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve({ socket, messages }))
    socket.addEventListener('error', () => reject(new Error('refused')))
  })
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
