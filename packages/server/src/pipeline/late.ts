import {
  createDelta,
  createProfile,
  decodeProfile,
  encodeProfile,
  type Judges,
  type Population,
  type PopulationDelta,
  type Profile,
  profileFirstTime,
  profileLastTime,
  retell,
  type Telling,
  teach,
  vouch,
} from '@gatewatch/engine'
import type { Amendment, EnrichedEvent, Verdict } from '@gatewatch/schema'
import { groupOf } from '../ports/alert-growth.ts'
import {
  type Batch,
  type Checkpoint,
  type JudgedEvent,
  type KnownEvent,
  LATE_MS,
} from '../ports/store.ts'
import { type BatchItem, judgeOne, type WorkingProfile, withoutBasis } from './batch.ts'
import { caseFileOf } from './case-file.ts'

/** Most stored events of an identity that are told again at a time: about 30 ms of judging. */
export const MOST_EVENTS = 2_000
/** Every so many revisions of a profile one is kept as a checkpoint, and before this many events at once. */
const STRIDE = 32
/** A checkpoint is kept also before an identity's first event after so long (ms). */
const PAUSE_MS = 86_400_000

/** What came of an identity's events of a batch: new ones in the order given, and stored ones that are judged otherwise now. */
export interface Told {
  readonly profile: Profile
  readonly judged: readonly JudgedEvent[]
  readonly rejudged: readonly JudgedEvent[]
  /** Of these, those that raise another alert than the one they belong to, if any. */
  readonly raising: readonly JudgedEvent[]
}

/** Is a checkpoint due before an identity learns `count` events from `time` on? It then holds all events up to its clock. */
export function isCheckpointDue(own: WorkingProfile, time: number, count: number): boolean {
  const clock = profileLastTime(own.profile)
  if (clock === 0 || time <= clock) return false
  return own.revision % STRIDE === 0 || count >= STRIDE || time - clock >= PAUSE_MS
}

/**
 * Judges events of one identity of which some are older than its clock. Those up to 15 minutes older are put at their
 * places: from the checkpoint before them on, the identity's story is told again. Older ones teach the long memory only,
 * of the profile and of the checkpoints after them; so do all of them where the story cannot be told: no checkpoint, or
 * too many events since. `keptFrom`: time (ms) from which all events are stored.
 */
export async function judgeLate(
  batch: Batch,
  own: WorkingProfile,
  items: readonly BatchItem[],
  judges: Judges,
  delta: PopulationDelta,
  keptFrom: number,
): Promise<Told> {
  const clock = profileLastTime(own.profile)
  const checkpoints = await heldOf(batch, own.entity.key)
  const late = items.filter(({ arriving: { event }, kept }) => {
    return kept && event.time < clock && event.time >= clock - LATE_MS
  })
  const from = Math.min(...late.map(({ arriving }) => arriving.event.time))
  const base = late.length === 0 ? undefined : baseOf(own, checkpoints, from, keptFrom)
  const known =
    base === undefined ? [] : await batch.eventsAfter(own.entity.key, base.time, MOST_EVENTS + 1)
  const placed = base !== undefined && known.length <= MOST_EVENTS

  const judged = new Map<BatchItem, JudgedEvent>()
  const story: Scene[] = known.map((one) => ({ known: one, item: null }))
  const profile = own.profile
  const inOrder = items.filter(({ arriving }) => arriving.event.time >= clock)
  for (const item of items) {
    if (inOrder.includes(item) || (placed && late.includes(item))) continue
    const one = judgeOne(item.arriving, profile, judges, delta)
    judged.set(item, one)
    for (const checkpoint of checkpoints) {
      if (checkpoint.time < item.arriving.event.time) continue
      teach(item.arriving, one.learned, checkpoint.profile, createDelta(), judges.population)
    }
    if (placed && item.arriving.event.time > base.time) {
      story.push({ known: knownOf(one), item: null })
    }
  }
  if (!placed) {
    for (const item of inOrder) judged.set(item, judgeOne(item.arriving, profile, judges, delta))
    await batch.replaceCheckpoints(own.entity.key, checkpoints.map(encoded))
    return { profile, judged: inOrderOf(items, judged), rejudged: [], raising: [] }
  }

  for (const item of items) if (!judged.has(item)) story.push({ known: null, item })
  const told = await tellAgain(batch, own, base, checkpoints, story, judges, delta)
  for (const [item, one] of told.judged) judged.set(item, one)
  return { ...told, judged: inOrderOf(items, judged) }
}

/** What telling a story again came to: new events judged, and stored ones that are judged otherwise now. */
interface ToldAgain extends Omit<Told, 'judged'> {
  readonly judged: ReadonlyMap<BatchItem, JudgedEvent>
}

/**
 * Tells an identity's story from `base` on, and keeps checkpoints of it as it is now. Where `again` is given, stored events of
 * which it is true are judged anew because more is known of them by now.
 */
