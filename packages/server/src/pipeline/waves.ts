import { createDelta, isCampaignKey } from '@gatewatch/engine'
import type { EnrichedEvent } from '@gatewatch/schema'
import { lru } from 'tiny-lru'
import type { Reader } from '../ports/reader.ts'
import type { JudgedEvent, RaisedAlert, TenantId } from '../ports/store.ts'
import { failureKind } from '../ports/store-failure.ts'
import {
  asTuned,
  type BatchParts,
  type CommittedBatch,
  follow,
  judgesOf,
  keepLearned,
  lockProfiles,
  writeLearned,
} from './batch.ts'
import { prefixOf } from './enrich.ts'
import { baseOf, heldOf, MOST_EVENTS, tellAgain } from './late.ts'

/** How far back (ms) sign-ins are looked through when a campaign is recognised: as long as it is known by an address range. */
const WINDOW_MS = 86_400_000
/** Risk from which a sign-in may have been a campaign's: one honest one in a hundred. */
const UNCOMMON = 50
/** Most sign-ins that are looked through, and most identities whose story is told again, the newest first. */
const MOST_SIGN_INS = 500
const MOST_IDENTITIES = 25
/** Address ranges of campaigns that are remembered, for how often they were met. */
const MOST_RANGES = 10_000
const TRIES = 8

/** Looks back when a campaign is recognised. */
export interface Waves {
  /**
   * Judges sign-ins anew that came before a campaign was recognised, out of its address ranges: what the batch brought to light.
   * Of each identity in a transaction of its own; gives the alerts that were raised or changed.
   */
  lookBack(tenant: TenantId, committed: CommittedBatch): Promise<readonly RaisedAlert[]>
}

/** What looking back needs. */
export type WaveParts = BatchParts & { readonly reader: Pick<Reader, 'events'> }

/** A range is looked back at when it is met for the first, second, fourth, eighth ... time: a campaign of thousands costs little. */
export function createWaves(parts: WaveParts): Waves {
  const met = lru<number>(MOST_RANGES)
  return {
    async lookBack(tenant, { judged }) {
      const ranges = new Set<string>()
      let until = 0
      for (const one of judged) {
        const range = one.arriving.context.network?.prefix
        if (range === undefined || !isOfCampaign(one)) continue
        const key = `${tenant} ${range}`
        const count = (met.get(key) ?? 0) + 1
        met.set(key, count)
        if ((count & (count - 1)) !== 0) continue
        ranges.add(range)
        until = Math.max(until, one.arriving.event.time)
      }
      if (ranges.size === 0) return []
      const alerts: RaisedAlert[] = []
      for (const [entity, from] of await candidates(parts.reader, tenant, ranges, until)) {
        alerts.push(...(await withRetries(() => judgeAnew(parts, tenant, entity, from, ranges))))
      }
      return alerts
    },
  }
}

function isOfCampaign({ alert }: JudgedEvent): boolean {
  return alert !== null && isCampaignKey(alert.group)
}

/** Identities that signed in uncommonly from one of the ranges, and when (ms) first. */
async function candidates(
  reader: WaveParts['reader'],
  tenant: TenantId,
  ranges: ReadonlySet<string>,
  until: number,
): Promise<ReadonlyMap<string, number>> {
  const { events } = await reader.events(tenant, {
    kind: 'authentication',
    min_risk: UNCOMMON,
    from: until - WINDOW_MS,
    to: until,
    limit: MOST_SIGN_INS,
  })
  const first = new Map<string, number>()
  for (const { entity, ip, outcome, time } of events) {
    if (outcome !== 'success' || ip === undefined || !ranges.has(prefixOf(ip))) continue
    if (first.size === MOST_IDENTITIES && !first.has(entity)) continue
    first.set(entity, Math.min(time, first.get(entity) ?? time))
  }
  return first
}

async function withRetries<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (failureKind(error) !== 'conflict' || attempt === TRIES) throw error
    }
  }
}

/**
 * Tells an identity's story again, with its sign-ins out of the ranges judged by what is known now. Nothing is changed where
 * none of them turns out to belong to a campaign, where its story cannot be told (no checkpoint before), or is too long.
 */
async function judgeAnew(
  parts: WaveParts,
  tenant: TenantId,
  key: string,
  from: number,
  ranges: ReadonlySet<string>,
): Promise<readonly RaisedAlert[]> {
  const { judges, tuned } = await judgesOf(parts, tenant)
  const suspected = (input: EnrichedEvent) =>
    input.event.class_uid === 3002 &&
    input.event.status_id === 1 &&
    input.event.time >= from &&
    ranges.has(input.context.network?.prefix ?? '')
  const done = await parts.store
    .transact(tenant, async (batch) => {
      const named = { key, name: key, class: 'human' as const }
      const locked = (await lockProfiles(parts.profiles, batch, tenant, [named])).get(key)
      if (locked === undefined || locked.revision === 0) return null
      const checkpoints = await heldOf(batch, key)
      const base = baseOf(locked, checkpoints, from, parts.keptFrom())
      if (base === undefined) return null
      const known = await batch.eventsAfter(key, base.time, MOST_EVENTS + 1)
      const last = known.at(-1)
      if (last === undefined || known.length > MOST_EVENTS) return null
      const own = { ...locked, entity: last.input.entity }
      const story = known.map((one) => ({ known: one, item: null }))
      const delta = createDelta()
      const told = await tellAgain(batch, own, base, checkpoints, story, judges, delta, suspected)
      if (!told.rejudged.some((one) => suspected(one.arriving) && isOfCampaign(one))) throw NOTHING
      const changed = [{ ...own, profile: told.profile }]
      const mark = await writeLearned(batch, changed, delta)
      const raising = told.raising.flatMap((one) => asTuned(one, tuned, parts.clock()))
      const alerts = await follow(batch, told.rejudged, raising, tuned)
      return { alerts, changed, delta, mark }
    })
    .catch((error: unknown) => {
      if (error === NOTHING) return null
      throw error
    })
  if (done === null) return []
  keepLearned(parts, tenant, done.changed, done.delta, done.mark)
  return done.alerts
}

/** Takes a transaction back in which nothing turned out to be otherwise. */
const NOTHING = new Error('no sign-in turned out to belong to a campaign')
