import {
  applyDelta,
  catalogue,
  createDelta,
  createPopulation,
  createProfile,
  decodePopulation,
  defaultModels,
  defaultPolicy,
  encodeModels,
  encodePopulation,
  judge,
  type Population,
  type Profile,
  refit,
} from '@gatewatch/engine'
import type { OptionalMember } from '@gatewatch/engine/lab'
import { createWorld } from '@gatewatch/simulator'
import { beforeEach, describe, expect, test } from 'vitest'
import { memoryStorage } from '../adapters/memory/memory.ts'
import { activate, EMPTY_CARD } from '../ports/model-log.contract.ts'
import { NOON, sampleEvent } from '../ports/samples.contract.ts'
import type { Storage } from '../ports/storage.ts'
import type { TenantId } from '../ports/store.ts'
import { enrich } from './enrich.ts'
import { createPipeline } from './pipeline.ts'
import { createTrainer, type Trainer } from './trainer.ts'

const key = new Uint8Array(16)
const networks = { find: () => ({ class: 'unknown' as const }) }

/** What ships, where the order of actions is followed. */
const following = { ...defaultModels, followsActions: true }

/** What an organisation of a made-up world knows after two weeks. */
const grown = (() => {
  const known = createPopulation(key)
  const profiles = new Map<string, Profile>()
  const world = createWorld({ seed: 11, people: 160, days: 14, attacks: 0, start: NOON })
  for (const { event } of world.events()) {
    const input = enrich(event, { places: null, networks })
    const profile = profiles.get(input.entity.key) ?? createProfile()
    profiles.set(input.entity.key, profile)
    const delta = createDelta()
    judge(input, profile, known, following, defaultPolicy, delta)
    applyDelta(known, delta)
  }
  return encodePopulation(known)
})()

/** A sign-in from a network that says something even of somebody never seen. */
const elsewhere = sampleEvent({ uid: 'elsewhere', user: 'a stranger', time: NOON }).event

const fail = (error: unknown) => {
  throw error
}

