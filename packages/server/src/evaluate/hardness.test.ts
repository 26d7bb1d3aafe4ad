import { FAMILIES } from '@gatewatch/simulator'
import { beforeAll, expect, test } from 'vitest'
import { evaluateWorlds } from './evaluate-worlds.ts'
import type { Evaluation } from './measure.ts'

let worlds: readonly Evaluation[]

beforeAll(async () => {
  worlds = await evaluateWorlds(
    FAMILIES.map((family) => ({ family, seed: 2, people: 300, days: 42, warmUp: 16 })),
  )
}, 240_000)

test.each(FAMILIES.map((family, i) => [family, i] as const))(
  'a world of %s is hard: simple ways of looking stay below their bounds',
  (_, i) => {
    const { bands = [], attackSignIns = {} } = worlds[i] ?? {}
    const attacks = Object.values(attackSignIns).reduce((sum, one) => sum + one, 0)
    expect(attacks).toBeGreaterThan(50)
    expect(bands.map(({ name, atMost }) => [name, atMost])).toEqual([
      ['rules', 0.45],
      ['isolation forest', 0.45],
      ['Freeman without prior', 0.25],
    ])
    for (const { name, recall, atMost } of bands) expect(recall, name).toBeLessThanOrEqual(atMost)
  },
)
