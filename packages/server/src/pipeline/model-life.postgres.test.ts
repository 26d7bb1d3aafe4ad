import { catalogue, defaultModels, defaultPolicy, encodeModels } from '@gatewatch/engine'
import type { ModelNote } from '@gatewatch/schema'
import { createWorld } from '@gatewatch/simulator'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPostgres, type PostgresStorage } from '../adapters/postgres/postgres.ts'
import { prepareRoles } from '../adapters/postgres/roles.ts'
import type { ServerAddress } from '../adapters/postgres/server-address.ts'
import { startTestServer, type TestServer } from '../adapters/postgres/test-server.ts'
import { worldLookups } from '../evaluate/lookups.ts'
import { EMPTY_CARD } from '../ports/model-log.contract.ts'
import type { ArrivingEvent, TenantId } from '../ports/store.ts'
import { commitBatch } from './batch.ts'
import { enrich } from './enrich.ts'
import { chunks } from './history.contract.ts'
import { contentHash, eventKey } from './keys.ts'
import { createModelDesk } from './model-desk.ts'
import { outcomesOf } from './note-outcomes.ts'
import { createPopulations } from './populations.ts'
import { createProfileCache } from './profile-cache.ts'
import { createTrainer } from './trainer.ts'

const DAY = 86_400_000
const START = Date.UTC(2026, 4, 4)
const DAYS = 34
/** From this day on the world drifts; until the other one it is left to itself. */
const DRIFT = 10
const UNDISTURBED = 24
const END = START + DAYS * DAY
const me = { by: 'a test', reason: 'made to fail' }

let server: TestServer
let admin: ServerAddress
let storage: PostgresStorage

beforeAll(async () => {
  server = await startTestServer()
  admin = await server.newDatabase()
  storage = await openPostgres(admin, { clock: () => END, lanes: 1 })
})
afterAll(async () => {
  await storage.close()
  await server.stop()
})

/** Everything that judges one tenant, without lanes and with a trainer that looks after each batch. */
async function startLife(name: string) {
  const tenant = (await storage.accounts.ensureTenant(name, false)).id
  const onError = (error: unknown) => expect.unreachable(String(error))
  const { accounts, modelLog: log, store } = storage
  const clock = () => END
  const populations = createPopulations({ log: storage.populationLog, accounts, clock, onError })
  const policy = defaultPolicy
  const trainer = createTrainer({ log, populations, policy, head: 'fitted', optional: [], onError })
  const desk = createModelDesk({ log, populations, trainer, policy })
  const profiles = createProfileCache(1_000)
  const parts = {
    store,
    populations,
    trainer,
    profiles,
    policy,
    alertsPerDay: 100,
    keptFrom: () => 0,
  }
  const realised = { judged: 0, challenged: 0, alerted: 0 }
  return {
    tenant,
    desk,
    trainer,
    realised,
    events: async () => (await populations.of(tenant)).events,
    async take(events: readonly ArrivingEvent[]) {
      const items = events.map((arriving) => ({ arriving, kept: true }))
      const { judged } = await commitBatch(parts, tenant, items)
      for (const [version, outcomes] of outcomesOf(judged, policy)) {
        trainer.note(tenant, version, outcomes)
        realised.judged += outcomes.judged
        realised.challenged += outcomes.challenged
        realised.alerted += outcomes.alerted
      }
      await trainer.train(tenant)
    },
    async stop() {
      await trainer.close()
      await populations.close()
    },
  }
}

function driftingWorld(): readonly ArrivingEvent[] {
  const world = createWorld({
    seed: 2,
    people: 70,
    days: DAYS,
    attacks: 0,
    start: START,
    drift: DRIFT,
  })
  const lookups = worldLookups(world)
  return [...world.events()].map(({ event }) => ({
    ...enrich(event, lookups),
    key: eventKey(event.source, event.uid),
    content: contentHash(event),
    backfill: false,
  }))
}

const told = (notes: readonly ModelNote[]) =>
  notes
    .toReversed()
    .map(({ version, change, by, reason }) => `${version} ${change} by ${by}: ${reason}`)

