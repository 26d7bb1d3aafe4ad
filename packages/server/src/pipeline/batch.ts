import {
  type AlertDraft,
  compactDelta,
  copyProfile,
  createDelta,
  createProfile,
  decodeProfile,
  encodeDelta,
  encodeProfile,
  type Judges,
  judge,
  type PopulationDelta,
  type Profile,
  profileLastTime,
} from '@gatewatch/engine'
import type { Entity, Verdict } from '@gatewatch/schema'
import { strangestSoFar } from '../ports/alert-growth.ts'
import type { DeltaMark } from '../ports/population-log.ts'
import type {
  ArrivingEvent,
  Batch,
  Checkpoint,
  Claim,
  Claimed,
  JudgedEvent,
  LockedProfile,
  RaisedAlert,
  Store,
  TenantId,
} from '../ports/store.ts'
import { storeFailure } from '../ports/store-failure.ts'
import { caseFileOf } from './case-file.ts'
import { isCheckpointDue, judgeLate } from './late.ts'
import { noticesOf } from './notices.ts'
import type { Populations } from './populations.ts'
import type { CachedProfile, ProfileCache } from './profile-cache.ts'
import type { Trainer } from './trainer.ts'
import type { TuningBook } from './tuning/book.ts'
import type { Tuned } from './tuning/compile.ts'

/** An event in a batch. `kept` false: it teaches, and is too old to be stored. */
export interface BatchItem {
  readonly arriving: ArrivingEvent
  readonly kept: boolean
}

/** What a committed batch did: per item its claim and verdict, and what listeners want to know. */
export interface CommittedBatch {
  readonly outcomes: readonly { readonly kind: Claim; readonly verdict: Verdict | null }[]
  readonly judged: readonly JudgedEvent[]
  readonly alerts: readonly RaisedAlert[]
}

/** What a batch needs. */
export interface BatchParts {
  readonly store: Store
  readonly populations: Populations
  readonly profiles: ProfileCache
  readonly trainer: Pick<Trainer, 'of'>
  readonly tunings: Pick<TuningBook, 'of'>
  /** Now, in ms since 1970, UTC. */
  readonly clock: () => number
  /** Time (ms) from which on events are stored. */
  readonly keptFrom: () => number
}

/** A profile that a batch works on: a copy, never the cached one. */
export interface WorkingProfile {
  readonly entity: Entity
  readonly life: number
  readonly revision: number
  readonly profile: Profile
}

/**
 * One micro-batch of one tenant as one transaction: lock the profiles, claim, judge and learn on copies, write,
 * commit; only then swap the copies into the cache and the delta into the population. On rollback nothing in memory
 * has changed. Keys of the items must differ.
 */
export async function commitBatch(
  parts: BatchParts,
  tenant: TenantId,
  given: readonly BatchItem[],
): Promise<CommittedBatch> {
  const { judges, tuned } = await judgesOf(parts, tenant)
  const items = given.map((item) => {
    const arriving = tuned.owned(item.arriving, parts.clock())
    return arriving === item.arriving ? item : { ...item, arriving }
  })
  const done = await parts.store.transact(tenant, async (batch) => {
    const kept = items.filter((item) => item.kept).map((item) => item.arriving)
    const [working, claims] = await Promise.all([
      lockProfiles(parts.profiles, batch, tenant, entitiesOf(items)),
      kept.length === 0 ? [] : batch.claim(kept),
    ])
    let next = 0
    const claimed = items.map((item) => (item.kept ? (claims[next++] ?? null) : null))
    const fresh = items.filter((_, index) => isNew(claimed[index]))
    const revised = items.filter((_, index) => claimed[index]?.kind === 'revision')

    const delta = createDelta()
    const story = await judgeAll(batch, working, fresh, judges, delta, parts.keptFrom())
    const { judged, touched } = story
    const outcomes = items.map((item, index) => {
      const claim = claimed[index] ?? null
      if (claim !== null && !isNew(claim)) return claim
      return { kind: 'new' as const, verdict: judged.get(item)?.verdict ?? null }
    })

    const written = fresh.flatMap((item) => (item.kept ? (judged.get(item) ?? []) : []))
    const compact = compactDelta(delta)
    // in the order in which `strangestSoFar` looked at them
    const drafts = [...written, ...story.raising]
      .flatMap((one) => asTuned(one, tuned, parts.clock()))
      .sort((a, b) => a.arriving.event.time - b.arriving.event.time)
    const { checkpoints, rejudged } = story
    const [, , , mark, alerts] = await Promise.all([
      checkpoints.length === 0 ? null : batch.addCheckpoints(checkpoints),
      written.length === 0 ? null : batch.writeEvents(written),
      revised.length === 0 ? null : batch.amend(revised.map(({ arriving }) => arriving)),
      writeLearned(batch, [...touched.values()], compact),
      rejudged.length === 0
        ? raiseAll(batch, drafts, tuned)
        : follow(batch, rejudged, drafts, tuned),
    ])
    return { outcomes, judged: written, alerts, touched, delta: compact, mark }
  })
  keepLearned(parts, tenant, [...done.touched.values()], done.delta, done.mark)
  return done
}

