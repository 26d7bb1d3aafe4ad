import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { readModule, readSources } from './modules.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

describe('every exported name', () => {
  test('has a doc comment that says what it promises', () => {
    const sources = readSources(root, 'packages')
    expect(sources.size).toBeGreaterThan(0)
    const bare = [...sources].flatMap(([path, text]) =>
      isTest(path) ? [] : bareExports(path, text),
    )
    expect(bare).toEqual([])
  })
})

describe('the checker of doc comments', () => {
  test.each([
    'export const it = 1',
    '// a line comment\nexport const it = 1',
    '/* no doc comment */\nexport const it = 1',
    '/** Far. */\nconst other = 1\n\nexport const it = other',
    'export interface it {}',
    'export type it = string',
    'export async function it() {}',
    'export default function it() {}',
    'export class it {}',
    '/** Says first. */\nexport const first = 1\n\nexport const it = 2',
    '/** Says first. */\nexport const first = 1\nexport function it() {}',
    '/** Says first. */\nexport function first() {}\nexport const it = 2',
    'const it = 1\nexport { it }',
    'const it = 1\nexport { it as other }',
    'export const first = 1, it = 2',
  ])('refuses %j', (text) => {
    expect(bareExports('a.ts', text)).toContain('a.ts: it')
  })

  test.each([
    '/** Says it. */\nexport const it = 1',
    '/** Says it. */ export const it = 1',
    '/** Says it. */\n\nexport async function it() {}',
    '/** Says it. */\nexport function it(a: string): void\nexport function it(a: number) {}',
    '/** Says it. */\nexport const it = 1\nexport type it = number',
    '/** Says them. */\nexport const its = [1]\nexport const it = its\nexport type It = 1',
    '/** Says it. */\nconst it = 1\nexport { it }',
    "export { it } from './other.ts'",
    "export * from './other.ts'",
    "import { it } from './other.ts'\nexport { it }",
    'const it = 1',
  ])('allows %j', (text) => {
    expect(bareExports('a.ts', text)).toEqual([])
  })
})

function bareExports(path: string, text: string): string[] {
  return readModule(path, text)
    .exports.filter((one) => !one.documented)
    .map((one) => `${path}: ${one.name}`)
}

function isTest(path: string): boolean {
  return /\.(test|contract)\.tsx?$/.test(path) || /\/dist\//.test(path)
}
