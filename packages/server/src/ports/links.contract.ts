import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FOREVER, LINK_KEPT_MS, type Link } from './links.ts'
import { NOON } from './samples.contract.ts'
import type { Storage } from './storage.ts'

/** A link as a suite needs it: of a credential that ada holds for an hour from noon on. */
function sampleLink(change: Partial<Link> & { readonly number?: number }): Link {
  const { number = 1, ...rest } = change
  return {
    ref: number.toString(16).padStart(32, '0'),
    entity: { key: 'user:ada', name: 'ada', class: 'human' },
    contested: false,
    through: null,
    maker: null,
    from: NOON,
    until: NOON + 3_600_000,
    ended: null,
    ...rest,
  }
}

const anyLink = fc
  .record({
    number: fc.integer({ min: 1, max: 4 }),
    entity: fc.option(
      fc.record({
        key: fc.constantFrom('user:ada', 'user:bo'),
        name: fc.constantFrom('a', 'b'),
        class: fc.constantFrom('human' as const, 'service' as const),
      }),
    ),
    through: fc.option(fc.constantFrom('a'.repeat(32), 'b'.repeat(32))),
    maker: fc.option(fc.constantFrom('user:cy', 'user:di')),
    from: fc.integer({ min: NOON, max: NOON + 9 }),
    until: fc.constantFrom(NOON + 10, FOREVER),
    ended: fc.option(fc.integer({ min: NOON, max: NOON + 9 })),
  })
  .map(sampleLink)

/** What every place for links promises. `open` gives an empty storage with this clock. */
export function testLinks(
  name: string,
  open: (clock: () => number) => Promise<{ storage: Storage; close: () => Promise<void> }>,
): void {
  describe(`${name} links`, () => {
    let storage: Storage
    let close: () => Promise<void>
    let now = NOON
    let tenants = 0
    beforeAll(async () => {
      ;({ storage, close } = await open(() => now))
    })
    afterAll(() => close())
    const fresh = async () => (await storage.accounts.ensureTenant(`links ${tenants++}`, false)).id

    test('are found by their refs, and of one tenant', async () => {
      const [tenant, other] = [await fresh(), await fresh()]
      const one = sampleLink({ maker: 'user:root', through: 'f'.repeat(32) })
      const odd = sampleLink({
        number: 2,
        entity: { key: 'user:\uFFFD', name: 'a\0', class: 'human' },
      })
      expect(await storage.links.learn(tenant, [one, odd])).toEqual(
        expect.arrayContaining([one, odd]),
      )
      const refs = [one.ref, odd.ref, 'e'.repeat(32)]
      const found = await storage.links.find(tenant, refs)
      expect(found).toEqual(
        new Map([
          [one.ref, one],
          [odd.ref, odd],
        ]),
      )
      expect(await storage.links.find(other, refs)).toEqual(new Map())
    })

    test('lead nowhere once two records name different entities', async () => {
      const tenant = await fresh()
      const bo = { key: 'user:bo', name: 'bo', class: 'human' } as const
      await storage.links.learn(tenant, [sampleLink({})])
      await storage.links.learn(tenant, [sampleLink({ entity: bo })])
      const [link] = await storage.links.learn(tenant, [sampleLink({})])
      expect(link).toMatchObject({ contested: true, entity: null })
    })

    test('end when they are deleted, whichever is heard of first, and stay ended', async () => {
      const tenant = await fresh()
      const made = sampleLink({ until: FOREVER })
      const deleted = sampleLink({ entity: null, until: FOREVER, from: NOON + 9, ended: NOON + 9 })
      for (const link of [deleted, made, made]) await storage.links.learn(tenant, [link])
      expect((await storage.links.find(tenant, [made.ref])).get(made.ref)).toEqual({
        ...made,
        ended: NOON + 9,
      })
    })

    test('come to the same whatever the order, the batches and the repetitions', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(anyLink, { minLength: 1, maxLength: 8 }),
          fc.infiniteStream(fc.integer({ min: 0, max: 7 })),
          async (links, dice) => {
            const [once, shuffled] = [await fresh(), await fresh()]
            await storage.links.learn(once, links)
            const next = () => dice.next().value % links.length
            const others = [...links.map(() => links[next()] ?? sampleLink({})), ...links].reverse()
            for (const link of others) await storage.links.learn(shuffled, [link])
            const refs = links.map(({ ref }) => ref)
            expect(await storage.links.find(shuffled, refs)).toEqual(
              await storage.links.find(once, refs),
            )
          },
        ),
        { numRuns: 20, seed: 7 },
      )
    })

    test('are learned by several at once, and none is lost', async () => {
      const tenant = await fresh()
      const numbers = Array.from({ length: 20 }, (_, index) => index + 1)
      await Promise.all(
        [0, 1, 2, 3].map((worker) => {
          const links = numbers.map((number) => sampleLink({ number, until: NOON + worker }))
          return storage.links.learn(tenant, worker % 2 === 0 ? links : links.reverse())
        }),
      )
      const found = await storage.links.find(
        tenant,
        numbers.map((number) => sampleLink({ number }).ref),
      )
      expect([...found.values()].map(({ until }) => until)).toEqual(numbers.map(() => NOON + 3))
    })

    test('are dropped a week after they ended and were last learned, though their time may be long past', async () => {
      const tenant = await fresh()
      const old = sampleLink({ from: 0, until: 3_600_000 })
      const key = sampleLink({ number: 2, until: FOREVER })
      const other = sampleLink({ number: 3 })
      await storage.links.learn(tenant, [old, key])
      now += LINK_KEPT_MS - 1
      await storage.links.learn(tenant, [other])
      expect((await storage.links.find(tenant, [old.ref, key.ref])).size).toBe(2)
      now += 2
      await storage.links.learn(tenant, [other])
      const left = await storage.links.find(tenant, [old.ref, key.ref])
      expect([...left.keys()]).toEqual([key.ref])
      now = NOON
    })

    test('of an erased entity are gone, and it is no longer named as a maker', async () => {
      const tenant = await fresh()
      const own = sampleLink({})
      const service = { key: 'user:backup', name: 'backup', class: 'human' } as const
      const made = sampleLink({ number: 2, entity: service, maker: 'user:ada' })
      await storage.links.learn(tenant, [own, made])
      await storage.store.transact(tenant, async (batch) => {
        await batch.lock(new Map([['user:ada', 0]]))
        await batch.erase('user:ada', { time: now, by: 'me', action: 'erase_entity', subject: 's' })
      })
      const left = await storage.links.find(tenant, [own.ref, made.ref])
      expect([...left.values()]).toEqual([{ ...made, maker: null }])
    })
  })
}
