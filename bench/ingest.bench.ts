// npm run bench -- ingest: durable events a second, through the pipeline alone and through POST /v1/events, on embedded
// PostgreSQL. Beside it what one fdatasync costs on this disk, and the processor time that an event took, which does
// not change when something else runs on the machine.
import { type ChildProcess, spawn } from 'node:child_process'
import {
  closeSync,
  fdatasyncSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { chmod } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbedded } from '../packages/server/src/adapters/postgres/embedded.ts'
import { openPostgres } from '../packages/server/src/adapters/postgres/postgres.ts'
import { enrich } from '../packages/server/src/pipeline/enrich.ts'
import { contentHash, eventKey } from '../packages/server/src/pipeline/keys.ts'
import { createPipeline } from '../packages/server/src/pipeline/pipeline.ts'
import type { ArrivingEvent } from '../packages/server/src/ports/store.ts'
import { createWorld } from '../packages/simulator/src/index.ts'

const SEED = 20_260_105
const PEOPLE = 1_000
const DAYS = 14
const CHUNK = 1_000
const IN_FLIGHT = 8
const WARM_UP = 20_000
const MEASURED = 60_000

const now = Date.UTC(2026, 0, 5)
const folder = mkdtempSync(join(tmpdir(), 'gatewatch-bench-'))
await chmod(folder, 0o755)

function* arriving(): Generator<ArrivingEvent> {
  const world = createWorld({
    seed: SEED,
    people: PEOPLE,
    days: DAYS,
    start: now - DAYS * 86_400_000,
  })
  const networks = { find: () => ({ class: 'unknown' as const }) }
  for (const { event } of world.events()) {
    yield {
      ...enrich(event, { places: null, networks }),
      key: eventKey(event.source, event.uid),
      content: contentHash(event),
      backfill: false,
    }
  }
}

/** Median (us) of one 8 KB write with fdatasync where the database lies. */
function medianSync(): number {
  const file = openSync(join(folder, 'sync'), 'w')
  const page = Buffer.alloc(8192, 1)
  const times = Array.from({ length: 200 }, (_, index) => {
    const start = performance.now()
    writeSync(file, page, 0, page.length, index * page.length)
    fdatasyncSync(file)
    return (performance.now() - start) * 1_000
  }).sort((a, b) => a - b)
  closeSync(file)
  return times[100] ?? Number.NaN
}

/** Processor time (ms) of PostgreSQL's processes so far; NaN where the system does not say. */
function databaseCpu(dataFolder: string): number {
  try {
    const postmaster = readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8').split('\n')[0]
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .reduce((sum, pid) => {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
          .replace(/^.*\) /, '')
          .split(' ')
        return stat[1] === postmaster ? sum + (Number(stat[11]) + Number(stat[12])) * 10 : sum
      }, 0)
  } catch {
    return Number.NaN
  }
}

async function benchPipeline(): Promise<void> {
  const server = await startEmbedded(folder)
  const storage = await openPostgres(server.owner, { clock: () => now })
  const { id } = await storage.accounts.ensureTenant('bench', false)
  const pipeline = createPipeline({ ...storage, clock: () => now })
  const events = arriving()
  const prepared = Array.from({ length: WARM_UP + MEASURED }, () => events.next().value).filter(
    (event): event is ArrivingEvent => event !== undefined,
  )

  async function publish(from: number, to: number): Promise<void> {
    let next = from
    const sender = async () => {
      while (next < to) {
        const chunk = prepared.slice(next, Math.min(to, next + CHUNK))
        next += CHUNK
        await pipeline.publish(id, chunk)
      }
    }
    await Promise.all(Array.from({ length: IN_FLIGHT }, sender))
  }

  await publish(0, WARM_UP)
  const data = join(folder, 'postgres')
  const before = { cpu: process.cpuUsage(), database: databaseCpu(data), time: performance.now() }
  await publish(WARM_UP, prepared.length)
  const ms = performance.now() - before.time
  const cpu = process.cpuUsage(before.cpu)
  const count = prepared.length - WARM_UP
  const own = (cpu.user + cpu.system) / count
  const database = ((databaseCpu(data) - before.database) * 1_000) / count
  console.log(
    `pipeline alone: ${Math.round((count / ms) * 1_000)} events/s durable (${count} events)`,
  )
  console.log(
    `  processor time an event: ${own.toFixed(0)} us here, ${database.toFixed(0)} us in PostgreSQL`,
  )
  await pipeline.close()
  await storage.close()
  await server.stop()
}