describe('the trainer', () => {
  let storage: Storage
  let tenant: TenantId
  let population: Population
  const populations = { of: async () => population }
  const trainer = (): Trainer =>
    createTrainer({
      log: storage.modelLog,
      populations,
      policy: defaultPolicy,
      head: 'fitted',
      optional: [],
      onError: fail,
    })
  /** A day of the stream later: what is in shadow has seen enough. */
  const dayLater = () => {
    const last = population.samples.ordinary.at(-1)
    if (last !== undefined) population.samples.ordinary.push({ ...last, time: last.time + 86_400 })
  }
  /** A version through its whole life, until it is active. */
  const trainFully = async (one: Trainer) => {
    await one.train(tenant)
    dayLater()
    await one.train(tenant)
  }

  beforeEach(async () => {
    storage = memoryStorage(() => NOON)
    tenant = (await storage.accounts.ensureTenant('trained', false)).id
    population = decodePopulation(grown, key)
  })

  test('publishes a version named by the events it follows, which a restart takes up again', async () => {
    expect(population.events).toBeGreaterThan(2000)
    const first = trainer()
    expect(await first.of(tenant)).toEqual(defaultModels)
    await first.train(tenant)
    expect(await first.of(tenant)).toEqual(defaultModels)
    expect(await storage.modelLog.versions(tenant)).toMatchObject([
      { version: population.events, state: 'shadow', parent: 1, by: 'gatewatch' },
    ])
    await first.train(tenant)
    expect(await storage.modelLog.versions(tenant)).toHaveLength(1)
    dayLater()
    await first.train(tenant)
    const fitted = await first.of(tenant)
    expect(fitted.version).toBe(population.events)
    expect(fitted.head).not.toEqual(defaultModels.head)
    expect(fitted.head.every((weight) => weight >= 0)).toBe(true)
    await first.close()
    const second = trainer()
    expect(encodeModels(await second.of(tenant))).toEqual(encodeModels(fitted))
    await second.close()
  })

  test('fits again only after enough events, and takes up what another process published', async () => {
    const [one, other] = [trainer(), trainer()]
    expect((await other.of(tenant)).version).toBe(defaultModels.version)
    await trainFully(one)
    const { version } = await one.of(tenant)
    population.events += 400
    await trainFully(one)
    await other.train(tenant)
    expect((await one.of(tenant)).version).toBe(version)
    expect(encodeModels(await other.of(tenant))).toEqual(encodeModels(await one.of(tenant)))
    population.events += 600
    await trainFully(other)
    expect((await other.of(tenant)).version).toBe(version + 1000)
    await Promise.all([one.close(), other.close()])
  })

  test('fits forest and autoencoder by themselves, and feedback after people’s verdicts without another event', async () => {
    const one = createTrainer({
      log: storage.modelLog,
      populations,
      policy: defaultPolicy,
      head: 'shipped',
      optional: [],
      onError: fail,
    })
    await trainFully(one)
    const first = await one.of(tenant)
    expect(first.members).toHaveLength(2)
    expect(first.head).toEqual(defaultModels.head)
    await one.train(tenant)
    expect(await one.of(tenant)).toBe(first)
    for (const [n, sample] of population.samples.ordinary.slice(0, 30).entries()) {
      const label = n % 2 === 0 ? 1 : 2
      population.samples.judged.push({ ...sample, score: n, label, settled: 1_800_000_000 + n })
    }
    await trainFully(one)
    // what they said here is nonsense: whether it is promoted is for the gates to say
    const [second] = await storage.modelLog.versions(tenant)
    expect(second?.version).toBe(first.version + 1)
    expect(second?.card?.members).toHaveLength(3)
    expect(second?.card?.members).toContain('feedback')
    expect(['active', 'refused']).toContain(second?.state)
    await one.close()
  })

  test('fits what is switched on as a version of its own, and without it again once it is off', async () => {
    const shipped = ['isolation_forest', 'autoencoder']
    const membersOf = async () => (await storage.modelLog.versions(tenant))[0]?.card?.members
    const train = async (optional: readonly OptionalMember[]) => {
      const one = createTrainer({
        log: storage.modelLog,
        populations,
        policy: defaultPolicy,
        head: 'shipped',
        optional,
        onError: fail,
      })
      await trainFully(one)
      const { version, members } = await one.of(tenant)
      // nothing else is due, whatever became of it
      await one.train(tenant)
      expect((await one.of(tenant)).version).toBe(version)
      await one.close()
      return members.length
    }
    expect(await train([])).toBe(2)
    expect(await train(['pca', 'k_means', 'dbscan', 'lstm'])).toBe(6)
    const [newest] = await storage.modelLog.versions(tenant)
    expect(newest).toMatchObject({ state: 'active', reason: 'no worse in any gate' })
    expect(newest?.card?.members).toEqual([...shipped, 'pca', 'k_means', 'dbscan', 'lstm'])
    expect(newest?.comparison?.sequences?.count).toBeGreaterThan(1_000)
    expect((await storage.modelLog.notes(tenant, 10)).map(({ reason }) => reason)).toContain(
      'pca switched on, k_means switched on, dbscan switched on, lstm switched on',
    )
    expect(await train(['pca'])).toBe(3)
    expect(await membersOf()).toEqual([...shipped, 'pca'])
    const one = createTrainer({
      log: storage.modelLog,
      populations,
      policy: defaultPolicy,
      head: 'shipped',
      optional: ['lstm'],
      onError: fail,
    })
    // followed before there is a model of them
    expect((await one.of(tenant)).followsActions).toBe(true)
    await one.close()
  })

  test('softens a version once, and compares what came of it as it is', async () => {
    const { rehearsals, samples } = population
    const some = [...rehearsals]
    for (let copy = 1; rehearsals.length < 1_000; copy++) {
      rehearsals.push(...some.map((one) => ({ ...one, time: one.time + copy })))
    }
    samples.uncommon.push(...samples.ordinary.slice(-400).map((one) => ({ ...one, identity: 1 })))
    const fitted = refit(population, 2)
    const head = fitted.head.map((weight, i) => (catalogue[i]?.name === 'rehearsal' ? 2 : weight))
    const one = trainer()
    const shadow = async (version: number, seed: number) => {
      const body = encodeModels({ ...fitted, head, version })
      const card = { ...EMPTY_CARD, seed }
      const change = {
        kind: 'shadow',
        version,
        body,
        card,
        parent: 1,
        by: 'it',
        reason: '',
      } as const
      await storage.modelLog.change(tenant, async () => change)
      await one.train(tenant)
      return (await storage.modelLog.versions(tenant))[0]
    }
    const made = await shadow(7, 7)
    expect(made).toMatchObject({ state: 'shadow', card: { seed: 7 } })
    expect(made?.reason).toContain('version 7, whose trees on rehearsals say')
    // the same trees in a version that was softened before
    const version = population.events + 1
    expect(await shadow(version, 7)).toMatchObject({ version, state: 'refused' })
    await one.close()
  })

  test('pauses while it fits: nothing waits for it longer than 5 ms', async () => {
    const kept = population.rehearsals
    for (let copy = 1; kept.length < 2048; copy++) {
      const original = kept[copy % 150]
      if (original !== undefined) kept.push({ ...original, time: original.time + copy })
    }
    const one = trainer()
    await one.of(tenant)
    let done = false
    const training = trainFully(one).then(() => {
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
    expect(busy.length).toBeGreaterThan(100)
    expect(busy[Math.floor(0.98 * busy.length)]).toBeLessThan(5)
  })

  test('decides with which weights a pipeline judges, where asked to', async () => {
    const head = defaultModels.head.map((weight) => 2 * weight)
    const body = encodeModels({ ...defaultModels, version: 9, head })
    await activate(storage.modelLog, tenant, { version: 9, body })
    const scores: number[] = []
    for (const which of ['shipped', 'fitted'] as const) {
      const pipeline = createPipeline({ ...storage, clock: () => NOON, head: which, onError: fail })
      const input = enrich(elsewhere, { places: null, networks })
      scores.push((await pipeline.peek(tenant, input)).verdict.score)
      await pipeline.close()
    }
    expect(scores[1]).not.toBe(scores[0])
  })

  test('gives what ships where stored models are of another build', async () => {
    await activate(storage.modelLog, tenant, { version: 5, body: Uint8Array.of(1, 2, 3) })
    const heard: unknown[] = []
    const one = createTrainer({
      log: storage.modelLog,
      populations,
      policy: defaultPolicy,
      head: 'fitted',
      optional: [],
      onError: (error) => heard.push(error),
    })
    expect(await one.of(tenant)).toEqual(defaultModels)
    expect(heard).toHaveLength(1)
    await trainFully(one)
    expect((await one.of(tenant)).version).toBe(population.events)
    await one.close()
  })
})
