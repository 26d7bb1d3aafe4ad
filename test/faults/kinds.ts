import { existsSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AccessEvent } from '@gatewatch/schema'
import pg from 'pg'
import { bodyOf, CHUNK, pause, post } from './load.ts'
import type { System } from './system.ts'

/** What a fault can reach. */
export interface Scene {
  readonly system: System
  /** Key of the tenant whose events are under way. */
  readonly key: string
  /** Events acknowledged so far, as sent. */
  readonly taken: () => readonly AccessEvent[]
  /** How long (ms) an outage is. */
  readonly outage: number
}

/** One way in which things go wrong. */
export interface Fault {
  readonly name: string
  /** Why it cannot be had with this system; null where it can. */
  readonly not?: (system: System) => string | null
  /** Does it, and mends it; resolves when the system can go on. */
  readonly inject: (scene: Scene) => Promise<void>
  /** The pieces of the load are shuffled, each identity's events in their order. */
  readonly shuffles?: true
  /** Dead letters that each one leaves. */
  readonly deadLetters?: 1
}

const noBroker = ({ broker }: System) => (broker === null ? 'there is no broker' : null)
const libraryOfTime = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1'

export const FAULTS: readonly Fault[] = [
  {
    name: 'kill -9 of the worker',
    async inject({ system: { worker } }) {
      await worker.kill()
      await worker.start()
    },
  },
  {
    name: 'kill -9 of the API',
    not: ({ broker }) => (broker === null ? 'it is the worker' : null),
    async inject({ system: { api } }) {
      await api.kill()
      await api.start()
    },
  },
  {
    name: 'kill -9 of the broker',
    not: noBroker,
    async inject({ system: { broker } }) {
      await broker?.kill()
      await broker?.start()
    },
  },
  {
    name: 'kill -9 of the database',
    async inject({ system: { database } }) {
      await database.kill()
      await database.start()
    },
  },
  {
    name: 'database restart',
    async inject({ system: { database } }) {
      await database.stop()
      await database.start()
    },
  },
  {
    name: 'database outage',
    async inject({ system: { database }, outage }) {
      await database.stop()
      await pause(outage)
      await database.start()
    },
  },
  {
    name: 'network cut',
    async inject({ system: { wire } }) {
      wire.cut()
      await pause(2_000)
      wire.mend()
    },
  },
  {
    name: 'slow disk',
    async inject({ system }) {
      // each flush of the log waits for a tenth of a second
      await asSuperuser(system, 'alter system set commit_delay = 100000')
      await asSuperuser(system, 'alter system set commit_siblings = 0')
      await asSuperuser(system, 'select pg_reload_conf()')
      await pause(3_000)
      await asSuperuser(system, 'alter system reset commit_delay')
      await asSuperuser(system, 'alter system reset commit_siblings')
      await asSuperuser(system, 'select pg_reload_conf()')
    },
  },
  {
    name: 'full disk',
    not: ({ disk }) => (disk === 'shared' ? 'a disk of its own takes root on Linux' : null),
    async inject({ system: { folder, database } }) {
      const ballast = join(folder, 'ballast')
      const { bavail, bsize } = statfsSync(folder)
      writeFileSync(ballast, Buffer.alloc(bavail * bsize - bsize))
      await pause(3_000)
      rmSync(ballast)
      // it may have ended itself, rather than go on without its log
      await database.start()
    },
  },
  {
    name: 'poison record',
    deadLetters: 1,
    async inject({ system, key, taken }) {
      if (system.broker !== null) return system.foul(Buffer.from('{"no": "event"'))
      const body = `{"no": "event"\n${bodyOf(taken().slice(0, 1))}`
      while ((await post(system.url, key, body)) === null) await pause(50)
    },
  },
  {
    name: 'clock jump',
    not: () => (existsSync(libraryOfTime) ? null : 'libfaketime is not on this computer'),
    async inject({ system: { worker } }) {
      await worker.kill()
      await worker.start({ LD_PRELOAD: libraryOfTime, FAKETIME: '+2h', DONT_FAKE_MONOTONIC: '1' })
      await pause(1_000)
      await worker.kill()
      await worker.start()
    },
  },
  {
    name: 'duplicate and re-ordered delivery',
    shuffles: true,
    async inject({ system, key, taken }) {
      const events = taken()
      for (let end = events.length; end > Math.max(0, events.length - 8 * CHUNK); end -= CHUNK) {
        const again = bodyOf(events.slice(Math.max(0, end - CHUNK), end))
        while ((await post(system.url, key, again)) === null) await pause(50)
      }
    },
  },
  {
    name: 'rebalance in the middle of a batch',
    not: noBroker,
    async inject({ system: { second } }) {
      await second.start()
      await pause(1_500)
      await second.stop()
    },
  },
]

async function asSuperuser({ address }: System, statement: string): Promise<void> {
  const client = new pg.Client({ ...address })
  await client.connect()
  await client.query(statement).finally(() => client.end())
}
