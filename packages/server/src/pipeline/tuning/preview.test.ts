import type { Preview, TuningChange } from '@gatewatch/schema'
import { beforeAll, expect, test } from 'vitest'
import { memoryStorage } from '../../adapters/memory/memory.ts'
import { NOON } from '../../ports/samples.contract.ts'
import type { ArrivingEvent, TenantId } from '../../ports/store.ts'
import { attackedHistory, visitedHistory } from '../history.contract.ts'
import { createPipeline } from '../pipeline.ts'
import { createTuningDesk } from './tuning-desk.ts'

const ALERTS_PER_DAY = 20
const storage = memoryStorage(() => NOON)
const accounts = {
  tenant: async () => ({ name: 'any', hashKey: new Uint8Array(16).fill(7), demo: false }),
}

/** Sign-ins before the first stranger's. */
const QUIET = 2_900

/** A stranger of whom every second one stands where the person does. */
function stranger(event: ArrivingEvent, n: number): ArrivingEvent {
  const { place } = event.context
  if (place?.country !== 'BR' || n % 2 === 0) return event
  const who = Number(event.entity.name.slice('person '.length))
  const home = { ...place, country: 'SE', city: `city ${who}`, lat: who }
  return { ...event, context: { ...event.context, place: home } }
}

/** Three thousand sign-ins, strangers among them, and two people who delete databases by the dozen, in order of time. */
const history: readonly ArrivingEvent[] = [
  ...visitedHistory().map(stranger),
  ...attackedHistory().filter(({ event }) => event.class_uid === 6003),
].sort((a, b) => a.event.time - b.event.time)

function start() {
  const pipeline = createPipeline({
    ...storage,
    accounts,
    alertsPerDay: ALERTS_PER_DAY,
    clock: () => NOON,
    onError: (error) => expect.unreachable(String(error)),
  })
  const desk = createTuningDesk({
    ...storage,
    accounts,
    models: pipeline.judging,
    onChange: pipeline.tuned,
    alertsPerDay: ALERTS_PER_DAY,
    clock: () => NOON,
  })
  return { pipeline, desk }
}

/** A tenant to whom all of it happened, what is strange one event after the other, after these changes. */
async function tenantAfter(name: string, changes: readonly TuningChange[]): Promise<TenantId> {
  const { id } = await storage.accounts.ensureTenant(name, false)
  const { pipeline, desk } = start()
  for (const change of changes) await desk.change(id, change, 'ada')
  const first = history.findIndex(({ event }) => event.class_uid === 6003)
  const quiet = Math.min(QUIET, first)
  await pipeline.publish(id, history.slice(0, quiet))
  for (const event of history.slice(quiet)) await pipeline.publish(id, [event])
  await pipeline.close()
  return id
}

/** What happened: each strange event's decision, and the alerts that were told, by id. */
async function whatHappened(tenant: TenantId) {
  const query = { from: 0, to: NOON + 1, limit: 100_000 } as const
  const events = await storage.reader.past(tenant, { ...query, which: 'all' })
  const page = await storage.reader.alerts(tenant, { limit: 10_000, status: 'open' })
  return {
    decisions: new Map(events.map(({ key, verdict }) => [key, verdict.decision])),
    scores: new Map(events.map(({ key, verdict }) => [key, verdict.score])),
    told: new Map(page.alerts.map((alert) => [alert.id, alert])),
  }
}

const policy = { challenge_at: 63, deny_at: 95, alert_at: 75, groups: [] }
const why = 'to see what happens'
const hide = { kind: 'suppress', days: 30, why } as const
const CHANGES: Readonly<Record<string, TuningChange>> = {
  'challenges, and alerts that need them, from a higher risk': {
    kind: 'policy',
    policy: { ...policy, challenge_at: 88 },
    why,
  },
  'alerts and challenges from a lower risk': {
    kind: 'policy',
    policy: { ...policy, challenge_at: 55, alert_at: 50 },
    why,
  },
  'a small budget': { kind: 'policy', policy: { ...policy, alerts_per_day: 2 }, why },
  'groups with limits and budgets of their own': {
    kind: 'policy',
    policy: {
      ...policy,
      alert_at: 70,
      groups: [
        { name: 'tens', match: { identities: ['user:person 1*'] }, alerts_per_day: 1 },
        { name: 'others', match: { class: 'human' }, challenge_at: 80, alert_at: 95 },
      ],
    },
    why,
  },
  'a suppression of a rule': { ...hide, match: { rule: 'impossible_travel' } },
  'a suppression of a network': { ...hide, match: { network: 'AS64570' } },
  'a suppression of travel between two countries': { ...hide, match: { countries: ['SE', 'BR'] } },
}