describe('the life of models in an organisation that drifts, on PostgreSQL', () => {
  test('refits and holds its promise, refuses what is broken, rolls back what does not hold, and leaves a record', async () => {
    const life = await startLife('drifting')
    const { tenant, desk, trainer } = life
    const pieces = chunks(driftingWorld(), 400)
    const until = (day: number) => START + day * DAY
    const playUntil = async (day: number, isOver: () => Promise<boolean> = async () => false) => {
      while ((pieces[0]?.[0]?.event.time ?? Number.POSITIVE_INFINITY) < until(day)) {
        await life.take(pieces.shift() ?? [])
        if (await isOver()) return
      }
    }
    const stateOf = async (version: number) =>
      (await desk.list(tenant)).versions.find((one) => one.version === version)?.state

    await playUntil(DRIFT)
    const early = await trainer.of(tenant)
    Object.assign(life.realised, { judged: 0, challenged: 0, alerted: 0 })
    await playUntil(UNDISTURBED)
    const late = await trainer.of(tenant)
    expect(late.version).toBeGreaterThan(early.version)
    expect(late.head).not.toEqual(early.head)
    const { judged, challenged, alerted } = life.realised
    expect(judged).toBeGreaterThan(1_000)
    // promised are 0.30 % and 0.10 %; nobody attacks
    expect(challenged / judged).toBeLessThan(0.009)
    expect(alerted / judged).toBeLessThan(0.003)
    const report = await desk.drift(tenant)
    expect(report.version).toBe(late.version)
    const counted = (await desk.list(tenant)).versions.map(({ outcomes }) => outcomes.judged)
    expect(counted.reduce((sum, one) => sum + one, 0)).toBeGreaterThan(1_000)

    // a candidate that tells nobody from anybody
    const mute = (await life.events()) + 1
    const card = (await desk.explain(tenant, late.version)).card ?? EMPTY_CARD
    const body = encodeModels({ ...late, version: mute, head: late.head.map(() => 0), members: [] })
    const shadow = { kind: 'shadow', card, parent: late.version, ...me } as const
    expect(await trainer.change(tenant, async () => ({ ...shadow, version: mute, body }))).toBe(
      true,
    )
    await playUntil(DAYS, async () => (await stateOf(mute)) !== 'shadow')
    const refused = await desk.explain(tenant, mute)
    expect(refused).toMatchObject({ state: 'refused', by: 'gatewatch' })
    expect(refused.reason).toContain('strangers: ')
    expect(refused.gates.filter(({ passed }) => !passed).length).toBeGreaterThan(0)
    expect(refused.notes.map(({ change }) => change)).toEqual(['refused', 'fitted'])
    expect(await trainer.of(tenant)).not.toMatchObject({ version: mute })

    // somebody promotes a version that finds every little coincidence strange, against the gates
    const before = await trainer.of(tenant)
    const loud = (await life.events()) + 2
    const patterns = catalogue.map(({ name }) => name.endsWith('together'))
    const strict = before.head.map((weight, k) => (patterns[k] ? 60 : weight))
    const loudBody = encodeModels({ ...before, version: loud, head: strict })
    await trainer.change(tenant, async () => ({ ...shadow, version: loud, body: loudBody }))
    const promoted = await desk.promote(tenant, loud, 'ada', 'it looked good')
    expect(promoted).toMatchObject({ state: 'active', by: 'ada', replaced: before.version })
    expect(promoted.gates.some(({ passed }) => !passed)).toBe(true)
    expect((await trainer.of(tenant)).version).toBe(loud)
    await playUntil(DAYS, async () => (await stateOf(loud)) !== 'active')
    const bad = await desk.explain(tenant, loud)
    expect(bad).toMatchObject({ state: 'refused', by: 'gatewatch' })
    expect(bad.reason).toContain('too many')
    expect(bad.notes.map(({ change, by }) => `${change} by ${by}`)).toEqual([
      'rolled_back by gatewatch',
      'promoted by ada',
      'fitted by a test',
    ])
    expect((await trainer.of(tenant)).version).toBe(before.version)
    const record = told((await desk.list(tenant)).notes)
    expect(record.at(-1)).toContain('rolled_back by gatewatch')

    // in one call
    const undone = await desk.rollBack(tenant, 'ada', 'as before')
    expect(undone).toMatchObject({ version: before.version, state: 'refused', by: 'ada' })
    expect((await trainer.of(tenant)).version).toBe(undone.replaced)

    const other = await startLife('bystander')
    expect(await other.desk.list(other.tenant)).toEqual({ active: 1, versions: [], notes: [] })
    await expect(other.desk.explain(other.tenant, loud)).rejects.toThrow('no version')
    await expect(other.desk.promote(other.tenant, late.version, 'eve', 'x')).rejects.toThrow()
    await expect(other.desk.rollBack(other.tenant, 'eve', 'x')).rejects.toThrow(
      'nothing to roll back',
    )
    await other.stop()
    await life.stop()
  }, 600_000)

  test('versions that an older build stored judge as they did: the newest is active', async () => {
    const life = await startLife('older')
    const { tenant, desk, trainer } = life
    await insertAsBefore(tenant, 5_000)
    await insertAsBefore(tenant, 9_000)
    const models = await trainer.of(tenant)
    expect(models.version).toBe(9_000)
    expect(models.head).not.toEqual(defaultModels.head)
    const { active, versions } = await desk.list(tenant)
    expect(active).toBe(9_000)
    expect(versions).toMatchObject([
      { version: 9_000, state: 'active', members: null, by: null },
      { version: 5_000, state: 'retired', members: null, by: null },
    ])
    // another process of that build goes on publishing while both run
    await insertAsBefore(tenant, 12_000)
    await trainer.train(tenant)
    expect((await trainer.of(tenant)).version).toBe(12_000)
    await life.stop()
  })
})

/** What builds before the registry write: nothing of state, card or parent. */
async function insertAsBefore(tenant: TenantId, version: number): Promise<void> {
  const roles = await prepareRoles(admin)
  const client = new pg.Client({ ...roles.app, options: '-c search_path=gatewatch' })
  await client.connect()
  const head = defaultModels.head.map((weight) => weight / 2)
  const body = encodeModels({ ...defaultModels, version, head })
  await client.query('begin')
  await client.query(`select set_config('gatewatch.tenant', $1, true)`, [String(tenant)])
  await client.query(
    'insert into model_version (tenant, version, created, body) values ($1, $2, $3, $4)',
    [tenant, version, 1, body],
  )
  await client.query('commit')
  await client.end()
}