/** Sends NDJSON chunks from a process of its own, several at a time, and prints how many were accepted and how long it took. */
const SENDER = `
  const { readFileSync } = await import('node:fs')
  const [url, key, file, warmUp, flight] = process.argv.slice(1)
  const lines = readFileSync(file, 'utf8').split('\\n')
  const bodies = []
  for (let from = 0; from < lines.length; from += ${CHUNK}) bodies.push(lines.slice(from, from + ${CHUNK}).join('\\n'))
  const headers = { authorization: 'Bearer ' + key, 'content-type': 'application/x-ndjson' }
  let next = 0
  let accepted = 0
  const sender = async (to) => {
    while (next < to) {
      const response = await fetch(url, { method: 'POST', headers, body: bodies[next++] })
      const answer = await response.json()
      if (response.status !== 200) throw new Error(JSON.stringify(answer))
      accepted += answer.accepted
    }
  }
  const all = (to) => Promise.all(Array.from({ length: Number(flight) }, () => sender(to)))
  await all(Number(warmUp))
  accepted = 0
  console.log('ready')
  const start = performance.now()
  await all(bodies.length)
  console.log(accepted + ' ' + (performance.now() - start))`

function child(args: readonly string[], onLine: (line: string) => void): ChildProcess {
  const started = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let rest = ''
  started.stdout?.on('data', (chunk) => {
    const lines = (rest + String(chunk)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  })
  return started
}

/** Processor time (ms) of a process so far; NaN where the system does not say. */
function processCpu(pid: number | undefined): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')
    return (Number(stat[11]) + Number(stat[12])) * 10
  } catch {
    return Number.NaN
  }
}

async function benchHttp(): Promise<void> {
  const at = join(folder, 'http')
  const main = new URL('../packages/server/src/cli/main.ts', import.meta.url).pathname
  const lines: string[] = []
  // Moved to the present: the server refuses what lies beyond its retention.
  const shift = Date.now() - now
  for (const { event } of arriving()) {
    if (lines.length === WARM_UP + MEASURED) break
    const moved = { time: event.time + shift, observed_time: event.observed_time + shift }
    lines.push(JSON.stringify({ ...event, ...moved }))
  }
  const file = join(folder, 'events.ndjson')
  writeFileSync(file, lines.join('\n'))
  let server: ChildProcess | undefined
  const url = await new Promise<string>((resolve) => {
    server = child([main, 'serve', '--data-dir', at, '--port', '0'], (line) => {
      const found = /http:\/\/[\d.]+:\d+/.exec(line)?.[0]
      if (found !== undefined) resolve(found)
    })
  })
  try {
    const key = await new Promise<string>((resolve) => {
      child([main, 'keys', 'create', '--name', 'bench', '--data-dir', at], resolve)
    })
    const data = join(at, 'postgres')
    let before = { server: 0, database: 0 }
    const args = ['--input-type=module', '-e', SENDER, `${url}/v1/events`, key, file]
    await new Promise<void>((resolve) => {
      child([...args, String(WARM_UP / CHUNK), String(IN_FLIGHT)], (line) => {
        if (line === 'ready') {
          before = { server: processCpu(server?.pid), database: databaseCpu(data) }
          return
        }
        const [accepted = 0, ms = 1] = line.split(' ').map(Number)
        const own = ((processCpu(server?.pid) - before.server) * 1_000) / accepted
        const database = ((databaseCpu(data) - before.database) * 1_000) / accepted
        console.log(
          `POST /v1/events: ${Math.round((accepted / ms) * 1_000)} events/s durable (${accepted} events, ${CHUNK} a request, ${IN_FLIGHT} at a time)`,
        )
        console.log(
          `  processor time an event: ${own.toFixed(0)} us in the server, ${database.toFixed(0)} us in PostgreSQL`,
        )
        resolve()
      })
    })
  } finally {
    const ended = new Promise((resolve) => server?.once('exit', resolve))
    server?.kill('SIGTERM')
    await ended
  }
}

try {
  console.log(`fdatasync p50: ${medianSync().toFixed(0)} us`)
  await benchPipeline()
  await benchHttp()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