let before: TenantId
let was: Awaited<ReturnType<typeof whatHappened>>
beforeAll(async () => {
  before = await tenantAfter('before', [])
  was = await whatHappened(before)
}, 120_000)

test('what happened has something to change: alerts of several kinds, beyond budgets too', async () => {
  expect(was.told.size).toBeGreaterThan(8)
  expect(new Set(was.decisions.values()).size).toBeGreaterThan(1)
})

test.each(Object.entries(CHANGES))(
  'what a preview says of %s is what then happens',
  async (name, change) => {
    const { pipeline, desk } = start()
    const preview: Preview = await desk.preview(before, change, 'ada')
    await pipeline.close()
    expect(preview).toMatchObject({ how: 'stored_scores', left_out: 0, complete: true })

    const after = await whatHappened(await tenantAfter(name, [change]))
    expect(after.scores).toEqual(was.scores)
    const eventsOf = (some: ReadonlyMap<string, unknown>) => [...some.keys()]
    expect(preview.alerts_before).toBe(was.told.size)
    expect(preview.alerts_after).toBe(after.told.size)
    const removed = eventsOf(was.told).filter((id) => !after.told.has(id))
    const added = eventsOf(after.told).filter((id) => !was.told.has(id))
    const named = ({ alerts }: Preview['added']) => alerts.map(({ id }) => id)
    expect(removed).toEqual(expect.arrayContaining(named(preview.removed)))
    expect(added).toEqual(expect.arrayContaining(named(preview.added)))
    expect(preview.added.count - preview.removed.count).toBe(added.length - removed.length)
    const changes = new Map<string, number>()
    for (const [key, from] of was.decisions) {
      const to = after.decisions.get(key)
      if (to === from) continue
      changes.set(`${from} ${to}`, (changes.get(`${from} ${to}`) ?? 0) + 1)
    }
    const said = preview.decisions.map(({ from, to, events }) => [`${from} ${to}`, events] as const)
    expect(new Map(said)).toEqual(changes)
    expect(preview.removed.count + preview.added.count + said.length).toBeGreaterThan(0)
  },
  60_000,
)

test('what a preview says is lost of incidents that people confirmed is what is lost', async () => {
  const tenant = await tenantAfter('confirmed', [])
  const { pipeline, desk } = start()
  const [alert] = (
    await storage.reader.alerts(tenant, { limit: 100, status: 'open' })
  ).alerts.filter(({ severity }) => severity !== 'critical')
  const id = alert?.id ?? ''
  await pipeline.feedback(tenant, id, { verdict: 'compromised', by: 'ada', time: NOON })
  const change = { ...hide, match: { identity: alert?.entity ?? '' } }
  const preview = await desk.preview(tenant, change, 'ada')
  expect(preview.known_lost.alerts.map((one) => one.id)).toEqual([id])
  expect(preview.hidden).toBeGreaterThan(0)
  const harmless = await desk.preview(tenant, { ...hide, match: { identity: 'nobody' } }, 'ada')
  expect(harmless).toMatchObject({ known_lost: { count: 0 }, removed: { count: 0 } })
  await pipeline.close()
}, 60_000)

test('rolled back, everything happens as if nothing had been tuned', async () => {
  const changes = Object.values(CHANGES)
  const back = { kind: 'roll_back', version: 0, why } as const
  expect(await whatHappened(await tenantAfter('rolled back', [...changes, back]))).toEqual(was)
}, 60_000)
