import { catalogue, defaultModels, defaultPolicy, encodeModels } from '@gatewatch/engine'
import type { ModelNote } from '@gatewatch/schema'
import { createWorld } from '@gatewatch/simulator'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openPostgres, type PostgresStorage } from '../adapters/postgres/postgres.ts'
import { prepareRoles } from '../adapters/postgres/roles.ts'
import type { ServerAddress } from '../adapters/postgres/server-address.ts'
import { startTestServer, type TestServer } from '../adapters/postgres/test-server.ts'
import { worldLookups } from '../evaluate/lookups.ts'
import { arrivingOf, type PlayedTenant, playTenant } from '../evaluate/play-pipeline.ts'
import { EMPTY_CARD } from '../ports/model-log.contract.ts'
import type { ArrivingEvent, TenantId } from '../ports/store.ts'
import { chunks } from './history.contract.ts'
import { outcomesOf } from './note-outcomes.ts'

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

/** Everything that judges one tenant, with a trainer that looks after each batch; it ends with the test. */
async function startLife(name: string): Promise<PlayedTenant> {
  const onError = (error: unknown) => expect.unreachable(String(error))
  const life = await playTenant(storage, name, () => END, onError)
  onTestFinished(life.stop)
  return life
}

/** A world whose people drift and are attacked, and the keys of the events that are an attacker's. */
function driftingWorld(): { events: readonly ArrivingEvent[]; hostile: ReadonlySet<string> } {
  const world = createWorld({ seed: 2, people: 70, days: DAYS, start: START, drift: DRIFT })
  const lookups = worldLookups(world)
  const hostile = new Set<string>()
  const events = [...world.events()].map((one) => {
    const arriving = arrivingOf(one, lookups)
    if (one.truth.label !== 'benign') hostile.add(arriving.key)
    return arriving
  })
  return { events, hostile }
}

/** Tries until the change is made: the trainer's own timer may be changing the registry at that moment. */
async function begin(change: () => Promise<boolean>): Promise<void> {
  await expect.poll(change, { timeout: 30_000 }).toBe(true)
}

const told = (notes: readonly ModelNote[]) =>
  notes
    .toReversed()
    .map(({ version, change, by, reason }) => `${version} ${change} by ${by}: ${reason}`)

describe('the life of models in an organisation that drifts, on PostgreSQL', () => {
  test('refits and holds its promise, refuses what is broken, rolls back what does not hold, and leaves a record', async () => {
    const life = await startLife('drifting')
    const { tenant, desk, trainer } = life
    const { events, hostile } = driftingWorld()
    const pieces = chunks(events, 400)
    const none = { judged: 0, challenged: 0, alerted: 0 }
    const seen = { honest: { ...none }, attacks: { ...none } }
    const until = (day: number) => START + day * DAY
    const playUntil = async (day: number, isOver: () => Promise<boolean> = async () => false) => {
      while ((pieces[0]?.[0]?.event.time ?? Number.POSITIVE_INFINITY) < until(day)) {
        const { judged } = await life.take(pieces.shift() ?? [])
        for (const kind of ['honest', 'attacks'] as const) {
          const those = judged.filter(
            ({ arriving }) => hostile.has(arriving.key) === (kind === 'attacks'),
          )
          for (const outcomes of outcomesOf(those, defaultPolicy).values()) {
            seen[kind].judged += outcomes.judged
            seen[kind].challenged += outcomes.challenged
            seen[kind].alerted += outcomes.alerted
          }
        }
        if (await isOver()) return
      }
    }
    const stateOf = async (version: number) =>
      (await desk.list(tenant)).versions.find((one) => one.version === version)?.state

    await playUntil(DRIFT)
    const early = await trainer.of(tenant)
    for (const counts of Object.values(seen)) Object.assign(counts, none)
    await playUntil(UNDISTURBED)
    const late = await trainer.of(tenant)
    expect(late.version).toBeGreaterThan(early.version)
    expect(late.head).not.toEqual(early.head)
    const { honest, attacks } = seen
    expect(honest.judged).toBeGreaterThan(1_000)
    // promised are 0.30 % and 0.10 % of honest ones, with attackers among them
    expect(honest.challenged / honest.judged).toBeLessThan(0.009)
    expect(honest.alerted / honest.judged).toBeLessThan(0.003)
    expect(attacks.judged).toBeGreaterThan(5)
    expect(attacks.challenged).toBeGreaterThan(0)
    const report = await desk.drift(tenant)
    expect(report.version).toBe(late.version)
    const counted = (await desk.list(tenant)).versions.map(({ outcomes }) => outcomes.judged)
    expect(counted.reduce((sum, one) => sum + one, 0)).toBeGreaterThan(1_000)

    // a candidate that tells nobody from anybody
    const mute = (await life.events()) + 1
    const card = (await desk.explain(tenant, late.version)).card ?? EMPTY_CARD
    const body = encodeModels({ ...late, version: mute, head: late.head.map(() => 0), members: [] })
    const shadow = { kind: 'shadow', card, parent: late.version, ...me } as const
    await begin(() => trainer.change(tenant, async () => ({ ...shadow, version: mute, body })))
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
    await begin(() =>
      trainer.change(tenant, async () => ({ ...shadow, version: loud, body: loudBody })),
    )
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