function isNew(claim: Claimed | null | undefined): boolean {
  return claim === null || claim === undefined || claim.kind === 'new'
}

/** New events judged, each identity's in the order of time, and what that changed of stored ones. */
interface Judged {
  readonly judged: ReadonlyMap<BatchItem, JudgedEvent>
  readonly touched: Map<string, WorkingProfile>
  readonly rejudged: readonly JudgedEvent[]
  /** Of these, those that raise another alert than the one they belong to, if any. */
  readonly raising: readonly JudgedEvent[]
  /** Profiles as they were before this batch, to be kept. */
  readonly checkpoints: readonly (Checkpoint & { readonly entity: string })[]
}

/** What a tenant's events are judged with at this moment, and what is tuned. */
export async function judgesOf(
  { populations, trainer, tunings }: Pick<BatchParts, 'populations' | 'trainer' | 'tunings'>,
  tenant: TenantId,
): Promise<{ readonly judges: Judges; readonly tuned: Tuned }> {
  const tuned = await tunings.of(tenant)
  const population = await populations.of(tenant)
  const models = await trainer.of(tenant)
  return { judges: { population, models, policyOf: tuned.policyOf }, tuned }
}

/** An event that raises an alert, with the group it falls under and what hides it; nothing of one that raises none. */
export function asTuned(judged: JudgedEvent, tuned: Tuned, now: number): readonly JudgedEvent[] {
  const { arriving, verdict, alert } = judged
  if (alert === null) return []
  const suppressed = tuned.hides(arriving, verdict, alert, now)
  const policyGroup = tuned.groupOf(arriving)
  return [
    {
      ...judged,
      ...(suppressed === undefined ? {} : { suppressed }),
      ...(policyGroup === undefined ? {} : { policyGroup }),
    },
  ]
}

async function raiseAll(
  batch: Batch,
  drafts: readonly JudgedEvent[],
  { perDay, ofGroups }: Tuned,
): Promise<readonly RaisedAlert[]> {
  if (drafts.length === 0) return []
  return tell(batch, await batch.raise(drafts, perDay, ofGroups), drafts)
}

/** Gathers changed alerts into incidents; what people are to be told is written with what caused it. */
export async function tell(
  batch: Batch,
  changed: readonly RaisedAlert[],
  drafts: readonly JudgedEvent[],
): Promise<readonly RaisedAlert[]> {
  if (changed.length === 0) return []
  const gathered = await batch.gather(changed, drafts)
  const notices = noticesOf(gathered)
  if (notices.length > 0) await batch.notify(notices)
  return gathered
}

