import { expect, test } from 'vitest'
import { withinTime } from './couriers.ts'

test('what nobody ever answers has failed after its time', async () => {
  expect(await withinTime(new Promise(() => {}), 20)).toEqual({
    kind: 'failed',
    why: 'it did not answer in time',
  })
  expect(await withinTime(Promise.resolve({ kind: 'sent' }), 20)).toEqual({ kind: 'sent' })
})
