import {
  compactDelta,
  copyProfile,
  createDelta,
  createProfile,
  decodeProfile,
  encodeDelta,
  encodeProfile,
  judge,
  type Models,
  type Policy,
  type PopulationDelta,
  type Profile,
  profileLastTime,
} from '@gatewatch/engine'
import type { Entity, Verdict } from '@gatewatch/schema'
import type { DeltaMark } from '../ports/population-log.ts'
import type {
  ArrivingEvent,
  Batch,
  Claim,
  JudgedEvent,
  LockedProfile,
  RaisedAlert,
  Store,
  TenantId,
} from '../ports/store.ts'
import { storeFailure } from '../ports/store-failure.ts'
import type { Populations } from './populations.ts'
import type { ProfileCache } from './profile-cache.ts'
import type { Trainer } from './trainer.ts'

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
  readonly policy: Policy
}

/** A profile that a batch works on: a copy, never the cached one. */
export interface WorkingProfile {
  readonly entity: Entity
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
  items: readonly BatchItem[],
): Promise<CommittedBatch> {
  const population = await parts.populations.of(tenant)
  const models = await parts.trainer.of(tenant)
  const done = await parts.store.transact(tenant, async (batch) => {
    const kept = items.filter((item) => item.kept).map((item) => item.arriving)
    const [working, claims] = await Promise.all([
      lockProfiles(parts.profiles, batch, tenant, entitiesOf(items)),
      kept.length === 0 ? [] : batch.claim(kept),
    ])

    const delta = createDelta()
    const touched = new Map<string, WorkingProfile>()
    const judged: JudgedEvent[] = []
    const unkept = new Set<JudgedEvent>()
    const revised: ArrivingEvent[] = []
    let next = 0
    const outcomes = items.map(({ arriving, kept: isKept }) => {
      const claim = isKept ? claims[next++] : undefined
      if (claim !== undefined && claim.kind !== 'new') {
        if (claim.kind === 'revision') revised.push(arriving)
        return claim
      }
      const own = working.get(arriving.entity.key)
      if (own === undefined) throw new Error(`profile ${arriving.entity.key} was not locked`)
      touched.set(arriving.entity.key, { ...own, entity: arriving.entity })
      const one = judgeOne(arriving, own.profile, population, models, parts.policy, delta)
      judged.push(one)
      if (!isKept) unkept.add(one)
      return { kind: 'new' as const, verdict: one.verdict }
    })

    const written = judged.filter((one) => !unkept.has(one))
    const compact = compactDelta(delta)
    const drafts = written.filter((one) => one.alert !== null)
    const [, , mark, alerts] = await Promise.all([
      written.length === 0 ? null : batch.writeEvents(written),
      revised.length === 0 ? null : batch.amend(revised),
      writeLearned(batch, [...touched.values()], compact),
      drafts.length === 0 ? [] : batch.raise(drafts),
    ])
    return { outcomes, judged: written, alerts, touched, delta: compact, mark }
  })
  keepLearned(parts, tenant, [...done.touched.values()], done.delta, done.mark)
  return done
}

function entitiesOf(items: readonly BatchItem[]): readonly Entity[] {
  return [...new Map(items.map(({ arriving }) => [arriving.entity.key, arriving.entity])).values()]
}

function judgeOne(
  arriving: ArrivingEvent,
  profile: Profile,
  population: Awaited<ReturnType<Populations['of']>>,
  models: Models,
  policy: Policy,
  delta: PopulationDelta,
): JudgedEvent {
  try {
    const judgement = judge(arriving, profile, population, models, policy, delta)
    const alert = arriving.backfill ? null : judgement.alert
    return {
      arriving,
      verdict: judgement.verdict,
      learned: judgement.learned,
      alert,
      profileBefore: alert === null ? null : judgement.profileBefore,
    }
  } catch (error) {
    // A record that breaks the judgement is as poisonous as one that the database refuses: it must lose only itself.
    throw storeFailure('data', error)
  }
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
      if (row === undefined) throw new Error(`profile ${entity.key} was not locked`)
      const profile = profileOf(row, cached.get(entity.key)?.profile)
      return [entity.key, { entity, revision: row.revision, profile }]
    }),
  )
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
  for (const { entity, revision, profile } of working) {
    parts.profiles.set(tenant, entity.key, { revision: revision + 1, profile })
  }
  if (mark !== null) parts.populations.committed(tenant, mark, delta)
}
