import {
  createProfile,
  decodeProfile,
  defaultPolicy,
  habits as habitsOf,
  peek as peekAt,
} from '@gatewatch/engine'
import type { OptionalMember } from '@gatewatch/engine/lab'
import type {
  Alert,
  Challenge,
  Decision,
  EnrichedEvent,
  Erasure,
  EventSummary,
  Feedback,
  FeedbackEffect,
  FeedbackVerdict,
  Habits,
  Verdict,
} from '@gatewatch/schema'

import { type Fault, fault } from '../errors.ts'
import type { Accounts } from '../ports/accounts.ts'
import { ALERTS_PER_DAY } from '../ports/alert-quota.ts'
import type { News } from '../ports/news.ts'
import type { StoredEntity } from '../ports/reader.ts'
import type { Storage } from '../ports/storage.ts'
import type { ArrivingEvent, RaisedAlert, TenantId } from '../ports/store.ts'
import { failureKind } from '../ports/store-failure.ts'
import type { Published, Stream, Taken, Taker } from '../ports/stream.ts'
import { summarise } from '../ports/summary.ts'
import { admit } from './admission.ts'
import type { CommittedBatch } from './batch.ts'
import { createBulletins, type Watcher } from './bulletins.ts'
import { type Answered, settleChallenge } from './challenge.ts'
import { commitWaiting } from './commit.ts'
import { deadLetterOf } from './dead-letter-of.ts'
import { directStream } from './direct-stream.ts'
import { eraseEntity } from './erase.ts'
import { settleAlert } from './feedback.ts'
import { effectOf } from './feedback-effect.ts'
import { isTimeless, timed } from './first-receipt.ts'
import { createLane, type Waiting } from './lane.ts'
import { createLinkResolver } from './link-resolver.ts'
import { createModelDesk, type ModelDesk } from './model-desk.ts'
import { outcomesOf } from './note-outcomes.ts'
import { createPopulations } from './populations.ts'
import { createProfileCache } from './profile-cache.ts'
import { laneOf, storable } from './storable.ts'
import { createTrainer, type Trainer } from './trainer.ts'
import { createTuningBook } from './tuning/book.ts'
import type { Tuned } from './tuning/compile.ts'
import { createUnhide } from './tuning/unhide.ts'
import { createWaves } from './waves.ts'

/** What a commit brought, for the live feed and for notifications. */
export interface Committed {
  readonly tenant: TenantId
  /** How many new events got each decision. */
  readonly decisions: ReadonlyMap<Decision, number>
  /** Uids of the new events. */
  readonly uids: readonly string[]
  /** The new events, put together when first read. */
  readonly events: readonly EventSummary[]
  readonly alerts: readonly RaisedAlert[]
}

