import { createDelta, type Judges, mergeDelta, type PopulationDelta } from '@gatewatch/engine'
import type { AlertSummary, Feedback, FeedbackVerdict } from '@gatewatch/schema'
import type { DeltaMark } from '../ports/population-log.ts'
import type { Batch, EventKey, KnownAlert, RaisedAlert, TenantId } from '../ports/store.ts'
import { failureKind } from '../ports/store-failure.ts'
import {
  type BatchParts,
  judgesOf,
  keepLearned,
  lockProfiles,
  tell,
  type WorkingProfile,
  writeLearned,
} from './batch.ts'
import { teachCheckpoints } from './late.ts'
import { type Difference, preventedBy } from './prevented.ts'
import { relatedTo } from './related.ts'
import { type Correction, correctEvents, entitiesOf } from './settle-events.ts'
import {
  neverSaid,
  readUndo,
  type Snapshot,
  snapshotOf,
  takeBack,
  type Undo,
  undoOf,
  undoOfDelta,
} from './undo.ts'

const TRIES = 8
/** Other alerts of the same identities that a verdict is held against: the newest, and how far back (ms). */
const MOST_OTHERS = 200
const OTHERS_MS = 90 * 86_400_000

/** What a verdict did, before anything of it is committed. */
export interface Said {
  readonly alert: AlertSummary
  /** The events of the alert with the weight they taught without the verdict, and with it. */
  readonly lessons: readonly (Difference & Pick<Correction, 'key' | 'verdict'>)[]
  /** Profiles of the alert's identities without the verdict, and with it. */
  readonly before: ReadonlyMap<string, Snapshot>
  readonly after: ReadonlyMap<string, WorkingProfile>
  /** Other alerts of the same identities that were looked at, and those of them that the verdict would have prevented. */
  readonly others: readonly KnownAlert[]
  readonly prevented: readonly KnownAlert[]
  /** Alerts that closed with it, and that were raised for it. */
  readonly withdrawn: readonly AlertSummary[]
  readonly raised: readonly AlertSummary[]
}

/** The said with what is left to do after the commit. */
interface Done {
  readonly said: Said
  readonly changed: readonly WorkingProfile[]
  readonly delta: PopulationDelta
  readonly mark: DeltaMark | null
}

/** Takes a transaction back in which a verdict was only tried. */
class OnlyTried extends Error {
  readonly said: Said | null
  constructor(said: Said | null) {
    super('a verdict was only tried')
    this.said = said
  }
}

/**
 * Takes a person's verdict on an alert, in one transaction: `compromised` takes back what its events taught, of the histogram
 * of the ordinary too, and raises what the same visitor did besides; `safe` teaches and counts them whole, and withdraws open alerts of
 * the same identity that would not have been raised had it been known; `dismissed` goes back to what they taught unasked; all close it.
 * The first two are what the trainer fits feedback on. Judging again goes from what was without a verdict. `feedback` null takes back
 * what was said, at `time` (ms), exactly: what it changed is kept with the alert. Null where there is no such alert.
 */
export async function settleAlert(
  parts: BatchParts,
  tenant: TenantId,
  alertId: string,
  feedback: Feedback | null,
  time: number,
): Promise<AlertSummary | null> {
  const { judges } = await judgesOf(parts, tenant)
  const done = await withRetries(() =>
    parts.store.transact(tenant, (batch) =>
      say(parts, batch, tenant, judges, alertId, feedback, time),
    ),
  )
  if (done === null) return null
  keepLearned(parts, tenant, done.changed, done.delta, done.mark)
  return done.said.alert
}