/** Alerts follow their events before others are raised, so that what left one may join another. */
export async function follow(
  batch: Batch,
  rejudged: readonly JudgedEvent[],
  drafts: readonly JudgedEvent[],
  { perDay, ofGroups }: Tuned,
): Promise<readonly RaisedAlert[]> {
  const followed = await batch.rejudge(rejudged)
  const raised = drafts.length === 0 ? [] : await batch.raise(drafts, perDay, ofGroups)
  const ids = new Set(raised.map(({ alert }) => alert.id))
  const others = followed.filter(({ id }) => !ids.has(id)).map((alert) => ({ alert, isNew: false }))
  return tell(batch, [...raised, ...others], drafts)
}

async function judgeAll(
  batch: Batch,
  working: ReadonlyMap<string, WorkingProfile>,
  fresh: readonly BatchItem[],
  judges: Judges,
  delta: PopulationDelta,
  keptFrom: number,
): Promise<Judged> {
  const ordered = inOrderOfTime(fresh)
  const ownItems = new Map<string, BatchItem[]>()
  for (const item of ordered) {
    const known = ownItems.get(item.arriving.entity.key)
    if (known === undefined) ownItems.set(item.arriving.entity.key, [item])
    else known.push(item)
  }
  const judged = new Map<BatchItem, JudgedEvent>()
  const touched = new Map<string, WorkingProfile>()
  const rejudged: JudgedEvent[] = []
  const raising: JudgedEvent[] = []
  const checkpoints: { entity: string; time: number; body: Uint8Array }[] = []
  const late = new Set<string>()
  for (const [key, [first, ...others]] of ownItems) {
    const own = working.get(key)
    if (own === undefined || first === undefined) throw new Error(`profile ${key} was not locked`)
    const { entity } = (others.at(-1) ?? first).arriving
    touched.set(key, { ...own, entity })
    const { time } = first.arriving.event
    const clock = profileLastTime(own.profile)
    if (time < clock) late.add(key)
    else if (first.kept && isCheckpointDue(own, time, 1 + others.length)) {
      checkpoints.push({ entity: key, time: clock, body: encodeProfile(own.profile) })
    }
  }
  const isShown = strangestSoFar()
  for (const item of ordered) {
    const { key } = item.arriving.entity
    const own = working.get(key)
    if (own === undefined || late.has(key)) continue
    judged.set(item, judgeOne(item.arriving, own.profile, judges, delta, isShown))
  }
  for (const key of late) {
    const own = touched.get(key)
    const items = ownItems.get(key) ?? []
    if (own === undefined) continue
    const told = await judgeLate(batch, own, items, judges, delta, keptFrom)
    touched.set(key, { ...own, profile: told.profile })
    items.forEach((item, index) => {
      const one = told.judged[index]
      if (one !== undefined) judged.set(item, one)
    })
    rejudged.push(...told.rejudged)
    raising.push(...told.raising)
  }
  for (const [key, items] of ownItems) {
    if (items.every((item) => item.kept)) continue
    // what is not stored cannot be told again: the story begins after it
    const { profile } = touched.get(key) ?? {}
    if (profile === undefined) continue
    const body = encodeProfile(profile)
    await batch.replaceCheckpoints(key, [{ time: profileLastTime(profile), body }])
  }
  return { judged, touched, rejudged, raising, checkpoints }
}

/** Sorts only where it must; events of one time stay in the order in which they came. */
function inOrderOfTime(items: readonly BatchItem[]): readonly BatchItem[] {
  const time = (item: BatchItem | undefined) => item?.arriving.event.time ?? 0
  for (let i = 1; i < items.length; i++) {
    if (time(items[i]) < time(items[i - 1])) return [...items].sort((a, b) => time(a) - time(b))
  }
  return items
}

function entitiesOf(items: readonly BatchItem[]): readonly Entity[] {
  return [...new Map(items.map(({ arriving }) => [arriving.entity.key, arriving.entity])).values()]
}

/**
 * Judges one event and learns it: the profile in place, the organisation into `delta`. A case file is kept of one that raises
 * an alert, unless `isShown` says that its alert will show another.
 */