/** The whole way of an event, from enriched to durable and told. */
export interface Pipeline {
  /**
   * Finds who is behind the events and hands them to the stream; resolves when they can no longer be lost. What can never be
   * taken goes to the dead letters. Rejects with code `overloaded` where too many wait.
   */
  publish(tenant: TenantId, events: readonly ArrivingEvent[]): Promise<readonly Published[]>
  /** Works off what is queued here, then stops; the stream stays open. */
  close(): Promise<void>
  /** One event past the stream, in a transaction of this process; the answer is the recorded verdict; the same uid gives the same answer. Rejects with a fault where the event cannot be taken. */
  assess(tenant: TenantId, event: ArrivingEvent): Promise<Verdict>
  /** Judges against committed state, of whoever is behind the event's credential; stores and learns nothing. */
  peek(tenant: TenantId, input: EnrichedEvent): Promise<{ verdict: Verdict; habits: Habits }>
  /** Stores the person's verdict; compromised unlearns, safe learns at full weight; one transaction. Null: no such alert. */
  feedback(tenant: TenantId, alertId: string, feedback: Feedback): Promise<Alert | null>
  /** What a verdict on an alert changes against none: the one that stands (null), or any. Null: no such alert, or no verdict. */
  feedbackEffect(
    tenant: TenantId,
    alertId: string,
    verdict: FeedbackVerdict | null,
  ): Promise<FeedbackEffect | null>
  /** Takes back what a person said of an alert, and what followed from it; the alert is open again. Null: no such alert. */
  takeBack(tenant: TenantId, alertId: string): Promise<Alert | null>
  /** Stores what became of an event's challenge, and corrects what it taught; one transaction. Null: no event of this uid. */
  challenge(tenant: TenantId, uid: string, challenge: Challenge): Promise<Answered | null>
  /** An alert with the identity's habits as they were when the event was judged. */
  alert(tenant: TenantId, alertId: string): Promise<Alert | null>
  /** What is known of an identity, with its habits as they are. */
  entity(
    tenant: TenantId,
    key: string,
  ): Promise<(StoredEntity & { readonly habits: Habits }) | null>
  /** Takes an identity out of everything that is stored (erase.ts); `by` is who asked for it. Null: nothing was. */
  erase(tenant: TenantId, key: string, by: string): Promise<Erasure | null>
  /** Takes up what was tuned, now; others do within a second. */
  tuned(tenant: TenantId): Promise<void>
  /** Called after each commit of this process, never before. Returns how to stop. */
  onCommit(listener: (committed: Committed) => void): () => void
  /** Watches commits of this process and of others on the same database. Returns how to stop. */
  watch(watcher: Watcher): () => void
  /** Events that wait or are being committed here, for metrics. */
  load(): number
  /** Events in the stream that nobody has worked off. */
  lag(): Promise<number>
  /** The models that judge now, and those of a version. */
  readonly judging: Pick<Trainer, 'of' | 'at'>
  /** The models that judge, and what may be done about them. */
  readonly models: ModelDesk
}

/** What a pipeline is made of. */
export interface PipelineParts extends Omit<Storage, 'accounts'> {
  readonly accounts: Pick<Accounts, 'tenant'>
  /** Now, in ms since 1970, UTC. */
  readonly clock: () => number
  /** How many batches are judged and written at a time; default 2. */
  readonly lanes?: number
  /** What lies between publishing and judging; absent: nothing does, so publishing resolves after the commit. */
  readonly stream?: Stream
  /** How processes on one database tell one another of their commits; absent: there is one. */
  readonly news?: News
  /** `publish`: leaves the stream to other processes. Default: works it off. */
  readonly part?: 'publish' | 'work'
  /** The tenant whose dead letters a record of the stream joins that does not say whose it is; none: such a record is an error. */
  readonly strayTenant?: TenantId
  /** Whose weights: those that ship (the default), or refitted on each tenant's own stream. */
  readonly head?: 'shipped' | 'fitted'
  /** Members of the ensemble that are switched on beside those that ship; default none. */
  readonly members?: readonly OptionalMember[]
  /** Most alerts that are told within a day; default 100. */
  readonly alertsPerDay?: number
  /** How long (days) events are kept; default 400. */
  readonly retentionDays?: number
  /** Hears of what went wrong inside; the events concerned fail for their senders. */
  readonly onError?: (error: unknown) => void
}

/** Largest batch (events): one transaction, and how long an assessment may wait behind others. */
const BATCH_SIZE = 2_000
/** Most events that may wait; beyond that publish refuses, and the sender waits instead. */
const QUEUE_LIMIT = 50_000
/** Profiles held in memory, about 2 KB each. */
const CACHED_PROFILES = 20_000

