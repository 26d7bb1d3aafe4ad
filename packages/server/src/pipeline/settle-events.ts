import {
  createDelta,
  gateWeight,
  isProven,
  noteVerdict,
  type Population,
  type PopulationDelta,
  type Settled,
  settleScore,
  teach,
  vouch,
} from '@gatewatch/engine'
import type { Entity, FeedbackVerdict, Verdict } from '@gatewatch/schema'
import type { DeltaMark } from '../ports/population-log.ts'
import type { Batch, EventKey, SaidEvent, TenantId } from '../ports/store.ts'
import { failureKind } from '../ports/store-failure.ts'
import {
  type BatchParts,
  keepLearned,
  lockProfiles,
  type WorkingProfile,
  writeLearned,
} from './batch.ts'
import { type Lesson, teachCheckpoints } from './late.ts'

const TRIES = 8

/** What is said of a stored event from now on: by a person, by a challenge (in the verdict), or both. */
export interface Saying {
  readonly verdict: Verdict
  readonly said: FeedbackVerdict | null
}

/** What correcting a transaction's events came to. */
interface Corrected {
  readonly changed: readonly WorkingProfile[]
  readonly delta: PopulationDelta
  readonly mark: DeltaMark | null
}

/**
 * Corrects, in one transaction, what stored events taught for what is said of them now; `time` (ms) is when. `read` asks
 * for the events, before the profiles are locked and after; `finish` stores what was said, with the weights that events
 * have now. Null where `read` finds nothing.
 */
export async function settleEvents<T>(
  parts: BatchParts,
  tenant: TenantId,
  time: number,
  read: (batch: Batch) => Promise<readonly SaidEvent[] | null>,
  say: (event: SaidEvent) => Saying,
  finish: (batch: Batch, learned: ReadonlyMap<EventKey, number>) => Promise<T>,
): Promise<T | null> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await settleOnce(parts, tenant, time, read, say, finish)
    } catch (error) {
      if (failureKind(error) !== 'conflict' || attempt === TRIES) throw error
    }
  }
}

async function settleOnce<T>(
  parts: BatchParts,
  tenant: TenantId,
  time: number,
  read: (batch: Batch) => Promise<readonly SaidEvent[] | null>,
  say: (event: SaidEvent) => Saying,
  finish: (batch: Batch, learned: ReadonlyMap<EventKey, number>) => Promise<T>,
): Promise<T | null> {
  const population = await parts.populations.of(tenant)
  const done = await parts.store.transact(tenant, async (batch) => {
    const known = await read(batch)
    if (known === null) return null
    const working = await lockProfiles(parts.profiles, batch, tenant, entitiesOf(known))
    const delta = createDelta()
    const corrections = ((await read(batch)) ?? []).map((one) => {
      return { ...one, before: settledBy(one), saying: say(one) }
    })
    const { learned, touched, lessons } = correctEvents(
      corrections,
      working,
      population,
      time,
      delta,
    )
    for (const entity of touched) await teachCheckpoints(batch, entity, lessons, population)
    const changed = [...working.values()].filter(({ entity }) => touched.has(entity.key))
    const mark = await writeLearned(batch, changed, delta)
    const corrected: Corrected = { changed, delta, mark }
    return { value: await finish(batch, learned), corrected }
  })
  if (done === null) return null
  const { changed, delta, mark } = done.corrected
  keepLearned(parts, tenant, changed, delta, mark)
  return done.value
}

/** A stored event, what was thought of it so far, and what is said of it now. */
export interface Correction extends Pick<SaidEvent, 'key' | 'input' | 'verdict' | 'learned'> {
  readonly before: Settled
  readonly saying: Saying
}

/** What correcting events came to: the weights of those that teach otherwise now, whose profiles changed, and by which lessons. */
export interface CorrectedEvents {
  readonly learned: ReadonlyMap<EventKey, number>
  readonly touched: ReadonlySet<string>
  readonly lessons: readonly Lesson[]
}

/** Corrects what events taught, in the working profiles and as additions to `delta`; `time` (ms) is when it was said. */
export function correctEvents(
  corrections: readonly Correction[],
  working: ReadonlyMap<string, WorkingProfile>,
  population: Population,
  time: number,
  delta: PopulationDelta,
): CorrectedEvents {
  const learned = new Map<EventKey, number>()
  const touched = new Set<string>()
  const lessons: Lesson[] = []
  for (const { before, saying, ...one } of corrections) {
    const { entity, event } = one.input
    // an event of yet another identity that joined since the lock keeps what it taught
    const own = working.get(entity.key)
    if (own === undefined) continue
    const now = settledBy(saying)
    settleScore(one.input, one.verdict, before, now, delta)
    noteVerdict(entity.key, event.time, now ?? 'dismissed', time, population, delta)
    const target = targetWeight(one, saying.verdict, now)
    const proven = isProven(saying.verdict) && now === 'safe'
    const weight = target - one.learned
    if (weight === 0 && !proven) continue
    if (weight !== 0) teach(one.input, weight, own.profile, delta, population)
    if (proven) vouch(one.input, own.profile, population)
    lessons.push({ input: one.input, weight, proven })
    learned.set(one.key, target)
    touched.add(entity.key)
  }
  return { learned, touched, lessons }
}

/** Whose an event was, by all that is said of it: a person's word counts before a challenge. */
export function settledBy({ said, verdict }: Saying): Settled {
  if (said === 'safe' || said === 'compromised') return said
  if (isProven(verdict)) return 'safe'
  return verdict.challenge?.outcome === 'failed' ? 'compromised' : null
}

/** What an event is to teach: all or nothing where it is known whose it was, else what the gate gave it. */
function targetWeight(
  { input }: Pick<SaidEvent, 'input'>,
  verdict: Verdict,
  settled: Settled,
): number {
  if (settled !== null) return settled === 'safe' ? 1 : 0
  return verdict.challenge?.outcome === 'abandoned' ? 0 : gateWeight(input, verdict)
}

/** The identities of events, each once. */
export function entitiesOf(events: readonly Pick<SaidEvent, 'input'>[]): readonly Entity[] {
  return [...new Map(events.map(({ input }) => [input.entity.key, input.entity])).values()]
}
