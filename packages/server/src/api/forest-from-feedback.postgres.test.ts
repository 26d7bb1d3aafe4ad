import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultPolicy } from '@gatewatch/engine'
import { Alert, AlertPage, type EnrichedEvent, ModelDetail, ModelList } from '@gatewatch/schema'
import { createWorld } from '@gatewatch/simulator'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { assemble } from '../app.ts'
import { createLog, openDatabase } from '../app-database.ts'
import { createIntake } from '../app-intake.ts'
import { readConfig } from '../config.ts'
import { worldLookups } from '../evaluate/lookups.ts'
import { enrich } from '../pipeline/enrich.ts'
import { chunks } from '../pipeline/history.contract.ts'
import { contentHash, eventKey } from '../pipeline/keys.ts'
import { createPipeline } from '../pipeline/pipeline.ts'
import { createPopulations } from '../pipeline/populations.ts'
import { createTrainer } from '../pipeline/trainer.ts'
import { alertingFrom } from '../ports/tunings.contract.ts'
import { createAsker } from './asker.contract.ts'

const DAY = 86_400_000
const START = Date.UTC(2026, 4, 4)
const QUIET = 8
const DAYS = 26
/** Verdicts at which a version is looked for that has a forest. */
const ENOUGH = 90
/** Strangers a day, of both kinds. */
const EACH_DAY = 20

const COUNTRIES = [
  'PA',
  'RO',
  'SG',
  'IS',
  'CL',
  'NZ',
  'ZA',
  'TH',
  'KE',
  'PE',
  'VN',
  'MA',
  'UY',
  'LK',
  'GH',
  'NP',
]

const asker = createAsker()
const { ask, post } = asker
let now = START
let stop = async () => {}
let running: Awaited<ReturnType<typeof start>>

async function start() {
  const dataDir = await mkdtemp(join(tmpdir(), 'gatewatch-forest-'))
  // PostgreSQL does not run as root, and its user must be able to enter.
  await chmod(dataDir, 0o755)
  const config = readConfig({ dataDir, alertsPerDay: '1000' }, {})
  const log = createLog('error')
  const database = await openDatabase(config, log)
  const { accounts, deadLetters, populationLog, modelLog } = database.storage
  const world = createWorld({ seed: 4, people: 100, days: DAYS, attacks: 0, start: START })
  const lookups = worldLookups(world)
  const clock = () => now
  const assembled = await assemble(config, database, createIntake(lookups), log, null, clock)
  const onError = (error: unknown) => expect.unreachable(String(error))
  const members = config.members
  // people are shown more than they would be: one sign-in in four
  const tunings = alertingFrom(15)
  const storage = database.storage
  const pipeline = createPipeline({
    ...storage,
    clock,
    tunings,
    members,
    alertsPerDay: 1_000,
    onError,
  })
  // another process of the same configuration, whose trainer looks when it is told to
  const populations = createPopulations({ log: populationLog, accounts, clock, onError })
  const trainer = createTrainer({
    log: modelLog,
    populations,
    policy: defaultPolicy,
    head: config.head,
    optional: config.members,
    onError,
  })
  stop = async () => {
    await trainer.close()
    await populations.close()
    await pipeline.close()
    await assembled.close()
    await database.close()
    await rm(dataDir, { recursive: true, force: true })
  }
  await asker.begin({ api: assembled.api, accounts, deadLetters, close: stop })
  return { pipeline, populations, trainer, world, lookups }
}

beforeAll(async () => {
  running = await start()
}, 120_000)
afterAll(() => stop())

const arriving = (input: EnrichedEvent) => ({
  ...input,
  key: eventKey(input.event.source, input.event.uid),
  content: contentHash(input.event),
  backfill: false,
})

/**
 * A sign-in on a new device abroad: of somebody who updated everything the day before, which is harmless here though it is the
 * stranger of the two, or with what the identity always uses.
 */
function abroad(input: EnrichedEvent, n: number, updated: boolean): EnrichedEvent {
  const { event, context } = input
  const prefix = `198.${18 + (n >> 8)}.${n & 255}`
  const country = COUNTRIES[(n >> 1) % COUNTRIES.length] ?? 'PA'
  return {
    ...input,
    event: {
      ...event,
      uid: `${updated ? 'updated' : 'as ever'} ${n}`,
      time: event.time + 300_000,
      src: { ip: `${prefix}.7`, ip_kind: 'public' },
      device: { uid: `device ${n}` },
    },
    context: {
      ...context,
      place: { country, city: `${country} ${n}`, lat: -30, long: n % 180, provider: 'geoip' },
      network: { prefix: `${prefix}.0/24`, asn: 64_000 + n, class: 'residential' },
      client: {
        ...context.client,
        ...(updated ? { os_version: `${n}.0`, browser_version: `${n}.1` } : {}),
      },
    },
  }
}

