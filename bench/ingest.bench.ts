// npm run bench -- ingest: durable events a second, through the pipeline alone and through POST /v1/events, on embedded
// PostgreSQL. Beside it what one fdatasync costs on this disk, and the processor time that an event took, which does
// not change when something else runs on the machine.
import { closeSync, fdatasyncSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs'
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
const IN_FLIGHT = 4
const WARM_UP = 20_000
const MEASURED = 60_000

const now = Date.UTC(2026, 0, 5)
const folder = mkdtempSync(join(tmpdir(), 'gatewatch-bench-'))
await chmod(folder, 0o755)

function* arriving(): Generator<ArrivingEvent> {
  const world = createWorld({ seed: SEED, people: PEOPLE, days: DAYS, start: now - DAYS * 86_400_000 })
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
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ')
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
  console.log(`pipeline alone: ${Math.round((count / ms) * 1_000)} events/s durable (${count} events)`)
  console.log(`  processor time an event: ${own.toFixed(0)} us here, ${database.toFixed(0)} us in PostgreSQL`)
  await pipeline.close()
  await storage.close()
  await server.stop()
}

try {
  console.log(`fdatasync p50: ${medianSync().toFixed(0)} us`)
  await benchPipeline()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
