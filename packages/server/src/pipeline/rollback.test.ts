import {
  createPopulation,
  defaultModels,
  defaultPolicy,
  encodeModels,
  type Models,
  type Population,
} from '@gatewatch/engine'
import { VECTOR } from '@gatewatch/engine/lab'
import type { Comparison } from '@gatewatch/schema'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { memoryStorage } from '../adapters/memory/memory.ts'
import { activate, EQUAL } from '../ports/model-log.contract.ts'
import { NOON } from '../ports/samples.contract.ts'
import type { Storage } from '../ports/storage.ts'
import type { TenantId } from '../ports/store.ts'
import { createTrainer, type Trainer } from './trainer.ts'

const SECOND = Math.floor(NOON / 1000)
const LOUD = 7
const loud: Models = {
  ...defaultModels,
  version: LOUD,
  head: defaultModels.head.map((weight) => 4 * weight),
}
/** What was promised at the promotion: three sign-ins in 1,000 challenged, one with an alert. */
const line = { known: 5, newcomers: 5 }
const comparison: Comparison = {
  ...EQUAL,
  until: NOON,
  line,
  alerts: { promised: 0.001, active: 0.001, candidate: 0.001, line },
}

/** The packed numbers of a sign-in of somebody known whose address range surprises so much (nats). */
function packed(surprise: number): Int8Array {
  return Int8Array.from(VECTOR, ({ name }) =>
    Math.round(16 * (name === 'history' ? 4 : name === 'prefix' ? surprise : 0)),
  )
}

describe('an active version is rolled back by itself', () => {
  let storage: Storage
  let tenant: TenantId
  let trainer: Trainer
  let population: Population

  beforeEach(async () => {
    storage = memoryStorage(() => NOON)
    tenant = (await storage.accounts.ensureTenant('watched', false)).id
    population = createPopulation(new Uint8Array(16))
    trainer = createTrainer({
      log: storage.modelLog,
      populations: { of: async () => population },
      policy: defaultPolicy,
      head: 'fitted',
      optional: [],
      onError: (error) => {
        throw error
      },
    })
    await activate(
      storage.modelLog,
      tenant,
      { version: LOUD, body: encodeModels(loud) },
      comparison,
    )
    expect((await trainer.of(tenant)).version).toBe(LOUD)
  })
  afterEach(() => trainer.close())

  /** Sign-ins after the promotion that surprise so much. */
  const arrive = (count: number, surprise: number) => {
    for (let n = 1; n <= count; n++) {
      const sample = { time: SECOND + n, identity: n, vector: packed(surprise), score: 5 }
      population.samples.strange.push(sample)
    }
  }
  const judge = (label: number) => {
    for (const sample of population.samples.strange) {
      population.samples.judged.push({ ...sample, label, settled: SECOND + 90 })
    }
  }
  const told = async () => (await storage.modelLog.notes(tenant, 10)).map(({ reason }) => reason)
  const look = async () => {
    await trainer.train(tenant)
    return (await trainer.of(tenant)).version
  }

  test('where alerts exceed what the shadow promised, and the version before would not have raised them', async () => {
    arrive(20, 3)
    trainer.note(tenant, LOUD, { judged: 1_000, challenged: 5, alerted: 12 })
    expect(await look()).toBe(defaultModels.version)
    expect(await told()).toContain(
      '12 of 1000 sign-ins since the promotion raised an alert (1.20 %, promised 0.10 %), too many; of those kept it puts about 20 at that line as it was, version 1 0',
    )
    const [version] = await storage.modelLog.versions(tenant)
    expect(version).toMatchObject({ version: LOUD, state: 'refused', by: 'gatewatch' })
  })

  test('but not where the version before would have raised them too', async () => {
    arrive(20, 7.9)
    trainer.note(tenant, LOUD, { judged: 1_000, challenged: 5, alerted: 12 })
    expect(await look()).toBe(LOUD)
  })

  test('nor where as many alerts were promised', async () => {
    arrive(20, 3)
    trainer.note(tenant, LOUD, { judged: 1_000, challenged: 5, alerted: 2 })
    expect(await look()).toBe(LOUD)
  })

  test('where people find safe what it alone found strange', async () => {
    arrive(9, 3)
    judge(1)
    expect(await look()).toBe(defaultModels.version)
    expect(await told()).toContain(
      'people found 9 of 9 sign-ins safe that it challenges and version 1 does not',
    )
  })

  test('but not where they find attacks there, nor by what they dismissed', async () => {
    arrive(9, 3)
    judge(2)
    expect(await look()).toBe(LOUD)
    for (const [n, one] of [...population.samples.judged].entries()) {
      population.samples.judged[n] = { ...one, label: 0, settled: SECOND + 99 }
    }
    expect(await look()).toBe(LOUD)
  })
})
