import { setTimeout as sleep } from 'node:timers/promises'
import { AssessResponse } from '@gatewatch/schema'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { memoryStorage } from '../adapters/memory/memory.ts'
import { openNetworks } from '../adapters/networks/networks.ts'
import { createVault } from '../adapters/vault.ts'
import { type Assembled, assemble } from '../app.ts'
import { createLog } from '../app-database.ts'
import { createIntake } from '../app-intake.ts'
import { readConfig } from '../config.ts'
import type { Storage } from '../ports/storage.ts'
import { storeFailure } from '../ports/store-failure.ts'

let assembled: Assembled
let key: string
/** How the store behaves now: what happens before each transaction and each look at the accounts. */
let before: () => Promise<void>

beforeEach(async () => {
  before = async () => {}
  const storage = memoryStorage(Date.now)
  const tenant = (await storage.accounts.ensureTenant('main', false)).id
  key = (await storage.accounts.createKey(tenant, 'test', 'admin')).secret
  const networks = await openNetworks({}, Date.now, () => {})
  const config = readConfig({ fallbackDecision: 'deny' }, {})
  assembled = await assemble(
    config,
    {
      storage: disturbed(storage),
      ping: async () => Date.now(),
      vault: createVault(Buffer.alloc(32)),
    },
    createIntake({ places: null, networks }),
    createLog('silent'),
    null,
  )
})
afterEach(() => assembled.close())

/** The same storage, reached over a line that `before` disturbs. */
function disturbed(storage: Storage): Storage {
  const { store, accounts } = storage
  return {
    ...storage,
    store: {
      ...store,
      transact: async (tenant, work) => {
        await before()
        return store.transact(tenant, work)
      },
    },
    accounts: {
      ...accounts,
      callerByKey: async (secret) => {
        await before()
        return accounts.callerByKey(secret)
      },
    },
  }
}

const away = async () => {
  throw storeFailure('unavailable', new Error('connection refused'))
}

async function post(url: string, payload: object) {
  const headers = { authorization: `Bearer ${key}` }
  return assembled.api.inject({ method: 'POST', url, headers, payload })
}

const event = { uid: 'e-1', time: Date.now() - 60_000, actor: { name: 'ada@example.com' } }

describe('POST /v1/assess under a deadline', () => {
  it('answers by policy when the deadline passes, and with the recorded verdict when asked again', async () => {
    await post('/v1/assess', { event: { ...event, uid: 'e-0' } })
    before = () => sleep(400)
    const started = performance.now()
    const late = await post('/v1/assess', { event, deadline_ms: 50 })
    expect(performance.now() - started).toBeLessThan(350)
    expect(AssessResponse.safeParse(late.json()).error).toBeUndefined()
    expect(late.json()).toMatchObject({
      uid: 'e-1',
      entity: 'user:ada@example.com',
      decision: 'deny',
      recorded: false,
      not_assessed: ['deadline_passed'],
    })
    before = async () => {}
    const again = await post('/v1/assess', { event })
    expect(again.json()).toMatchObject({ uid: 'e-1', recorded: true })
    expect(again.json().not_assessed).not.toContain('deadline_passed')
  })

  it('answers with the verdict when there is time enough', async () => {
    const answer = await post('/v1/assess', { event, deadline_ms: 5_000 })
    expect(answer.json()).toMatchObject({ recorded: true })
  })
})

describe('while the database is away', () => {
  it('assess answers by policy, for a key that was known', async () => {
    await post('/v1/assess', { event: { ...event, uid: 'e-0' } })
    before = away
    const answer = await post('/v1/assess', { event })
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toMatchObject({
      decision: 'deny',
      recorded: false,
      not_assessed: ['store_unavailable'],
    })
  })

  it('nothing is taken, and the sender is told when to try again', async () => {
    await post('/v1/events', [{ ...event, uid: 'e-0' }])
    before = away
    const answer = await post('/v1/events', [event])
    expect(answer.statusCode).toBe(503)
    expect(answer.json().error.code).toBe('store_unavailable')
    expect(answer.headers['retry-after']).toBe('1')
    before = async () => {}
    expect((await post('/v1/events', [event])).json()).toMatchObject({ accepted: 1, duplicate: 0 })
  })

  it('a key that was never seen is not let in', async () => {
    before = away
    const answer = await post('/v1/assess', { event })
    expect(answer.statusCode).toBe(503)
  })
})
