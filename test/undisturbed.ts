import { decodeProfile } from '@gatewatch/engine'
import { withoutEvidence } from '@gatewatch/engine/testing'
import type { AccessEvent } from '@gatewatch/schema'
import { memoryStorage } from '../packages/server/src/adapters/memory/memory.ts'
import { enrich } from '../packages/server/src/pipeline/enrich.ts'
import { contentHash, eventKey } from '../packages/server/src/pipeline/keys.ts'
import { createPipeline } from '../packages/server/src/pipeline/pipeline.ts'
import { SHIPPED } from '../packages/server/src/ports/model-log.ts'
import type { Storage } from '../packages/server/src/ports/storage.ts'
import type { ArrivingEvent } from '../packages/server/src/ports/store.ts'

/** A tenant in a storage. */
export interface Tenant {
  readonly id: number
  readonly hashKey: Uint8Array
}

/**
 * What a memory holds after one lane judged these stored events in this order, `piece` at a time, with nothing in its way, each with
 * the models that judged it in `storage`: when versions are promoted is a matter of time, so here they are when they were there.
 */
export async function playUndisturbed(
  storage: Storage,
  { id, hashKey }: Tenant,
  events: readonly AccessEvent[],
  piece: number,
): Promise<Storage> {
  const { modelLog } = storage
  const memory = memoryStorage(Date.now)
  let judging = SHIPPED
  const start = () =>
    createPipeline({
      ...memory,
      modelLog: {
        ...modelLog,
        active: async () => modelLog.at(id, judging),
        activeVersion: async () => judging,
        // asked every few seconds: without it a slow replay would go on with the version that is active in the end
        current: async () => {
          const versions = await modelLog.versions(id)
          return versions.flatMap((one) =>
            one.version === judging ? [{ ...one, state: 'active' as const }] : [],
          )
        },
        change: async () => false,
      },
      accounts: { tenant: async () => ({ name: 'main', hashKey, demo: false }) },
      clock: Date.now,
      lanes: 1,
    })
  let pipeline = start()
  for (let from = 0; from < events.length; from += piece) {
    const uids = events.slice(from, from + piece).map(({ uid }) => uid)
    for (const { version, taken } of byVersion(await storedEvents(storage, id, uids))) {
      if (version !== judging) {
        await pipeline.close()
        judging = version
        pipeline = start()
      }
      await pipeline.publish(id, taken)
    }
  }
  await pipeline.close()
  return memory
}

interface Stored {
  readonly version: number
  readonly arriving: ArrivingEvent
}

/** Events as the server took them, each with the version that judged it. */
function storedEvents(
  { reader }: Storage,
  tenant: number,
  uids: readonly string[],
): Promise<Stored[]> {
  const networks = { find: () => ({ class: 'unknown' as const }) }
  return Promise.all(
    uids.map(async (uid) => {
      const stored = await reader.event(tenant, uid)
      if (stored === null) throw new Error(`the event ${uid} is not there`)
      const { event, verdict } = stored
      const arriving = {
        ...enrich(event, { places: null, networks }),
        key: eventKey(event.source, event.uid),
        content: contentHash(event),
        backfill: false,
      }
      return { version: verdict?.models ?? SHIPPED, arriving }
    }),
  )
}

function byVersion(stored: readonly Stored[]): { version: number; taken: ArrivingEvent[] }[] {
  const runs: { version: number; taken: ArrivingEvent[] }[] = []
  for (const { version, arriving } of stored) {
    const run = runs.at(-1)
    if (run?.version === version) run.taken.push(arriving)
    else runs.push({ version, taken: [arriving] })
  }
  return runs
}

/** Profiles by identity, as bytes. */
export async function profilesOf(
  { reader }: Pick<Storage, 'reader'>,
  tenant: number,
): Promise<Map<string, Uint8Array>> {
  const profiles = new Map<string, Uint8Array>()
  for (const { entity } of await reader.entities(tenant, { limit: 10_000 })) {
    const found = await reader.entity(tenant, entity.key)
    profiles.set(entity.key, found?.profile ?? new Uint8Array())
  }
  return profiles
}

/** The uids of a tenant's stored events, sorted. */
export async function storedUids({ reader }: Storage, tenant: number): Promise<string[]> {
  const uids: string[] = []
  let cursor: string | undefined
  do {
    const query = { limit: 500, ...(cursor === undefined ? {} : { cursor }) }
    const page = await reader.events(tenant, query)
    uids.push(...page.events.map(({ uid }) => uid))
    cursor = page.next_cursor
  } while (cursor !== undefined)
  return uids.sort()
}

/**
 * How two sets of profiles differ: the identities that one alone has, and the words that are not the same. The evidence of running
 * sessions is left out: it hangs on what the organisation knew at that moment, and a database that commits what a killed process
 * had asked for after the next one has begun tells that one half a second late.
 */
export function unlike(
  one: ReadonlyMap<string, Uint8Array>,
  other: ReadonlyMap<string, Uint8Array>,
): string[] {
  return [...new Set([...one.keys(), ...other.keys()])].flatMap((entity) => {
    const [a, b] = [one.get(entity), other.get(entity)]
    if (a === undefined || b === undefined) return [`${entity} is in one of them alone`]
    const [left, right] = [a, b].map((bytes) => withoutEvidence(decodeProfile(bytes)).u32)
    const words = Array.from(left ?? [], (word, at) => [at, word, right?.[at]] as const)
    const unequal = words.filter(([, is, should]) => is !== should)
    if (unequal.length === 0) return []
    return [`${entity}: ${unequal.map(([at, is, not]) => `word ${at} ${is} ${not}`).join(', ')}`]
  })
}
