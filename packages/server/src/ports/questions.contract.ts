import type { Question } from '@gatewatch/schema'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { NOON, sampleEvent } from './samples.contract.ts'
import type { Storage } from './storage.ts'

/** What every store of questions promises. */
export function testQuestions(
  name: string,
  open: () => Promise<{ storage: Storage; close: () => Promise<void> }>,
): void {
  describe(`questions of ${name}`, () => {
    let storage: Storage
    let tenant = 0
    let count = 0
    beforeAll(async () => {
      const opened = await open()
      storage = opened.storage
      return opened.close
    })
    beforeEach(async () => {
      count += 1
      tenant = (await storage.accounts.ensureTenant(`asked ${count}`, false)).id
    })
    const question = (id: string, asked = NOON): Question => ({
      id: `00000000-0000-4000-8000-00000000000${id}`,
      alert: 'a'.repeat(32),
      entity: 'user:ada',
      asked,
      by: 'somebody',
      expires: asked + 60_000,
      sent_to: null,
      answer: null,
      answered: null,
      counted: false,
      why: null,
    })

    test('is answered once, also by two at once, and noted when it counts', async () => {
      const { questions } = storage
      const one = question('1')
      await questions.add(tenant, one)
      await questions.add(tenant, question('2', NOON + 1))
      const given = { answer: 'me' as const, answered: NOON + 5, why: 'x\0y' }
      const took = await Promise.all([1, 2, 3].map(() => questions.answer(tenant, one.id, given)))
      expect(took.filter((won) => won)).toHaveLength(1)
      expect(await questions.get(tenant, one.id)).toMatchObject({ answer: 'me', counted: false })
      await questions.count(tenant, one.id)
      const all = await questions.of(tenant, one.alert)
      expect(all.map(({ answer, counted, why }) => [answer, counted, why])).toEqual([
        [null, false, null],
        ['me', true, null],
      ])
    })

    test('is its tenant’s alone, and goes with its identity', async () => {
      const { questions, accounts, store } = storage
      const one = question('3')
      await questions.add(tenant, one)
      const other = (await accounts.ensureTenant(`another ${count}`, false)).id
      expect(await questions.get(other, one.id)).toBeNull()
      expect(await questions.get(tenant, 'odd')).toBeNull()
      const given = { answer: 'me' as const, answered: NOON, why: null }
      expect(await questions.answer(other, one.id, given)).toBe(false)
      const { entity } = sampleEvent({ uid: 'x' })
      await store.transact(tenant, async (batch) => {
        await batch.lock(new Map([[entity.key, 0]]))
        await batch.erase(entity.key, {
          time: NOON,
          by: 'me',
          action: 'erase_entity',
          subject: 's',
        })
      })
      expect(await questions.of(tenant, one.alert)).toEqual([])
    })
  })
}
