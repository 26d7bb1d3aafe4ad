import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type AccessEvent, EventsResponse } from '@gatewatch/schema'
import { createWorld } from '@gatewatch/simulator'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startEmbedded } from '../packages/server/src/adapters/postgres/embedded.ts'
import { openPostgres } from '../packages/server/src/adapters/postgres/postgres.ts'
import type { Storage } from '../packages/server/src/ports/storage.ts'
import { playUndisturbed, profilesOf, storedUids, unlike } from './undisturbed.ts'

const CHUNK = 60
const DAY = 86_400_000
const main = join(
  dirname(dirname(fileURLToPath(import.meta.url))),
  'packages/server/src/cli/main.ts',
)

let folder = ''
let server: ChildProcess | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatewatch-kill-'))
  chmodSync(folder, 0o755)
})
afterEach(async () => {
  const gone = new Promise((resolve) => server?.once('exit', resolve))
  if (server?.kill('SIGKILL') === true) await gone
  // A server that the killed process left behind is taken over, to be stopped.
  await (await startEmbedded(folder)).stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Benign sign-ins of people whose place is known: what they teach depends on nobody else. */
function signIns(): AccessEvent[] {
  const start = Date.now() - 21 * DAY
  const world = createWorld({ seed: 11, people: 120, days: 20, start, attacks: 0, cloud: 0 })
  return Array.from(world.events(), ({ event }) => event).filter(
    ({ actor, src }) => actor.type === 'user' && src.location !== undefined,
  )
}

function run(...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += String(chunk)
    })
    child.on('exit', (code) => (code === 0 ? resolve(output) : reject(new Error(`exit ${code}`))))
  })
}

/** Starts the server and gives its address. */
function serve(lanes: number): Promise<string> {
  const args = [main, 'serve', '--data-dir', folder, '--port', '0', '--lanes', String(lanes)]
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    server = child
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += String(chunk)
      const url = /http:\/\/[\d.]+:\d+/.exec(output)?.[0]
      if (url !== undefined) resolve(url)
    })
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}: ${output}`)))
  })
}

async function kill(alsoDatabase: boolean): Promise<void> {
  const child = server
  if (child === undefined) throw new Error('there is no server to kill')
  const gone = new Promise((resolve) => child.once('exit', resolve))
  const pidFile = join(folder, 'postgres', 'postmaster.pid')
  const postmaster = Number.parseInt(readFileSync(pidFile, 'utf8'), 10)
  child.kill('SIGKILL')
  if (alsoDatabase) process.kill(postmaster, 'SIGKILL')
  await gone
}

interface Load {
  /** Sends the events in order, each chunk until it is acknowledged. */
  send(key: string, events: readonly AccessEvent[]): Promise<void>
  /** Kills and starts the server until `kills` deaths are spread over `total` acknowledged events. */
  disturb(kills: number, total: number): Promise<void>
  failures(): number
}

async function createLoad(lanes: number): Promise<Load> {
  let url = serve(lanes)
  await url
  let acknowledged = 0
  let failed = 0
  return {
    async send(key, events) {
      for (let from = 0; from < events.length; ) {
        const chunk = events.slice(from, from + CHUNK)
        const answer = await post(await url, key, chunk).catch(() => null)
        if (answer === null) {
          failed += 1
          await new Promise((resolve) => setTimeout(resolve, 20))
          continue
        }
        expect(answer).toMatchObject({ rejected: 0, updated: 0 })
        expect(answer.accepted + answer.duplicate).toBe(chunk.length)
        from += chunk.length
        acknowledged += chunk.length
      }
    },
    async disturb(kills, total) {
      for (let done = 0; done < kills; done += 1) {
        const due = ((done + 0.5) / kills) * total
        while (acknowledged < due) await new Promise((resolve) => setTimeout(resolve, 3))
        // Every third time PostgreSQL dies with it, and recovers from its log.
        await kill(done % 3 === 2)
        url = serve(lanes)
        await url
      }
    },
    failures: () => failed,
  }
}

async function post(url: string, key: string, events: readonly AccessEvent[]) {
  const response = await fetch(`${url}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' },
    body: events.map((event) => JSON.stringify(event)).join('\n'),
  })
  if (response.status !== 200) throw new Error(await response.text())
  return EventsResponse.parse(await response.json())
}

async function keyOf(tenant: string): Promise<string> {
  const args = ['--name', 'load', '--role', 'ingest', '--tenant', tenant, '--data-dir', folder]
  return (await run('keys', 'create', ...args)).trim()
}

/** What is in the folder once no server runs on it. */
async function inspect(work: (storage: Storage) => Promise<void>): Promise<void> {
  await kill(false)
  const database = await startEmbedded(folder)
  const storage = await openPostgres(database.owner, { clock: Date.now })
  try {
    await work(storage)
  } finally {
    await storage.close()
    await database.stop()
  }
}

test('killed 20 times under load, every acknowledged event is there once, and every profile as if nothing had happened', async () => {
  const events = signIns()
  // One lane and one sender, so that what the organisation as a whole knows at each event is the same in both runs;
  // another tenant keeps the server busy meanwhile.
  const load = await createLoad(1)
  const [key, other] = [await keyOf('main'), await keyOf('other')]
  const noise = events.slice(0, events.length / 2)
  await Promise.all([
    load.send(key, events),
    load.send(other, noise),
    load.disturb(20, events.length + noise.length),
  ])
  expect(load.failures()).toBeGreaterThanOrEqual(20)

  await inspect(async (storage) => {
    const { id, hashKey } = await storage.accounts.ensureTenant('main', false)
    expect(await storedUids(storage, id)).toEqual(events.map(({ uid }) => uid).sort())
    const overview = await storage.reader.overview(id, Date.now())
    expect(overview.events_total).toBe(events.length)
    expect(overview.dead_letters).toBe(0)
    const noisy = (await storage.accounts.ensureTenant('other', false)).id
    expect(await storedUids(storage, noisy)).toEqual(noise.map(({ uid }) => uid).sort())

    const memory = await playUndisturbed(storage, { id, hashKey }, events, CHUNK)
    expect(unlike(await profilesOf(storage, id), await profilesOf(memory, id))).toEqual([])
  })
}, 600_000)

test('with several lanes and senders, too, nothing is lost and nothing is counted twice', async () => {
  const events = signIns().slice(0, 2_400)
  const load = await createLoad(3)
  const key = await keyOf('main')
  const people = [...new Set(events.map(({ actor }) => actor.key))]
  const shares = [0, 1, 2, 3].map((share) =>
    events.filter(({ actor }) => people.indexOf(actor.key) % 4 === share),
  )
  const sending = shares.map((own) => load.send(key, own))
  await Promise.all([...sending, load.disturb(6, events.length)])
  await inspect(async (storage) => {
    const { id } = await storage.accounts.ensureTenant('main', false)
    expect(await storedUids(storage, id)).toEqual(events.map(({ uid }) => uid).sort())
    expect((await storage.reader.overview(id, Date.now())).events_total).toBe(events.length)
  })
}, 300_000)
