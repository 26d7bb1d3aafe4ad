// npm run bench -- drift: a life of models on embedded PostgreSQL, in a world with attacks whose people change their habits at once, a
// week after the other. Models are refitted and promoted by themselves; in the middle a candidate that tells nobody from anybody
// comes into shadow, and later somebody promotes, against the gates, one that finds every coincidence strange. What became of
// honest sign-ins, of attacks and of alerts is told week by week, and at the end the record that people read.
// Another world: node bench/drift.bench.ts crews:2
import { mkdtempSync, rmSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type AlertDraft,
  catalogue,
  defaultPolicy,
  encodeModels,
  type Models,
} from '../packages/engine/src/index.ts'
import { wilsonInterval } from '../packages/engine/src/lab/index.ts'
import { startEmbedded } from '../packages/server/src/adapters/postgres/embedded.ts'
import { openPostgres } from '../packages/server/src/adapters/postgres/postgres.ts'
import { asText, number, percent } from '../packages/server/src/evaluate/cells.ts'
import { worldLookups } from '../packages/server/src/evaluate/lookups.ts'
import {
  type IncidentRow,
  measureCampaigns,
} from '../packages/server/src/evaluate/measure-campaigns.ts'
import { arrivingOf, playTenant } from '../packages/server/src/evaluate/play-pipeline.ts'
import { kindOf } from '../packages/server/src/evaluate/rows.ts'
import { isSignIn } from '../packages/server/src/evaluate/run.ts'
import { networkOf } from '../packages/server/src/ports/incident-growth.ts'
import type { ArrivingEvent } from '../packages/server/src/ports/store.ts'
import {
  createWorld,
  DRIFT_WEEKS,
  type Family,
  type Truth,
} from '../packages/simulator/src/index.ts'

const DAY = 86_400_000
const START = Date.UTC(2025, 0, 6)
const PEOPLE = 300
/** Days: the first that counts, the first of the drift, of the broken candidate, of the bad promotion, and how many there are. */
const [COUNTED, DRIFT, BROKEN, BAD, DAYS] = [14, 21, 38, 45, 56]
/** What is judged before any of it is learned from: so many events, and no more than so much time of the stream, ms. */
const [BATCH, LONGEST] = [500, 1_800_000]

interface Judged {
  readonly time: number
  readonly isAttack: boolean
  readonly risk: number
  readonly version: number
}

const [family, seed] = (process.argv.slice(2).find((one) => /:/.test(one)) ?? 'offices:1').split(
  ':',
) as [Family, string]
const folder = mkdtempSync(join(tmpdir(), 'gatewatch-bench-'))
await chmod(folder, 0o755)
const server = await startEmbedded(folder)
let now = START
const clock = () => now
const storage = await openPostgres(server.owner, { clock, lanes: 1 })
const life = await playTenant(storage, 'drifting', clock, (error) => {
  throw error
})
const { tenant, desk, trainer } = life

const world = createWorld({
  family,
  seed: Number(seed),
  people: PEOPLE,
  days: DAYS,
  start: START,
  drift: DRIFT,
})
const lookups = worldLookups(world)
const events = world.events()[Symbol.iterator]()
const truths = new Map<string, Truth>()
const rows: Judged[] = []
const incidents: (IncidentRow & { readonly version: number })[] = []
const told: { time: number; isKeptBack: boolean }[] = []
let next = events.next()

/** Plays until a day begins, or until something is so. */
async function playUntil(day: number, isOver: () => Promise<boolean> = async () => false) {
  while (next.done !== true && next.value.event.time < START + day * DAY) {
    const batch: ArrivingEvent[] = []
    const until = next.value.event.time + LONGEST
    for (; next.done !== true && batch.length < BATCH; next = events.next()) {
      if (next.value.event.time > until) break
      const arriving = arrivingOf(next.value, lookups)
      truths.set(arriving.key, next.value.truth)
      batch.push(arriving)
    }
    now = batch.at(-1)?.event.time ?? now
    const { judged, alerts } = await life.take(batch)
    for (const { arriving, verdict, alert } of judged) note(arriving, verdict, alert)
    for (const { alert, isNew } of alerts)
      if (isNew) told.push({ time: alert.first_seen, isKeptBack: alert.status === 'kept_back' })
    if (await isOver()) return
  }
}

function note(
  { key, event, entity, context }: ArrivingEvent,
  { risk, models }: { readonly risk: number; readonly models?: number | undefined },
  alert: AlertDraft | null,
) {
  const group = alert?.group ?? null
  const truth = truths.get(key)
  truths.delete(key)
  if (truth === undefined || event.time < START + COUNTED * DAY) return
  const { time } = event
  const kind = kindOf(truth.label)
  if (isSignIn(event) && entity.class !== 'service' && kind !== 'activity')
    rows.push({ time, isAttack: kind === 'attack', risk, version: models ?? 1 })
  if (truth.label === 'benign' && group === null) return
  const isCampaign = group?.startsWith('campaign:') === true
  const { label, victim = entity.key, campaign = '' } = truth
  incidents.push({
    version: models ?? 1,
    time,
    entity: entity.key,
    group,
    isCampaign,
    isSuccess: event.status_id === 1,
    belonging: {
      from: networkOf(context.network),
      isSignIn: event.class_uid === 3002,
      range: context.network?.prefix,
      isNewRange: alert?.origin !== undefined,
      wave: alert?.wave,
    },
    truth: { label, victim, campaign },
  })
}

const stateOf = async (version: number) =>
  (await desk.list(tenant)).versions.find((one) => one.version === version)?.state

