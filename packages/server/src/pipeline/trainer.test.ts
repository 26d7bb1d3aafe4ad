import {
  decodePopulation,
  defaultModels,
  encodePopulation,
  type Population,
} from '@gatewatch/engine'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { memoryStorage } from '../adapters/memory/memory.ts'
import { NOON } from '../ports/samples.contract.ts'
import type { Storage } from '../ports/storage.ts'
import type { TenantId } from '../ports/store.ts'
import { worldEvents } from './pipeline.contract.ts'
import { createPipeline } from './pipeline.ts'
import { createPopulations } from './populations.ts'
import { createTrainer, type Trainer } from './trainer.ts'

const events = worldEvents({ seed: 11, people: 160, days: 14, attacks: 0 })

const fail = (error: unknown) => {
  throw error
}

describe('the trainer', () => {
  let storage: Storage
  let tenant: TenantId
  let population: Population
  let grown: Uint8Array
  const populations = { of: async () => population }
  const trainer = (): Trainer =>
    createTrainer({ log: storage.modelLog, populations, onError: fail })

  beforeAll(async () => {
    storage = memoryStorage(() => NOON)
    tenant = (await storage.accounts.ensureTenant('trained', false)).id
    const pipeline = createPipeline({ ...storage, clock: () => NOON, onError: fail })
    await pipeline.publish(tenant, events)
    await pipeline.close()
    const kept = createPopulations({
      ...storage,
      log: storage.populationLog,
      clock: () => NOON,
      onError: fail,
    })
    grown = encodePopulation(await kept.of(tenant))
    await kept.close()
  })
  beforeEach(async () => {
    storage = memoryStorage(() => NOON)
    tenant = (await storage.accounts.ensureTenant('trained', false)).id
    population = decodePopulation(grown, new Uint8Array(16))
  })

  test('publishes a version named by the events it follows, which a restart takes up again', async () => {
    expect(population.events).toBeGreaterThan(2000)
    const first = trainer()
    expect(await first.of(tenant)).toEqual(defaultModels)
    await first.train(tenant)
    const fitted = await first.of(tenant)
    expect(fitted.version).toBe(population.events)
    expect(fitted.head).not.toEqual(defaultModels.head)
    expect(fitted.head.every((weight) => weight >= 0)).toBe(true)
    await first.close()
    const second = trainer()
    expect(await second.of(tenant)).toEqual(fitted)
    await second.close()
  })

  test('fits again only after enough events, and takes up what another process published', async () => {
    const [one, other] = [trainer(), trainer()]
    expect((await other.of(tenant)).version).toBe(defaultModels.version)
    await one.train(tenant)
    const { version } = await one.of(tenant)
    population.events += 400
    await one.train(tenant)
    await other.train(tenant)
    expect((await one.of(tenant)).version).toBe(version)
    expect(await other.of(tenant)).toEqual(await one.of(tenant))
    population.events += 600
    await other.train(tenant)
    expect((await other.of(tenant)).version).toBe(version + 1000)
    await Promise.all([one.close(), other.close()])
  })

  test('pauses while it fits: nothing waits for it longer than 5 ms', async () => {
    const kept = population.rehearsals
    for (let copy = 1; kept.length < 4096; copy++) {
      const original = kept[copy % 150]
      if (original !== undefined) kept.push({ ...original, time: original.time + copy })
    }
    const one = trainer()
    await one.of(tenant)
    let done = false
    const training = one.train(tenant).then(() => {
      done = true
    })
    const busy: number[] = []
    while (!done) {
      // processor time does not count what other programs took of the core
      const before = process.cpuUsage()
      await new Promise((resolve) => setImmediate(resolve))
      const { user, system } = process.cpuUsage(before)
      busy.push((user + system) / 1000)
    }
    await training
    await one.close()
    busy.sort((a, b) => a - b)
    expect(busy.length).toBeGreaterThan(200)
    expect(busy[Math.floor(0.98 * busy.length)]).toBeLessThan(5)
  })

  test('gives what ships where stored models are of another build', async () => {
    await storage.modelLog.train(tenant, async () => ({ version: 5, body: Uint8Array.of(1, 2, 3) }))
    const heard: unknown[] = []
    const one = createTrainer({
      log: storage.modelLog,
      populations,
      onError: (error) => heard.push(error),
    })
    expect(await one.of(tenant)).toEqual(defaultModels)
    expect(heard).toHaveLength(1)
    await one.train(tenant)
    expect((await one.of(tenant)).version).toBe(population.events)
    await one.close()
  })
})
