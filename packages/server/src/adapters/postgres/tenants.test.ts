import { randomUUID } from 'node:crypto'
import type { Notice } from '@gatewatch/schema'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EMPTY_CARD } from '../../ports/model-log.contract.ts'
import { UNTRIED } from '../../ports/outbox.ts'
import { sampleJudged } from '../../ports/samples.contract.ts'
import type { Storage } from '../../ports/storage.ts'
import { SHIPPED_TUNING } from '../../ports/tunings.ts'
import { openDatabase } from './database.ts'
import { openPostgres, type PostgresStorage } from './postgres.ts'
import { setRetention } from './retention.ts'
import { prepareRoles, type RoleAddresses } from './roles.ts'
import type { ServerAddress } from './server-address.ts'
import { startTestServer, type TestServer } from './test-server.ts'

let server: TestServer
let admin: ServerAddress
let roles: RoleAddresses
let storage: PostgresStorage
let mine: number
let other: number
let app: pg.Client

beforeAll(async () => {
  server = await startTestServer()
  admin = await server.newDatabase()
  storage = await openPostgres(admin, { clock: Date.now })
  roles = await prepareRoles(admin)
  mine = (await storage.accounts.ensureTenant('mine', false)).id
  other = (await storage.accounts.ensureTenant('other', false)).id
  await fill(storage, mine)
  await setRetention(admin, { tenant: 'mine', days: 30 })
  app = new pg.Client({ ...roles.app, options: '-c search_path=gatewatch' })
  await app.connect()
})

afterAll(async () => {
  await app.end()
  await storage.close()
  await server.stop()
})

/** A row in every table that can hold one of a tenant. */
async function fill(storage: Storage, tenant: number) {
  const { store, accounts, deadLetters, populationLog, modelLog, links, outbox } = storage
  const { sources, tunings, questions } = storage
  const judged = sampleJudged({
    uid: 'a',
    group: 'g',
    risk: 90,
    decision: 'deny',
    time: Date.now(),
  })
  await store.transact(tenant, async (batch) => {
    await batch.lock(new Map([['user:ada', 0]]))
    await batch.claim([judged.arriving])
    await batch.writeEvents([judged])
    const suppressed = { id: 's', owner: 'o', reason: 'r', expires: 1 }
    await batch.gather(await batch.raise([{ ...judged, suppressed }]), [judged])
    await batch.replaceCheckpoints('user:ada', [{ time: 1, body: Uint8Array.of(1) }])
    await batch.appendDelta(Uint8Array.of(1))
    await batch.notify([testNotice('a')])
  })
  const plan = () => ({ due: 1, digest: null, escalates: false })
  await outbox.addChannel(tenant, {
    id: randomUUID(),
    name: 'c',
    settings: { kind: 'webhook' },
    sealed: Uint8Array.of(1),
    route: { min_severity: 'low', changes: ['raised'] },
    enabled: true,
    created: 1,
    health: UNTRIED,
  })
  await outbox.fanOut(tenant, 1, 1, plan)
  await store.transact(tenant, (batch) => batch.notify([testNotice('b')]))
  await store.transact(tenant, async (batch) => {
    await batch.lock(new Map([['user:gone', 0]]))
    await batch.erase('user:gone', { time: 1, by: 'me', action: 'erase_entity', subject: 's' })
  })
  await store.firstReceived(tenant, [judged.arriving.key], 1)
  const letter = { source: 's', line: null, reason: 'r', raw: Uint8Array.of(1) }
  await deadLetters.add(tenant, [letter])
  const span = { from: 1, until: 2, ended: null }
  const link = { ref: 'a'.repeat(32), entity: null, contested: false, through: null, maker: null }
  await links.learn(tenant, [{ ...link, ...span }])
  await populationLog.save(tenant, { body: Uint8Array.of(1), marks: new Map() }, 0)
  await modelLog.change(tenant, async () => ({
    kind: 'shadow',
    version: 2,
    body: Uint8Array.of(1),
    card: EMPTY_CARD,
    parent: 1,
    by: 'b',
    reason: 'r',
  }))
  await sources.add(tenant, { name: 'o', kind: 'okta', sealed: Uint8Array.of(1), added: 1 })
  await sources.hold(tenant, 'o', 'me', 1, 2)
  await sources.keep(tenant, 'o', 'me', 'log', { from: 1, newest: 1 })
  const note = { time: 1, by: 'me', action: 'tune' as const, subject: 's' }
  await tunings.add(tenant, { ...SHIPPED_TUNING, version: 1 }, note)
  await questions.add(tenant, {
    ...{ id: randomUUID(), alert: randomUUID(), entity: 'user:ada', by: 'me' },
    ...{ asked: 1, expires: 2, sent_to: null, answer: null, answered: null },
    ...{ counted: false, why: null },
  })
  await accounts.createKey(tenant, 'k', 'admin')
  await accounts.createUser(tenant, 'ada', 'admin', null)
  await accounts.createSignInToken(tenant, 'ada', 5)
}