/** Puts a version into shadow beside the active one; false where another is there. */
async function intoShadow(version: number, reason: string, change: (before: Models) => Models) {
  const before = await trainer.of(tenant)
  const { card } = await desk.explain(tenant, before.version)
  if (card === null) throw new Error('no version was fitted before the broken one')
  const body = encodeModels({ ...change(before), version })
  const [parent, by] = [before.version, 'the bench']
  return trainer.change(tenant, async (current) =>
    current.some(({ state }) => state === 'shadow')
      ? null
      : { kind: 'shadow', version, body, card, parent, by, reason },
  )
}

await playUntil(BROKEN)
const mute = (await life.events()) + 1
const silent = (before: Models) => ({ ...before, head: before.head.map(() => 0), members: [] })
while (!(await intoShadow(mute, 'tells nobody from anybody', silent)))
  await playUntil(DAYS, async () => true)
await playUntil(BAD, async () => (await stateOf(mute)) !== 'shadow')
const refused = await desk.explain(tenant, mute)
await playUntil(BAD)

const loud = (await life.events()) + 2
const together = catalogue.map(({ name }) => name.endsWith('together'))
const strict = (before: Models) => ({
  ...before,
  head: before.head.map((weight, k) => (together[k] ? 60 : weight)),
})
while (!(await intoShadow(loud, 'finds every coincidence strange', strict)))
  await playUntil(DAYS, async () => true)
await desk.promote(tenant, loud, 'ada', 'it looked good')
await playUntil(DAYS, async () => (await stateOf(loud)) !== 'active')
const rolledBack = await desk.explain(tenant, loud)
const after = await trainer.of(tenant)
await playUntil(DAYS)

const { challengeAt, alertAt } = defaultPolicy
const bad = rows.filter(({ version }) => version === loud)
const own = rows.filter(({ version }) => version !== loud)
const weekOf = (time: number) => Math.floor((time - START - DRIFT * DAY) / (7 * DAY))
const nameOf = (week: number) =>
  week < 0 ? 'before' : (DRIFT_WEEKS[week]?.replaceAll('_', ' ') ?? 'after')
const share = (those: readonly Judged[], at: number) =>
  those.filter(({ risk }) => risk >= at).length / those.length
const line = (name: string, those: readonly Judged[]) => {
  const honest = those.filter(({ isAttack }) => !isAttack)
  const attacks = those.filter(({ isAttack }) => isAttack)
  const challenged = honest.filter(({ risk }) => risk >= challengeAt).length
  const [low, high] = wilsonInterval(challenged, honest.length)
  return [
    name,
    String(honest.length),
    `${percent(challenged / honest.length, 2)} (${percent(low, 2)}-${percent(high, 2)})`,
    percent(share(honest, alertAt), 2),
    String(attacks.length),
    percent(share(attacks, challengeAt)),
  ]
}
const weeks = Map.groupBy(own, ({ time }) => nameOf(weekOf(time)))
const days = DAYS - COUNTED
const falseAlerts = (those: readonly IncidentRow[], over: number) =>
  number(measureCampaigns(those, over, PEOPLE).falseAlertsPerDayPer1000, 2)
const ownAlerts = incidents.filter(({ version }) => version !== loud)
const alertsOf = Map.groupBy(ownAlerts, ({ time }) => nameOf(weekOf(time)))
const counted = told.filter(({ time }) => time >= START + COUNTED * DAY)
const perDay = [...Map.groupBy(counted, ({ time }) => Math.floor(time / DAY)).values()].map(
  (those) => those.filter(({ isKeptBack }) => !isKeptBack).length,
)
const { versions, notes } = await desk.list(tenant)
const record = notes.toReversed().map(({ time, version, change, by, reason }) => {
  const day = Math.floor((time - START) / DAY)
  return `day ${day}, version ${version}: ${change} by ${by}: ${reason}`
})
const gates = (those: typeof refused.gates) =>
  those.filter(({ passed }) => !passed).map(({ gate, text }) => `${gate}: ${text}`)
console.log(
  asText([
    {
      title: `${family}, seed ${seed}: ${PEOPLE} people, ${DAYS} days, drift from day ${DRIFT} on, ${versions.length} versions`,
      lines: [
        `Promised are ${percent(10 ** (-challengeAt / 25), 2)} % at the challenge line and ${percent(10 ** (-alertAt / 25), 2)} % at the alert line of honest sign-ins.`,
        `Alerts of every kind from day ${COUNTED} on: ${falseAlerts(ownAlerts, days)} false ones a day and 1,000 people, ${falseAlerts(incidents, days)} with those of the bad promotion; most told on a day ${Math.max(0, ...perDay)}.`,
        `The bad promotion judged ${bad.length} sign-ins and challenged ${percent(share(bad, challengeAt))} % of them; they are in no week.`,
      ],
      table: [
        [
          'week',
          'honest sign-ins',
          'challenged, % (95 %)',
          'at the alert line, %',
          'attacks',
          'challenged, %',
          'false alerts a day and 1,000 people',
        ],
        ...[...weeks].map(([name, those]) => [
          ...line(name, those),
          falseAlerts(alertsOf.get(name) ?? [], 7),
        ]),
        [...line('all', own), falseAlerts(ownAlerts, days)],
      ],
    },
    {
      title: `The broken candidate, version ${mute}: ${refused.state}`,
      lines: gates(refused.gates),
      table: [],
    },
    {
      title: `The bad promotion, version ${loud}: ${rolledBack.state}; version ${after.version} judges again`,
      lines: gates(rolledBack.gates),
      table: [],
    },
    { title: 'The record:', lines: record, table: [] },
  ]),
)
if (
  refused.state !== 'refused' ||
  rolledBack.state !== 'refused' ||
  after.version !== rolledBack.replaced
)
  throw new Error('a broken version was not refused, or a bad one not rolled back')
await life.stop()
await storage.close()
await server.stop()
rmSync(folder, { recursive: true, force: true })