export function judgeOne(
  arriving: ArrivingEvent,
  profile: Profile,
  judges: Judges,
  delta: PopulationDelta,
  isShown: (draft: AlertDraft, risk: number, time: number) => boolean = () => true,
): JudgedEvent {
  const { population, models, policyOf } = judges
  try {
    const { time } = arriving.event
    const isCase = (draft: AlertDraft, risk: number) =>
      !arriving.backfill && isShown(draft, risk, time)
    const policy = policyOf(arriving)
    const judgement = judge(arriving, profile, population, models, policy, delta, isCase)
    const alert = arriving.backfill ? null : judgement.alert
    return {
      arriving,
      verdict: arriving.backfill ? withoutBasis(judgement.verdict) : judgement.verdict,
      learned: judgement.learned,
      alert,
      profileBefore: alert === null ? null : judgement.profileBefore,
      caseFile: alert === null ? null : caseFileOf(arriving, judgement, judges),
    }
  } catch (error) {
    // A record that breaks the judgement is as poisonous as one that the database refuses: it must lose only itself.
    throw storeFailure('data', error)
  }
}

/** What is read in from the past raises no alerts under any policy, so its verdict does not say what they would rest on. */
export function withoutBasis({ basis: _, ...verdict }: Verdict): Verdict {
  return verdict
}

/** Locks the profiles of these entities and gives a copy of each to work on. */
export async function lockProfiles(
  profiles: ProfileCache,
  batch: Batch,
  tenant: TenantId,
  entities: readonly Entity[],
): Promise<Map<string, WorkingProfile>> {
  const cached = new Map(entities.map(({ key }) => [key, profiles.get(tenant, key)]))
  const locked = await batch.lock(
    new Map([...cached].map(([key, held]) => [key, held?.revision ?? 0])),
  )
  return new Map(
    entities.map((entity) => {
      const row = locked.get(entity.key)
      const held = cached.get(entity.key)
      if (row === undefined || isOfAnotherLife(row, held)) {
        profiles.delete(tenant, entity.key)
        throw storeFailure('conflict', `profile ${entity.key} was erased meanwhile`)
      }
      const { life, revision } = row
      return [entity.key, { entity, life, revision, profile: profileOf(row, held?.profile) }]
    }),
  )
}

/** What is held was erased since, and its revision is by chance that of the profile that came after. */
function isOfAnotherLife({ body, life, revision }: LockedProfile, held?: CachedProfile): boolean {
  return body === null && revision > 0 && held?.life !== life
}

function profileOf(row: LockedProfile, cached: Profile | undefined): Profile {
  if (row.body !== null) return decodeProfile(row.body)
  if (row.revision === 0) return createProfile()
  if (cached === undefined) throw new Error(`profile ${row.entity} came without its body`)
  return copyProfile(cached)
}

/** Writes what a transaction learned; null where it learned nothing. */
export async function writeLearned(
  batch: Batch,
  working: readonly WorkingProfile[],
  delta: PopulationDelta,
): Promise<DeltaMark | null> {
  const samples = Object.values(delta.samples).some((some) => some.length > 0)
  if (working.length === 0 && delta.additions.length === 0 && !samples) return null
  const written = batch.writeProfiles(
    working.map(({ entity, revision, profile }) => ({
      entity,
      revision,
      body: encodeProfile(profile),
      lastTime: profileLastTime(profile),
    })),
  )
  const [mark] = await Promise.all([batch.appendDelta(encodeDelta(delta)), written])
  return mark
}

/** After the commit: swaps the copies into the cache and adds the delta to the population. */
export function keepLearned(
  parts: Pick<BatchParts, 'profiles' | 'populations'>,
  tenant: TenantId,
  working: readonly WorkingProfile[],
  delta: PopulationDelta,
  mark: DeltaMark | null,
): void {
  for (const { entity, life, revision, profile } of working) {
    parts.profiles.set(tenant, entity.key, { life, revision: revision + 1, profile })
  }
  if (mark !== null) parts.populations.committed(tenant, mark, delta)
}
