import { beforeAll, expect, test } from 'vitest'
import { holdToBars } from './bars.ts'
import { asMarkdown } from './cells.ts'
import { evaluateWorlds } from './evaluate-worlds.ts'
import type { Evaluation } from './measure.ts'
import { tell } from './tell.ts'

let worlds: readonly Evaluation[]

beforeAll(async () => {
  worlds = await evaluateWorlds([
    { seed: 1, people: 60, days: 8, warmUp: 3, family: 'offices' },
    { seed: 2, people: 60, days: 8, warmUp: 3, family: 'crews' },
  ])
}, 60_000)

/** The worlds with another share of attack sign-ins stopped. */
const stopping = (...shares: readonly number[]) =>
  shares.map((stoppedAttacks, i) => {
    const world = worlds[i] as Evaluation
    return { ...world, shipped: { ...world.shipped, stoppedAttacks } }
  })
const stopped = (evaluations: readonly Evaluation[]) =>
  holdToBars(evaluations).find(({ name }) => name.includes('challenged or denied'))

test('worlds of several families are played in threads and come back in their order', () => {
  expect(worlds.map(({ world }) => world?.family)).toEqual(['offices', 'crews'])
})

test('a bar is met by the mean, and broken by one world far below', () => {
  expect(stopped(stopping(0.6, 0.5))).toMatchObject({ isMet: true, worlds: 2 })
  expect(stopped(stopping(0.5, 0.51))).toMatchObject({ isMet: false })
  expect(stopped(stopping(0.9, 0.45))).toMatchObject({ isMet: false })
  expect(stopped(stopping(Number.NaN, Number.NaN))).toMatchObject({ isMet: null, worlds: 0 })
})

test('several worlds are told together, as Markdown too', () => {
  const text = asMarkdown(tell(worlds))
  expect(text).toContain('### 2 worlds')
  expect(text).toContain('| as shipped: attack sign-ins challenged or denied | at least 52 % |')
  for (const section of ['Campaigns against 5', 'Takeovers, leaked keys', 'First visits'])
    expect(text).toContain(`### ${section}`)
  expect(text).not.toMatch(/undefined|NaN/)
})

test('a world that cannot be made ends the whole with its reason', async () => {
  await expect(evaluateWorlds([{ seed: 1, people: 60, days: 3, warmUp: 3 }])).rejects.toThrow(
    'warm-up must be shorter',
  )
})
