import { expect, test } from 'vitest'
import { powersOfTwo } from './powers.ts'

test('a power is the same when it is first worked out, when it was kept, and beyond what is kept', () => {
  const eighths = powersOfTwo(8)
  for (const steps of [0, 1, -1, -13, 4_096, -4_096, 4_097, -5_000]) {
    expect([eighths(steps), eighths(steps)]).toEqual([2 ** (steps / 8), 2 ** (steps / 8)])
  }
})
