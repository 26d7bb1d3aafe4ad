import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AccessEvent } from '@gatewatch/schema'
import {
  type AddressFacts,
  demoHistory,
  demoLive,
  demoOrganisation,
  type SimulatedEvent,
} from '@gatewatch/simulator'
import type { ArrivingEvent, TenantId } from '../ports/store.ts'
import type { Stream } from '../ports/stream.ts'

/** Seed of the demo organisation: everybody sees the same people. */
export const DEMO_SEED = 20_260_101
/** Days of history that the demo organisation has behind it. */
const DEMO_DAYS = 60

const dayMs = 86_400_000
const partSize = 1_000
/** Parts under way at a time: enough that both lanes always have a batch waiting. */
const underWay = 4
const tickMs = 250

/** Every network of the demo's made-up internet. */
export function demoAddresses(): Iterable<AddressFacts & { readonly cidr: string }> {
  return demoOrganisation({ seed: DEMO_SEED }).addressPlan()
}

/** What the player plays into. The truth beside the events is left behind here: nothing further in sees it. */
export interface Stage {
  readonly stream: Pick<Stream, 'publish'>
  readonly tenant: TenantId
  readonly arriving: (event: AccessEvent) => ArrivingEvent
  /** Folder in which it is noted how far the history was played. */
  readonly folder: string
  readonly signal: AbortSignal
  /** ms since 1970, UTC. */
  readonly now: () => number
  /** Share 0-1 of the history that is learned; 1 once, at its end. Not called where all was learned before. */
  readonly onHistory: (share: number) => void
}

/**
 * Plays the demo organisation: its history, once in the life of the folder, as a backfill; then what happens live,
 * each event when its time has come, until the signal says stop. An interrupted history is played again from its start;
 * the same events come, so that those already there are duplicates.
 */
export async function playDemo(stage: Stage): Promise<void> {
  const noted = await readNote(stage.folder)
  let liveFrom = stage.now()
  if (noted?.done !== true) {
    const until = noted?.until ?? liveFrom
    await writeNote(stage.folder, { until, done: false })
    await playHistory(stage, until)
    if (stage.signal.aborted) return
    await writeNote(stage.folder, { until, done: true })
    if (noted === null) liveFrom = until
    stage.onHistory(1)
  }
  await playLive(stage, liveFrom)
}

async function playHistory(stage: Stage, until: number): Promise<void> {
  const from = until - DEMO_DAYS * dayMs
  const pending: Promise<unknown>[] = []
  for (const part of parts(demoHistory({ seed: DEMO_SEED, now: until, days: DEMO_DAYS }))) {
    if (stage.signal.aborted) break
    const arriving = part.map(({ event }) => ({ ...stage.arriving(event), backfill: true }))
    pending.push(stage.stream.publish(stage.tenant, arriving))
    if (pending.length >= underWay) await pending.shift()
    const reached = part.at(-1)?.event.time ?? from
    stage.onHistory(Math.max(0, Math.min(0.99, (reached - from) / (until - from))))
  }
  await Promise.all(pending)
}

async function playLive(stage: Stage, from: number): Promise<void> {
  let due: ArrivingEvent[] = []
  for (const { event } of demoLive({ seed: DEMO_SEED, from })) {
    // After a long sleep of the computer there is much to catch up with: part by part.
    while (event.time > stage.now() || due.length >= partSize) {
      const sent = due
      due = []
      if (sent.length > 0) await stage.stream.publish(stage.tenant, sent)
      const wait = Math.min(tickMs, Math.max(0, event.time - stage.now()))
      await sleep(wait, undefined, { signal: stage.signal }).catch(() => undefined)
      if (stage.signal.aborted) return
    }
    due.push(stage.arriving({ ...event, observed_time: stage.now() }))
  }
}

function* parts(events: Iterable<SimulatedEvent>): Generator<SimulatedEvent[]> {
  let part: SimulatedEvent[] = []
  for (const event of events) {
    part.push(event)
    if (part.length < partSize) continue
    yield part
    part = []
  }
  if (part.length > 0) yield part
}

/** How far the history is: its end (ms, UTC), and whether all of it was learned. */
interface Note {
  readonly until: number
  readonly done: boolean
}

const noteFile = 'demo.json'

async function readNote(folder: string): Promise<Note | null> {
  const text = await readFile(join(folder, noteFile), 'utf8').catch(() => null)
  if (text === null) return null
  const { until, done } = JSON.parse(text)
  return { until: Number(until), done: done === true }
}

async function writeNote(folder: string, note: Note): Promise<void> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, noteFile)
  await writeFile(`${path}.new`, JSON.stringify(note))
  await rename(`${path}.new`, path)
}