/** What a verdict on an alert does, or would do: it is given in a transaction that is taken back. Null where there is no such alert. */
export async function tryVerdict(
  parts: BatchParts,
  tenant: TenantId,
  alertId: string,
  verdict: FeedbackVerdict,
  time: number,
): Promise<Said | null> {
  const { judges } = await judgesOf(parts, tenant)
  const feedback = { verdict, by: 'nobody', time }
  return withRetries(() =>
    parts.store
      .transact(tenant, async (batch): Promise<Said | null> => {
        const done = await say(parts, batch, tenant, judges, alertId, feedback, time)
        throw new OnlyTried(done?.said ?? null)
      })
      .catch((error: unknown) => {
        if (error instanceof OnlyTried) return error.said
        throw error
      }),
  )
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

async function say(
  parts: BatchParts,
  batch: Batch,
  tenant: TenantId,
  judges: Judges,
  id: string,
  feedback: Feedback | null,
  time: number,
): Promise<Done | null> {
  const known = await batch.learnedOf(id)
  if (known === null) return null
  const working = await lockProfiles(parts.profiles, batch, tenant, entitiesOf(known))
  const undo = readUndo(await batch.undoOf(id))
  const delta = createDelta()
  const restored = undo === null ? new Set<string>() : await takeBack(batch, undo, working, delta)
  const before = await snapshotOf(batch, working)
  const events = ((await batch.learnedOf(id)) ?? []).map((one) => neverSaid(one, undo))

  const own = createDelta()
  const verdict = feedback?.verdict ?? null
  const corrections = events.map((one) => ({
    ...one,
    saying: { verdict: one.verdict, said: verdict },
  }))
  const { learned, touched, lessons } = correctEvents(
    corrections,
    working,
    judges.population,
    time,
    own,
  )
  for (const entity of touched) await teachCheckpoints(batch, entity, lessons, judges.population)
  const record =
    feedback === null ? null : await recordOf(batch, corrections, before, working, touched, own)
  mergeDelta(delta, own)
  const changed = [...working.values()].filter(
    ({ entity: { key } }) => touched.has(key) || restored.has(key),
  )
  const mark = await writeLearned(batch, changed, delta)

  const differences = corrections.map(({ key, input, verdict, learned: before }) => {
    return { key, input, verdict, before, after: learned.get(key) ?? before }
  })
  // what is unlearned or judged as before prevents nothing
  const others =
    verdict === 'safe'
      ? await batch.alertsAbout([...working.keys()], time - OTHERS_MS, MOST_OTHERS)
      : []
  const prevented = preventedBy(id, others, differences, judges)

  const changes: RaisedAlert[] = []
  const reopened = await batch.withdraw(undo?.withdrawn ?? [], null)
  const spared = await batch.withdraw(undo?.raised ?? [], { why: TAKEN_BACK, because: id })
  const twins = verdict === 'safe' ? prevented.filter(({ alert }) => isOpen(alert)) : []
  const withdrawn = await batch.withdraw(
    twins.map(({ alert }) => alert.id),
    { why: FOUND_SAFE, because: id },
  )
  for (const alert of [...reopened, ...spared, ...withdrawn]) changes.push({ alert, isNew: false })
  const related = verdict === 'compromised' ? await relatedTo(batch, id, events) : []
  const raised = related.length === 0 ? [] : await batch.raise(related)
  changes.push(...raised)
  const weights = new Map<EventKey, number>(differences.map(({ key, after }) => [key, after]))
  const stored =
    record === null
      ? null
      : JSON.stringify({
          ...record,
          withdrawn: withdrawn.map((one) => one.id),
          raised: raised.map(({ alert }) => alert.id),
        } satisfies Undo)
  const settled = await batch.settle(id, feedback, weights, stored)
  const told = await tell(batch, [...changes, { alert: settled, isNew: false }], related)
  const alert = told.find((one) => one.alert.id === id)?.alert ?? settled
  const said = {
    alert,
    lessons: differences,
    before,
    after: working,
    others: others.filter((one) => one.alert.id !== id),
    prevented,
    withdrawn,
    raised: raised.map((one) => one.alert),
  }
  return { said, changed, delta, mark }
}

function isOpen({ status, feedback }: AlertSummary): boolean {
  return status !== 'closed' && feedback === undefined
}

async function recordOf(
  batch: Batch,
  corrections: readonly Correction[],
  before: ReadonlyMap<string, Snapshot>,
  working: ReadonlyMap<string, WorkingProfile>,
  touched: ReadonlySet<string>,
  delta: PopulationDelta,
): Promise<Omit<Undo, 'withdrawn' | 'raised'>> {
  const profiles: Undo['profiles'][number][] = []
  for (const entity of touched) {
    const own = working.get(entity)
    const was = before.get(entity)
    if (own === undefined || was === undefined) continue
    const times = corrections.flatMap(({ input }) =>
      input.entity.key === entity ? input.event.time : [],
    )
    profiles.push(await undoOf(batch, was, own, Math.min(...times)))
  }
  const events = Object.fromEntries(
    corrections.map(({ key, learned, before: settled }) => [key, { learned, settled }]),
  )
  return { events, profiles, delta: undoOfDelta(delta) }
}

const FOUND_SAFE =
  'Somebody found an alert of the same identity safe. Had that been known, this one would not have been raised.'
const TAKEN_BACK = 'The verdict that it was raised for was taken back.'
