import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { coverageCommand } from './coverage.ts'

let folder = ''
let printed: string[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatewatch-coverage-'))
  printed = []
  vi.spyOn(console, 'log').mockImplementation((text) => void printed.push(String(text)))
})
afterEach(async () => {
  vi.restoreAllMocks()
  process.exitCode = undefined
  await rm(folder, { recursive: true })
})

async function coverage(...args: string[]): Promise<string> {
  await coverageCommand().exitOverride().parseAsync(args, { from: 'user' })
  return printed.join('\n')
}

test('says of every record what becomes of it, and which types nobody knows', async () => {
  const at = 'time="x"'
  const teleport = (event: string, uid: string) =>
    JSON.stringify({ code: 'T9999I', event, uid, ei: 0, time: '2024-05-06T07:10:00Z', user: 'ada' })
  await writeFile(
    join(folder, 'a.ndjson'),
    [
      teleport('user.login', '1'),
      teleport('quantum.flux', '2'),
      teleport('quantum.flux', '3'),
      at,
    ].join('\n'),
  )
  const web = '2024-05-06T07:10:01Z web1'
  await writeFile(
    join(folder, 'b.log'),
    `${web} sshd[1]: Accepted password for ada from 192.0.2.1 port 9 ssh2\n${web} cron[2]: x\n`,
  )
  const text = await coverage(folder)
  expect(text).toContain('a.ndjson: 3 events, 0 left out, 1 refused')
  expect(text).toContain('b.log: 1 events, 1 left out, 0 refused')
  expect(text).toMatch(/teleport +3 +2 +quantum\.flux \(2\)/)
  expect(text).toMatch(/linux +1 +0/)
  expect(text).toContain('Left out, as they tell of no event: 1')
  expect(text).toContain('Refused: 1')
})

test('takes records out of a field of others, and fails where nothing is read', async () => {
  const event = {
    code: 'T1000I',
    event: 'user.login',
    uid: '1',
    ei: 0,
    time: '2024-05-06T07:10:00Z',
  }
  const path = join(folder, 'wrapped.ndjson')
  await writeFile(path, `${JSON.stringify({ note: 'x', inner: event })}\n`)
  expect(await coverage(path, '--unwrap', 'inner')).toMatch(/teleport +1 +0/)
  expect(process.exitCode).toBeUndefined()
  await coverage(path, '--unwrap', 'other')
  expect(process.exitCode).toBe(1)
})
