import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NOON } from './samples.contract.ts'
import type { Storage } from './storage.ts'

/** What every place for dead letters promises. `open` gives an empty storage whose clock stands at NOON. */
export function testDeadLetters(
  name: string,
  open: () => Promise<{ storage: Storage; close: () => Promise<void> }>,
): void {
  describe(`${name} dead letters`, () => {
    let storage: Storage
    let close: () => Promise<void>
    beforeAll(async () => {
      ;({ storage, close } = await open())
    })
    afterAll(() => close())

    test('are kept with reason and line, newest first, counted, and of one tenant', async () => {
      const { accounts, deadLetters } = storage
      const { id } = await accounts.ensureTenant('letters', false)
      const other = await accounts.ensureTenant('no letters', false)
      const raw = Uint8Array.of(0x7b, 0, 0xff)
      await deadLetters.add(id, [
        { source: 'okta', line: 3, reason: 'not JSON', raw: Buffer.from('{') },
        { source: 'a \0 b', line: null, reason: 'odd \0 \ud800', raw },
      ])
      expect(await deadLetters.count(id)).toBe(2)
      const [newest, oldest] = await deadLetters.list(id, 10)
      expect(oldest).toMatchObject({ source: 'okta', line: 3, reason: 'not JSON', raw: '{' })
      expect(newest).toMatchObject({ line: null, received: NOON, raw: '{\0\uFFFD' })
      expect(await deadLetters.list(id, 1)).toHaveLength(1)
      expect(await deadLetters.count(other.id)).toBe(0)
      expect(await deadLetters.list(other.id, 10)).toEqual([])
    })
  })
}