function testNotice(key: string): Notice {
  return { about: 'test', key, time: 1, by: 'me' }
}

async function tables(): Promise<readonly string[]> {
  const client = new pg.Client({ ...admin })
  await client.connect()
  const { rows } = await client.query<{ name: string }>(`
    select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'gatewatch' and c.relkind in ('r', 'p') and not c.relispartition
      and c.relname not like 'kysely%' order by 1`)
  await client.end()
  return rows.map(({ name }) => name)
}

async function countAs(tenant: number | null, table: string): Promise<number> {
  await app.query('begin')
  try {
    if (tenant !== null) {
      await app.query(`select set_config('gatewatch.tenant', $1, true)`, [String(tenant)])
    }
    const { rows } = await app.query<{ count: string }>(`select count(*) from ${table}`)
    return Number(rows[0]?.count)
  } finally {
    await app.query('rollback')
  }
}

test('under the role of production, every table shows a tenant its own rows, another one none, nobody none', async () => {
  const names = await tables()
  expect(names).toContain('event')
  expect(names.length).toBeGreaterThanOrEqual(18)
  for (const name of names) {
    // what was erased and what was tuned are noted in one table
    expect([name, await countAs(mine, name)]).toEqual([name, name === 'audit' ? 2 : 1])
    // The other tenant sees the row of itself, and nothing else.
    expect([name, await countAs(other, name)]).toEqual([name, name === 'tenant' ? 1 : 0])
    expect([name, await countAs(null, name)]).toEqual([name, 0])
  }
})

test('a row cannot be written for another tenant', async () => {
  await app.query('begin')
  await app.query(`select set_config('gatewatch.tenant', $1, true)`, [String(mine)])
  await expect(
    app.query('insert into first_received (tenant, key, time) values ($1, $2, 1)', [
      other,
      randomUUID(),
    ]),
  ).rejects.toThrow(/row-level security/)
  await app.query('rollback')
})

test('a tenant cannot be chosen for longer than a transaction by what came before', async () => {
  await countAs(mine, 'event')
  expect(await countAs(null, 'event')).toBe(0)
})

test('the role of production reaches no partition, makes none, and takes on no other role', async () => {
  const week = Math.floor(Date.now() / 604_800_000)
  for (const statement of [
    `select * from event_w${week}`,
    `select make_partition(${week})`,
    `select drop_partition(${week})`,
    'select expire(0)',
    'select expire_tenants(0)',
    'delete from retention',
    'set role gatewatch_owner',
    'set session authorization gatewatch_owner',
    'alter table event disable row level security',
    'truncate event',
    'create table gatewatch.mine (a int)',
  ]) {
    await expect(app.query(statement), statement).rejects.toThrow(/permission denied|must be owner/)
  }
})

test.each([
  ['superuser', /is a superuser/],
  ['bypassrls', /bypasses row-level security/],
])('a role with %s is refused at start', async (power, reason) => {
  const client = new pg.Client({ ...admin })
  await client.connect()
  try {
    await client.query(`alter role gatewatch_app ${power}`)
    await expect(openDatabase(admin, 2)).rejects.toThrow(reason)
  } finally {
    await client.query('alter role gatewatch_app nosuperuser nobypassrls')
    await client.end()
  }
  await (await openDatabase(admin, 2)).close()
})

test('a role that owns the tables is refused at start', async () => {
  const client = new pg.Client({ ...admin })
  await client.connect()
  try {
    await client.query('grant gatewatch_owner to gatewatch_app')
    await expect(openDatabase(admin, 2)).rejects.toThrow(/owns the tables/)
  } finally {
    await client.query('revoke gatewatch_owner from gatewatch_app')
    await client.end()
  }
})

test('a user that may make no roles is told so', async () => {
  const fresh = await server.newDatabase()
  const client = new pg.Client({ ...fresh })
  await client.connect()
  await client.query("create role weak login password 'weak'")
  await client.end()
  await expect(openDatabase({ ...fresh, user: 'weak', password: 'weak' }, 2)).rejects.toThrow(
    /CREATEROLE/,
  )
  await expect(openDatabase({ ...fresh, password: '' }, 2)).rejects.toThrow(/has no password/)
})

test('processes that start at once on an empty database all come up', async () => {
  const fresh = await server.newDatabase()
  const all = await Promise.all([1, 2, 3].map(() => openPostgres(fresh, { clock: Date.now })))
  const ids = await Promise.all(all.map(({ accounts }) => accounts.ensureTenant('one', false)))
  expect(new Set(ids.map(({ id }) => id)).size).toBe(1)
  await Promise.all(all.map(({ close }) => close()))
})
