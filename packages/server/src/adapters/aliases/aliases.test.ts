import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openAliases } from './aliases.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatewatch-aliases-'))
})
afterEach(() => rm(folder, { recursive: true }))

const fail = (problem: Error) => expect.fail(problem.message)

async function open(content: string, onProblem: (problem: Error) => void = fail) {
  const path = join(folder, 'aliases.csv')
  await writeFile(path, content)
  return { path, aliases: await openAliases(path, onProblem) }
}

test('an alias leads to its identity, whatever the case and the blanks', async () => {
  const { aliases } = await open(
    '# people\r\nAda@example.com, linux/ada ,role:1/nightly\r\n\nuser:grace@example.com,user:7\n',
  )
  expect(aliases.find('user:linux/ada')).toBe('user:ada@example.com')
  expect(aliases.find('role:1/nightly')).toBe('user:ada@example.com')
  expect(aliases.find('user:7')).toBe('user:grace@example.com')
  expect(aliases.find('user:ada@example.com')).toBeUndefined()
  expect(aliases.find('user:linux/grace')).toBeUndefined()
  aliases.close()
})

test('without a file everybody is who they are', async () => {
  const aliases = await openAliases(undefined, () => {})
  expect(aliases.find('user:linux/ada')).toBeUndefined()
})

test('a file of many people is read at once', async () => {
  const lines = Array.from({ length: 20_000 }, (_, i) => `person-${i},linux/person-${i}`)
  const start = performance.now()
  const { aliases } = await open(lines.join('\n'))
  expect(performance.now() - start).toBeLessThan(5_000)
  expect(aliases.find('user:linux/person-19999')).toBe('user:person-19999')
  aliases.close()
})

test.each([
  ['a,x\nb,x', 'line 2: "user:x" is an alias of "user:a" already'],
  ['a,x\nx,y', 'line 2: "user:x" is both an identity and an alias'],
  ['a,b\nc,a', 'line 2: "user:a" is both'],
])('%j is refused', async (content, why) => {
  await expect(open(content)).rejects.toThrow(why)
})

test('a changed file counts from its next reading on; a faulty one is told, and the former stays', async () => {
  const problems: string[] = []
  const { path, aliases } = await open('a,x', (problem) => problems.push(problem.message))
  await writeFile(path, 'b,x')
  await aliases.reload()
  expect(aliases.find('user:x')).toBe('user:b')
  await writeFile(path, 'a,x\nb,x')
  await aliases.reload()
  expect(aliases.find('user:x')).toBe('user:b')
  expect(problems.join()).toContain('line 2')
  aliases.close()
})
