import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { simulateCommand } from './simulate.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatewatch-simulate-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function simulate(...args: string[]): Promise<void> {
  const command = simulateCommand().exitOverride()
  command.configureOutput({ writeErr: () => undefined })
  await command.parseAsync(['--people', '40', '--days', '2', ...args], { from: 'user' })
}

test('the same seed writes the same files, and the truth file has a line for every record', async () => {
  const [a, b, truth] = ['a.ndjson.gz', 'b.ndjson', 'truth.csv'].map((name) => join(folder, name))
  await simulate('--seed', '5', '--out', a ?? '', '--truth', truth ?? '')
  await simulate('--seed', '5', '--out', b ?? '')
  const text = gunzipSync(readFileSync(a ?? '')).toString()
  expect(readFileSync(b ?? '', 'utf8')).toBe(text)
  const uids = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).uid)
  const lines = readFileSync(truth ?? '', 'utf8')
    .trimEnd()
    .split('\n')
  expect(lines[0]).toBe('uid,label,victim,campaign')
  expect(lines.slice(1).map((line) => line.split(',')[0])).toEqual(uids)
})

test('a month of poisoning and weeks of drift can be asked for', async () => {
  const truth = join(folder, 'poisoned.csv')
  await simulate(
    ...['--days', '33', '--drift', '4', '--poisoning', 'trained', '--cloud', '0'],
    ...['--out', join(folder, 'poisoned.ndjson'), '--truth', truth],
  )
  const labels = readFileSync(truth, 'utf8')
    .split('\n')
    .map((line) => line.split(',')[1])
  expect(labels.filter((label) => label === 'poisoning').length).toBeGreaterThan(10)
  expect(labels.filter((label) => label === 'poisoned_strike').length).toBeGreaterThan(0)
  await expect(simulate('--poisoning', 'trained')).rejects.toThrow('32 days or more')
  await expect(simulate('--drift', '9')).rejects.toThrow('a day of the world')
})

test('what cannot be done is said with the option or the file', async () => {
  await expect(simulate('--out', join(folder, 'missing', 'x'))).rejects.toThrow(
    /Cannot write.*missing/,
  )
  await expect(simulate('--attacks', 'many')).rejects.toThrow('between 0 and 100')
  await expect(simulate('--format', 'xml')).rejects.toThrow('canonical')
  await expect(simulate('--family', 'robots')).rejects.toThrow('offices, crews')
})