export async function tellAgain(
  batch: Batch,
  own: WorkingProfile,
  base: Held,
  checkpoints: readonly Held[],
  story: readonly Scene[],
  judges: Judges,
  delta: PopulationDelta,
  again?: (input: EnrichedEvent) => boolean,
): Promise<ToldAgain> {
  // what is stored was there before what comes now
  const ordered = [...story].sort((a, b) => timeOf(a) - timeOf(b))
  const retold = retell(base.profile, own.profile, ordered.map(tellingOf), judges, delta, again)
  const judged = new Map<BatchItem, JudgedEvent>()
  const rejudged: JudgedEvent[] = []
  const raising: JudgedEvent[] = []
  const isQuiet = story.some(({ item }) => item?.arriving.backfill === true)
  ordered.forEach(({ known: stored, item }, index) => {
    const judgement = retold.judgements[index] ?? null
    if (judgement === null) return
    if (item !== null) {
      const alert = item.arriving.backfill ? null : judgement.alert
      const caseFile = caseFileOf(item.arriving, judgement, judges)
      const { backfill } = item.arriving
      const verdict = backfill ? withoutBasis(judgement.verdict) : judgement.verdict
      judged.set(item, { ...judgement, verdict, arriving: item.arriving, alert, caseFile })
    } else if (stored !== null) {
      const caseFile = caseFileOf(stored.input, judgement, judges)
      const why = again === undefined ? 'late_event' : 'new_evidence'
      const one = amended(stored, { ...judgement, caseFile }, why, isQuiet)
      rejudged.push(one)
      if (one.alert !== null && groupOf(one.alert) !== stored.group) raising.push(one)
    }
  })
  const next = [...checkpoints.filter(({ time }) => time <= base.time), ...retold.checkpoints]
  const end = profileLastTime(retold.profile)
  const spent = next.findLast(({ time }) => time < end - LATE_MS)?.time ?? 0
  await batch.replaceCheckpoints(
    own.entity.key,
    next.filter(({ time }) => time >= spent).map(encoded),
  )
  return { profile: retold.profile, judged, rejudged, raising }
}

/** What a person's verdict on an event adds to the weight it taught, -1 to 1. */
export interface Lesson {
  readonly input: EnrichedEvent
  readonly weight: number
  /** The identity proved that the event was its own. */
  readonly proven: boolean
}

/** Gives an identity's checkpoints what its events up to them taught since: told again from there, it must not be lost. */
export async function teachCheckpoints(
  batch: Batch,
  entity: string,
  lessons: readonly Lesson[],
  population: Population,
): Promise<void> {
  const checkpoints = await batch.checkpointsOf(entity)
  if (checkpoints.length === 0) return
  const taught = checkpoints.map(({ time, body }) => {
    const profile = decodeProfile(body)
    for (const { input, weight, proven } of lessons) {
      if (input.entity.key !== entity || input.event.time > time) continue
      if (weight !== 0) teach(input, weight, profile, createDelta(), population)
      if (proven) vouch(input, profile, population)
    }
    return { time, body: encodeProfile(profile) }
  })
  await batch.replaceCheckpoints(entity, taught)
}

/** One event of a story: stored, or of this batch. */
export interface Scene {
  readonly known: KnownEvent | null
  readonly item: BatchItem | null
}

/** A checkpoint, to go on from. */
export interface Held {
  readonly time: number
  readonly profile: Profile
}

/** The checkpoints of an identity, oldest first. */
export async function heldOf(batch: Batch, entity: string): Promise<readonly Held[]> {
  const stored = await batch.checkpointsOf(entity)
  return stored.map(({ time, body }) => ({ time, profile: decodeProfile(body) }))
}

/** Where a story begins: the newest checkpoint before `from`, or nothing where everything since the first event is stored. */
export function baseOf(
  own: WorkingProfile,
  checkpoints: readonly Held[],
  from: number,
  keptFrom: number,
): Held | undefined {
  const before = checkpoints.findLast(({ time }) => time < from)
  if (before !== undefined) return before.time >= keptFrom ? before : undefined
  const whole = own.revision <= 2 * STRIDE && profileFirstTime(own.profile) >= keptFrom
  return whole ? { time: 0, profile: createProfile() } : undefined
}

function timeOf({ known, item }: Scene): number {
  return (known?.input ?? item?.arriving)?.event.time ?? 0
}

function tellingOf({ known, item }: Scene): Telling {
  if (item !== null) return { input: item.arriving, stored: null }
  if (known === null) throw new Error('a scene without an event')
  // what a challenge said of an event stands, as what a person says does
  const settled = known.settled || known.verdict.challenge !== undefined
  return { input: known.input, stored: { ...known, alerted: known.group !== null, settled } }
}

function knownOf({ arriving, verdict, learned, alert }: JudgedEvent): KnownEvent {
  const { key, content } = arriving
  return {
    key,
    content,
    input: arriving,
    verdict,
    learned,
    group: alert?.group ?? null,
    settled: false,
  }
}

/** A stored event with its new judgement. An event that raised no alert when it was as strange (a backfill) raises none now. */
function amended(
  { key, content, input, verdict: before, group }: KnownEvent,
  judgement: Omit<JudgedEvent, 'arriving'>,
  why: Amendment['why'],
  quiet: boolean,
): JudgedEvent {
  const verdict: Verdict = {
    ...judgement.verdict,
    amended: before.amended ?? { why, risk: before.risk, decision: before.decision },
  }
  return {
    ...judgement,
    arriving: { ...input, key, content, backfill: quiet },
    verdict,
    alert: quiet && group === null ? null : judgement.alert,
  }
}

function inOrderOf(
  items: readonly BatchItem[],
  judged: ReadonlyMap<BatchItem, JudgedEvent>,
): readonly JudgedEvent[] {
  return items.map((item) => {
    const one = judged.get(item)
    if (one === undefined) throw new Error(`event ${item.arriving.key} was not judged`)
    return one
  })
}

function encoded({ time, profile }: Held): Checkpoint {
  return { time, body: encodeProfile(profile) }
}
