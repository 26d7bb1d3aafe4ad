import { createDelta, noteVerdict, teach } from '@gatewatch/engine'
import type { AlertSummary, Entity, Feedback } from '@gatewatch/schema'
import type { EventKey, LearnedEvent, TenantId } from '../ports/store.ts'
import { failureKind } from '../ports/store-failure.ts'
import { type BatchParts, keepLearned, lockProfiles, writeLearned } from './batch.ts'
import { type Lesson, teachCheckpoints } from './late.ts'

const TRIES = 8

/**
 * Takes a person's verdict on an alert, in one transaction: `compromised` takes back what its events taught, `safe`
 * teaches them at full weight, `dismissed` leaves both; all close it. The first two are what the trainer fits feedback on. Judging again goes from what was judged before.
 * Null where there is no such alert.
 */
export async function settleAlert(
  parts: BatchParts,
  tenant: TenantId,
  alertId: string,
  feedback: Feedback,
): Promise<AlertSummary | null> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await settleOnce(parts, tenant, alertId, feedback)
    } catch (error) {
      if (failureKind(error) !== 'conflict' || attempt === TRIES) throw error
    }
  }
}

async function settleOnce(
  parts: BatchParts,
  tenant: TenantId,
  alertId: string,
  feedback: Feedback,
): Promise<AlertSummary | null> {
  const population = await parts.populations.of(tenant)
  const done = await parts.store.transact(tenant, async (batch) => {
    const known = await batch.learnedOf(alertId)
    if (known === null) return null
    const working = await lockProfiles(parts.profiles, batch, tenant, entitiesOf(known))
    const delta = createDelta()
    const learned = new Map<EventKey, number>()
    const touched = new Set<string>()
    const lessons: Lesson[] = []
    for (const one of (await batch.learnedOf(alertId)) ?? []) {
      const target = targetWeight(feedback, one.learned)
      const own = working.get(one.input.entity.key)
      const { entity, event } = one.input
      noteVerdict(entity.key, event.time, feedback.verdict, feedback.time, population, delta)
      // An event of yet another identity that joined since the lock keeps its weight.
      if (own === undefined || target === one.learned) continue
      teach(one.input, target - one.learned, own.profile, delta, population)
      lessons.push({ input: one.input, weight: target - one.learned })
      learned.set(one.key, target)
      touched.add(own.entity.key)
    }
    for (const entity of touched) await teachCheckpoints(batch, entity, lessons, population)
    const changed = [...working.values()].filter(({ entity }) => touched.has(entity.key))
    const mark = await writeLearned(batch, changed, delta)
    return { alert: await batch.settle(alertId, feedback, learned), changed, delta, mark }
  })
  if (done === null) return null
  keepLearned(parts, tenant, done.changed, done.delta, done.mark)
  return done.alert
}

function targetWeight(feedback: Feedback, learned: number): number {
  if (feedback.verdict === 'compromised') return 0
  return feedback.verdict === 'safe' ? 1 : learned
}

function entitiesOf(events: readonly LearnedEvent[]): readonly Entity[] {
  return [...new Map(events.map(({ input }) => [input.entity.key, input.entity])).values()]
}