test('verdicts over the API teach a random forest, which judges once later verdicts show its use', async () => {
  const { pipeline, populations, trainer, world, lookups } = running
  const tenant = asker.tenant()
  const get = async (url: string) => (await ask('admin', { url })).json()
  const models = async () => ModelList.parse(await get('/v1/models'))
  const detail = async (version: number) => ModelDetail.parse(await get(`/v1/models/${version}`))
  const look = async () => {
    await populations.refresh(tenant)
    await trainer.train(tenant)
  }
  const days = Map.groupBy(
    [...world.events()]
      // sign-ins are all that verdicts teach of
      .filter(({ event }) => event.class_uid === 3002)
      .map(({ event }) => enrich(event, lookups)),
    ({ event }) => Math.floor((event.time - START) / DAY),
  )
  let strangers = 0
  let verdicts = 0
  let isForest = false
  const judged = new Set<string>()
  for (const [day, events] of [...days].sort(([a], [b]) => a - b)) {
    const abroadToday = new Map<string, EnrichedEvent>()
    for (const input of day < QUIET ? [] : events) {
      const { event, entity } = input
      const isPerson = entity.class === 'human' && event.class_uid === 3002 && event.status_id === 1
      if (!isPerson || abroadToday.has(entity.key) || abroadToday.size >= EACH_DAY) continue
      strangers++
      abroadToday.set(entity.key, abroad(input, strangers, strangers % 2 === 0))
    }
    const all = [...events, ...abroadToday.values()].toSorted((a, b) => a.event.time - b.event.time)
    for (const chunk of chunks(all.map(arriving), 400)) await pipeline.publish(tenant, chunk)
    now = START + (day + 1) * DAY
    const { alerts } = AlertPage.parse(await get('/v1/alerts?status=open&limit=200'))
    for (const { id, entity, last_seen } of alerts) {
      // people judge the day's strangers
      if (last_seen < START + day * DAY || !abroadToday.has(entity)) continue
      const { verdict } = Alert.parse(await get(`/v1/alerts/${id}`))
      if (!/^(as ever|updated)/.test(verdict.uid)) continue
      now += 1000
      const said = { verdict: verdict.uid.startsWith('as ever') ? 'compromised' : 'safe' }
      expect((await post('analyst', `/v1/alerts/${id}/feedback`, said)).statusCode).toBe(200)
      judged.add(entity)
      verdicts++
    }
    // the first version waits for verdicts; the next one has them
    if (day > QUIET + 1 && verdicts < ENOUGH) continue
    await look()
    await look()
    const { active, versions } = await models()
    const own = versions.find(({ version }) => version === active)
    isForest = own?.members?.includes('random_forest') === true
    if (isForest) break
  }
  const record = (await models()).notes.map(
    ({ version, change, reason }) => `${version} ${change}: ${reason}`,
  )
  expect([isForest, ...record]).toEqual([true, ...record])

  const { active, versions } = await models()
  const promoted = await detail(active)
  expect(promoted).toMatchObject({
    state: 'active',
    by: 'gatewatch',
    reason: 'no worse in any gate',
  })
  expect(promoted.gates.every(({ passed }) => passed)).toBe(true)
  expect(promoted.card).toMatchObject({ switched_on: ['random_forest'], left: {} })
  // those before say why they were without
  const without = await Promise.all(versions.map(({ version }) => detail(version)))
  const reasons = without.flatMap(({ card }) => card?.left?.random_forest ?? [])
  expect(reasons.at(-1)).toContain('it waits for 20 verdicts of each kind')
  const [input] = days.get(0) ?? []
  if (input === undefined) throw new Error('a world has events')
  await vi.waitFor(
    async () => {
      const event = { ...input.event, uid: `later ${performance.now()}`, time: now }
      expect((await pipeline.assess(tenant, arriving({ ...input, event }))).models).toBe(active)
    },
    { timeout: 60_000, interval: 500 },
  )

  // who is erased is no example any more
  await populations.refresh(tenant)
  const kept = async () => (await populations.of(tenant)).samples.judged.length
  const before = await kept()
  const [gone = ''] = judged
  const erased = await ask('admin', {
    method: 'DELETE',
    url: `/v1/entities/${encodeURIComponent(gone)}`,
  })
  expect(erased.statusCode).toBe(200)
  await populations.refresh(tenant)
  expect(await kept()).toBeLessThan(before)
  expect(await kept()).toBeGreaterThan(0)
}, 300_000)
