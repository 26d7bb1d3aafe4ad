import {
  changeOf,
  copyProfile,
  createDelta,
  decodeDelta,
  decodeProfile,
  encodeDelta,
  encodeProfile,
  mergeDelta,
  oppositeOf,
  type PopulationDelta,
  type Profile,
  type Settled,
  settleContributions,
  takeBackChange,
} from '@gatewatch/engine'
import { z } from 'zod'
import type { Batch, Checkpoint, SaidEvent } from '../ports/store.ts'
import type { WorkingProfile } from './batch.ts'
import { settledBy } from './settle-events.ts'

/** What a person's verdict changed, so that it can be taken back exactly: stored with its alert. */
const Undo = z.object({
  /** What each event taught, and what was thought of it, without the verdict. */
  events: z.record(
    z.string(),
    z.object({ learned: z.number(), settled: z.enum(['safe', 'compromised']).nullable() }),
  ),
  profiles: z.array(
    z.object({
      entity: z.string(),
      life: z.number(),
      from: z.number().describe('time (ms) of the first event that it was about'),
      change: z.base64(),
      checkpoints: z.array(z.object({ time: z.number(), change: z.base64() })),
    }),
  ),
  delta: z.base64().describe('what takes its part in the organisation back'),
  withdrawn: z.array(z.string()),
  raised: z.array(z.string()),
})
/** What a person's verdict changed. */
export type Undo = z.infer<typeof Undo>

/** The text that is stored, read back; null where there is none. */
export function readUndo(text: string | null): Undo | null {
  return text === null ? null : Undo.parse(JSON.parse(text))
}

/** A profile with the checkpoints of its identity, as they were. */
export interface Snapshot {
  readonly profile: Profile
  readonly checkpoints: readonly Checkpoint[]
}

/** Profiles and checkpoints of identities before a verdict. */
export async function snapshotOf(
  batch: Batch,
  working: ReadonlyMap<string, WorkingProfile>,
): Promise<ReadonlyMap<string, Snapshot>> {
  const taken = new Map<string, Snapshot>()
  for (const [entity, { profile }] of working) {
    const checkpoints = await batch.checkpointsOf(entity)
    taken.set(entity, { profile: copyProfile(profile), checkpoints })
  }
  return taken
}

/** What a verdict changed of one identity since the snapshot, which `from` (ms) on was about. */
export async function undoOf(
  batch: Batch,
  before: Snapshot,
  { entity, life, profile }: WorkingProfile,
  from: number,
): Promise<Undo['profiles'][number]> {
  const after = new Map(
    (await batch.checkpointsOf(entity.key)).map(({ time, body }) => [time, body]),
  )
  const checkpoints = before.checkpoints.flatMap(({ time, body }) => {
    const now = after.get(time)
    if (now === undefined || time < from) return []
    return { time, change: base64(changeOf(decodeProfile(body), decodeProfile(now))) }
  })
  const change = base64(changeOf(before.profile, profile))
  return { entity: entity.key, life, from, change, checkpoints }
}

/** What takes back what a verdict added to the organisation. */
export function undoOfDelta(delta: PopulationDelta): string {
  return base64(encodeDelta(oppositeOf(delta)))
}

/**
 * Takes what a verdict changed back: in the working profiles, in the checkpoints, and as additions to `delta`. Gives whose
 * profiles changed. An identity that was erased since is left alone.
 */
export async function takeBack(
  batch: Batch,
  undo: Undo,
  working: ReadonlyMap<string, WorkingProfile>,
  delta: PopulationDelta,
): Promise<ReadonlySet<string>> {
  const touched = new Set<string>()
  mergeDelta(delta, undo.delta === '' ? createDelta() : decodeDelta(bytes(undo.delta)))
  for (const { entity, life, from, change, checkpoints } of undo.profiles) {
    const own = working.get(entity)
    if (own === undefined || own.life !== life) continue
    const before = copyProfile(own.profile)
    takeBackChange(own.profile, bytes(change))
    settleContributions(before, own.profile, delta)
    touched.add(entity)
    const held = await batch.checkpointsOf(entity)
    if (held.length === 0) continue
    const known = new Map(checkpoints.map((one) => [one.time, one.change]))
    const restored = held.map(({ time, body }) => {
      if (time < from) return { time, body }
      const profile = decodeProfile(body)
      // one that was kept since is of the profile as the verdict left it
      takeBackChange(profile, bytes(known.get(time) ?? change))
      return { time, body: encodeProfile(profile) }
    })
    await batch.replaceCheckpoints(entity, restored)
  }
  return touched
}

/** What an event taught and was thought of without the verdict; one that joined its alert since stands as it is. */
export function neverSaid<Event extends SaidEvent>(
  event: Event,
  undo: Undo | null,
): Event & { readonly before: Settled } {
  const stored = undo?.events[event.key]
  if (stored !== undefined) return { ...event, learned: stored.learned, before: stored.settled }
  return { ...event, before: settledBy(undo === null ? event : { ...event, said: null }) }
}

function base64(some: Uint8Array): string {
  return Buffer.from(some).toString('base64')
}

function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'))
}
