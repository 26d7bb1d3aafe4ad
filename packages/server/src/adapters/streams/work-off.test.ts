import { expect, test } from 'vitest'
import type { DeadLetter } from '../../ports/dead-letters.ts'
import { sampleEvent } from '../../ports/samples.contract.ts'
import { createEventCodec } from './event-codec.ts'
import { workOff } from './work-off.ts'

test('sealed events wait where there is no key, and are not buried', async () => {
  const sealing = createEventCodec(new Uint8Array(32).fill(7))
  const records = [sealing.encode(1, sampleEvent({ uid: 'a' }))]
  const taken: string[] = []
  const buried: DeadLetter[] = []
  const taker = {
    async take(_tenant: number, events: readonly { event: { uid: string } }[]) {
      taken.push(...events.map(({ event }) => event.uid))
      return events.map(() => ({ kind: 'new' as const, verdict: null }))
    },
    async bury(_tenant: number | null, letter: DeadLetter) {
      buried.push(letter)
    },
  }
  await expect(workOff(taker, createEventCodec(), records)).rejects.toThrow('GATEWATCH_STREAM_KEY')
  expect({ taken, buried }).toEqual({ taken: [], buried: [] })
  await workOff(taker, sealing, records)
  expect(taken).toEqual(['a'])
})
