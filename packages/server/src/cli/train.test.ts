import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MODEL_CARDS } from '@gatewatch/engine/lab'
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { modelsCommand } from './models.ts'
import { trainCommand } from './train.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatewatch-train-'))
afterAll(() => rmSync(folder, { recursive: true }))

let printed: string[]
beforeEach(() => {
  printed = []
  vi.spyOn(console, 'log').mockImplementation((text: string) => void printed.push(text))
})
afterEach(() => vi.restoreAllMocks())

const models = (...args: string[]) =>
  modelsCommand().exitOverride().parseAsync(args, { from: 'user' })

describe('gatewatch train', () => {
  test('trains every model with one command, and writes each as a file with its card and statistics', async () => {
    const args = ['--people', '60', '--days', '20', '--seed', '3', '--verdicts', '100']
    await trainCommand()
      .exitOverride()
      .parseAsync([...args, '--out', folder], { from: 'user' })
    const [text = ''] = printed
    for (const { title } of Object.values(MODEL_CARDS)) expect(text).toContain(title)
    expect(text).toContain('ensemble, as shipped')
    expect(text).toMatch(/worth switching on/)
    const names = Object.keys(MODEL_CARDS).filter((name) => name !== 'random_forest')
    for (const name of names)
      expect(readdirSync(folder)).toEqual(expect.arrayContaining([`${name}.model`, `${name}.json`]))

    printed = []
    await models('card', join(folder, 'k_means.model'), join(folder, 'lstm.model'))
    const [cards = ''] = printed
    for (const head of ['What it is', 'Works', 'Does not', 'A high score'])
      expect(cards.split(`  ${head}: `)).toHaveLength(3)
    expect(cards).toMatch(
      /Data window: 2025-01-06 to 2025-01-13 of offices, seed 3.* sign-ins; seed 3/,
    )
    expect(cards).toMatch(
      /Found: .* attacks among \d+ days of activity: .* area under the ROC curve/,
    )
  }, 300_000)

  test('refuses the card of a file that is damaged, and says which', async () => {
    const path = join(folder, 'pca.model')
    const bytes = readFileSync(path)
    writeFileSync(path, bytes.subarray(0, bytes.length - 3))
    await expect(models('card', path)).rejects.toThrow('pca.model cannot be read')
    writeFileSync(join(folder, 'pca.json'), '{}')
    await expect(models('card', path)).rejects.toThrow('no statistics of a model')
  })
})

test('gatewatch models card says of every model what it is good for', async () => {
  await models('card')
  const [text = ''] = printed
  for (const { title, fails, high } of Object.values(MODEL_CARDS)) {
    expect(text).toContain(title)
    expect(text).toContain(`Does not: ${fails}`)
    expect(text).toContain(`A high score: ${high}`)
  }
})