/** Starts the lanes and keeps the populations up; `close` ends both. */
export function createPipeline(parts: PipelineParts): Pipeline {
  const { store, reader, accounts, deadLetters, populationLog, modelLog, links, clock } = parts
  const policy = defaultPolicy
  const retentionDays = parts.retentionDays ?? 400
  const onError = parts.onError ?? (() => {})
  const listeners = new Set<(committed: Committed) => void>()
  const populations = createPopulations({ log: populationLog, accounts, clock, onError })
  const profiles = createProfileCache(CACHED_PROFILES)
  const resolver = createLinkResolver(links, clock)
  const head = parts.head ?? 'shipped'
  const optional = parts.members ?? []
  const trainer = createTrainer({ log: modelLog, populations, policy, head, optional, onError })
  const models = createModelDesk({ log: modelLog, populations, trainer, policy })
  const keptFrom = () => clock() - retentionDays * 86_400_000
  const alertsPerDay = parts.alertsPerDay ?? ALERTS_PER_DAY
  const book = createTuningBook({ tunings: parts.tunings, alertsPerDay, onLook: unhide, onError })
  const batchParts = { store, populations, profiles, trainer, tunings: book, clock, keptFrom }
  const eraseParts = { ...batchParts, accounts }
  const waves = createWaves({ ...batchParts, reader })
  const commitParts = {
    ...batchParts,
    deadLetters,
    onError,
    onCommitted: announce,
    async lookBack(tenant: TenantId, committed: CommittedBatch) {
      const alerts = await waves.lookBack(tenant, committed)
      if (alerts.length > 0) announceAlerts(tenant, alerts)
    },
  }
  const lanes = Array.from({ length: parts.lanes ?? 2 }, () =>
    createLane(BATCH_SIZE, (tenant, batch) => commitWaiting(commitParts, tenant, batch)),
  )
  const unhideAlerts = createUnhide(store)
  let closed = false

  function load(): number {
    return lanes.reduce((sum, lane) => sum + lane.load(), resolver.load())
  }

  function announce(tenant: TenantId, committed: CommittedBatch): void {
    for (const [version, outcomes] of outcomesOf(committed.judged, policy)) {
      trainer.note(tenant, version, outcomes)
    }
    if (listeners.size === 0) return
    let events: readonly EventSummary[] | undefined
    const news: Committed = {
      tenant,
      decisions: countDecisions(committed),
      alerts: committed.alerts,
      uids: committed.judged.map(({ arriving }) => arriving.event.uid),
      // Made when somebody looks: most of the time nobody watches this tenant.
      get events() {
        events ??= committed.judged.map(({ arriving, verdict }) => summarise(arriving, verdict))
        return events
      },
    }
    for (const listener of listeners) {
      try {
        listener(news)
      } catch (error) {
        onError(error)
      }
    }
  }

  /**
   * With whoever is behind each; refused ones with the reason. Answers at once where nothing has to be asked for: waiting where
   * nothing needs it would let a later call overtake this one.
   */
  function receive(
    tenant: TenantId,
    events: readonly ArrivingEvent[],
  ): readonly Received[] | Promise<readonly Received[]> {
    const now = clock()
    if (!events.some(isTimeless)) return admitAll(tenant, events, now)
    return timed(store, tenant, events, now).then((given) => admitAll(tenant, given, now))
  }

  function admitAll(
    tenant: TenantId,
    given: readonly ArrivingEvent[],
    now: number,
  ): readonly Received[] | Promise<readonly Received[]> {
    if (closed) throw stopping()
    const waiting = load()
    if (waiting > 0 && waiting + given.length > QUEUE_LIMIT) throw fault('overloaded')
    const admissions = given.map((one) => admit(one, now, retentionDays))
    const admitted = given.filter((_, index) => admissions[index]?.kind !== 'refuse')
    const withOwners = (owned: readonly ArrivingEvent[]) => {
      if (closed) throw stopping()
      let next = 0
      return admissions.map((admission, index): Received => {
        const one = admission.kind === 'refuse' ? given[index] : owned[next++]
        if (one === undefined) throw new Error('links were followed for fewer events than given')
        const arriving = storable(one)
        return admission.kind === 'refuse' ? { arriving, reason: admission.reason } : { arriving }
      })
    }
    const resolved = resolver.resolve(tenant, admitted)
    if (!(resolved instanceof Promise)) return withOwners(resolved)
    return resolved.catch(unavailable).then(withOwners)
  }

  /** Puts those that were refused among the dead letters. */
  async function refuse(tenant: TenantId, received: readonly Received[]): Promise<void> {
    const letters = received.flatMap(({ arriving, reason }) =>
      reason === undefined ? [] : deadLetterOf(arriving, reason),
    )
    if (letters.length > 0) await deadLetters.add(tenant, letters)
  }

  async function publish(
    tenant: TenantId,
    events: readonly ArrivingEvent[],
  ): Promise<readonly Published[]> {
    const receiving = receive(tenant, events)
    const received = receiving instanceof Promise ? await receiving : receiving
    const accepted = received.flatMap(({ arriving, reason }) =>
      reason === undefined ? arriving : [],
    )
    const [published] = await Promise.all([
      accepted.length === 0 ? [] : stream.publish(tenant, accepted),
      refuse(tenant, received),
    ])
    if (accepted.length === received.length) return published
    let next = 0
    return received.map(({ reason }) => {
      if (reason !== undefined) return { kind: 'rejected', reason }
      const one = published[next++]
      if (one === undefined) throw new Error('the stream answered for fewer events than were given')
      return one
    })
  }

  const taker: Taker = {
    take: (tenant, events) => {
      const from = keptFrom()
      return Promise.all(
        events.map((arriving) => enqueue(tenant, arriving, arriving.event.time >= from)),
      )
    },
    async bury(tenant, letter) {
      const owner = tenant ?? parts.strayTenant
      if (owner === undefined) throw new Error(`a record of nobody: ${letter.reason}`)
      await deadLetters.add(owner, [letter])
    },
  }
  const bulletins = parts.news === undefined ? null : createBulletins(parts.news, reader, onError)
  if (bulletins !== null) listeners.add(bulletins.committed)
  const stream = parts.stream ?? directStream()
  const working = parts.part === 'publish' ? null : stream.work(taker)

  function enqueue(tenant: TenantId, arriving: ArrivingEvent, kept: boolean): Promise<Taken> {
    const lane = lanes[laneOf(arriving.entity.key, lanes.length)]
    if (lane === undefined) throw new Error('a pipeline needs at least one lane')
    return new Promise((settle) => {
      const fail = (error: Fault) => settle({ kind: 'failed', error })
      lane.enqueue(tenant, { arriving, kept, settle, fail } satisfies Waiting)
    })
  }

  async function habitsIn(
    tenant: TenantId,
    profile: Uint8Array | null,
    current: EnrichedEvent | null,
    recent: readonly EnrichedEvent[],
  ): Promise<Habits> {
    const decoded = profile === null ? createProfile() : decodeProfile(profile)
    return habitsOf(decoded, await populations.of(tenant), current, recent)
  }

  async function say(
    tenant: TenantId,
    alertId: string,
    feedback: Feedback | null,
    time: number,
  ): Promise<Alert | null> {
    const settled = await settleAlert(batchParts, tenant, alertId, feedback, time)
    if (settled === null) return null
    announceAlerts(tenant, [{ alert: settled, isNew: false }])
    return alert(tenant, alertId)
  }

  async function alert(tenant: TenantId, alertId: string): Promise<Alert | null> {
    const found = await reader.alert(tenant, alertId)
    if (found === null) return null
    const entity = await reader.entity(tenant, found.alert.entity)
    const { event, context } = found.alert
    const current = entity === null ? null : { event, context, entity: entity.entity }
    const habits = await habitsIn(tenant, found.profileBefore, current, entity?.recent ?? [])
    return { ...found.alert, habits }
  }

  return {
    publish,
    alert,
    load,
    models,
    judging: trainer,
    lag: () => stream.lag(),
    async assess(tenant, event) {
      const [received] = await receive(tenant, [event])
      if (received === undefined) throw new Error('nothing was received of one event')
      if (received.reason !== undefined) {
        await refuse(tenant, [received])
        throw fault('invalid_request', received.reason)
      }
      const [taken] = await taker.take(tenant, [received.arriving])
      if (taken?.kind === 'failed') throw taken.error
      if (taken?.kind === 'rejected') throw fault('invalid_request', taken.reason)
      if (taken === undefined || taken.kind === 'queued' || taken.verdict === null) {
        throw new Error('the stored event has no verdict')
      }
      return taken.verdict
    },
    async peek(tenant, asked) {
      const input = await resolver.follow(tenant, asked).catch(unavailable)
      const stored = await reader.entity(tenant, input.entity.key)
      const population = await populations.of(tenant)
      const profile = stored === null ? createProfile() : decodeProfile(stored.profile)
      const tuned = await book.of(tenant)
      const own = tuned.owned(input, clock())
      const models = await trainer.of(tenant)
      const verdict = peekAt(own, profile, population, models, tuned.policyOf(own))
      return { verdict, habits: habitsOf(profile, population, own, stored?.recent ?? []) }
    },
    challenge: (tenant, uid, challenge) => settleChallenge(batchParts, tenant, uid, challenge),
    feedback: (tenant, alertId, feedback) => say(tenant, alertId, feedback, feedback.time),
    feedbackEffect: (tenant, alertId, verdict) =>
      effectOf({ ...batchParts, reader }, tenant, alertId, verdict, clock()),
    takeBack: (tenant, alertId) => say(tenant, alertId, null, clock()),
    async entity(tenant, key) {
      const stored = await reader.entity(tenant, key)
      if (stored === null) return null
      return { ...stored, habits: await habitsIn(tenant, stored.profile, null, stored.recent) }
    },
    async erase(tenant, key, by) {
      const erasure = await eraseEntity(eraseParts, tenant, key, by)
      resolver.forget(tenant)
      book.forget(tenant)
      return erasure
    },
    async tuned(tenant) {
      await unhide(tenant, await book.refresh(tenant))
    },
    onCommit(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    watch(watcher) {
      const own = (committed: Committed) => {
        if (watcher.wants(committed.tenant)) watcher.tell(committed, 0)
      }
      const unwatch = bulletins?.watch(watcher)
      listeners.add(own)
      return () => {
        unwatch?.()
        listeners.delete(own)
      }
    },
    async close() {
      closed = true
      await resolver.drained()
      await working?.stop()
      await Promise.all(lanes.map((lane) => lane.drained()))
      await book.close()
      await bulletins?.close()
      await trainer.close()
      await populations.close()
    },
  }

  /** What a suppression hid is told once that has ended. */
  async function unhide(tenant: TenantId, tuned: Tuned): Promise<void> {
    if (parts.part === 'publish') return
    const alerts = await unhideAlerts(tenant, tuned, clock())
    if (alerts.length > 0) announceAlerts(tenant, alerts)
  }

  function announceAlerts(tenant: TenantId, alerts: readonly RaisedAlert[]): void {
    for (const listener of listeners) {
      listener({ tenant, decisions: new Map(), uids: [], events: [], alerts })
    }
  }
}

/** An event with whoever is behind it; `reason`: why it can never be taken. */
interface Received {
  readonly arriving: ArrivingEvent
  readonly reason?: string
}

function stopping(): Fault {
  return fault('store_unavailable', 'Gatewatch is stopping; nothing was taken.')
}

/** What the store failed at is tried again by the sender. */
function unavailable(error: unknown): never {
  throw failureKind(error) === null ? error : fault('store_unavailable')
}

function countDecisions({ judged }: CommittedBatch): Map<Decision, number> {
  const counts = new Map<Decision, number>()
  for (const { verdict } of judged) {
    counts.set(verdict.decision, (counts.get(verdict.decision) ?? 0) + 1)
  }
  return counts
}
