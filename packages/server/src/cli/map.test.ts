import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'

const main = join(import.meta.dirname, 'main.ts')
const badges = join(import.meta.dirname, '../../../../samples/mapped/badge-log.csv')
const run = promisify(execFile)
let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatewatch-map-'))
})
afterEach(() => rm(folder, { recursive: true }))
const gatewatch = (...args: string[]) =>
  run(process.execPath, [main, ...args]).catch(
    (error: { code: number; stdout: string; stderr: string }) => error,
  )

test('gatewatch map says what it took, and what it writes works with score --mapping', async () => {
  for (const out of ['mapping.yaml', 'mapping.json'].map((name) => join(folder, name))) {
    const { stderr } = await gatewatch('map', badges, '--out', out)
    expect(stderr).toMatch(/^time +ts +100 % +by its name/m)
    expect(stderr).toContain('The mapping reads 41 of 41 records.')
    expect(await readFile(out, 'utf8')).toContain('badge-log')
    const verdicts = join(folder, 'verdicts.ndjson')
    const scored = await gatewatch('score', badges, '--mapping', out, '--out', verdicts)
    expect(scored.stdout).toContain('unreadable 0')
    const [first = ''] = (await readFile(verdicts, 'utf8')).split('\n')
    expect(JSON.parse(first)).toMatchObject({
      time: '2024-04-01T00:00:00.000Z',
      outcome: 'success',
    })
  }
}, 60_000)

test('gatewatch map says where a sample is not enough, or needs no mapping', async () => {
  const nothing = join(folder, 'nothing.ndjson')
  await writeFile(nothing, '{"a":1}\n{"a":2}\n')
  const poor = await gatewatch('map', nothing)
  expect(poor).toMatchObject({ code: 1, stderr: expect.stringContaining('neither when nor who') })
  const okta = await gatewatch('map', join(import.meta.dirname, '../../../../samples/okta.ndjson'))
  expect(okta.stderr).toContain('it needs no mapping')
  const absent = await gatewatch('map', join(folder, 'absent'))
  expect(absent).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('there is no such file'),
  })
}, 60_000)
