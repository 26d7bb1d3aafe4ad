import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { vendor } from '../connectors/polling/test-vendor.ts'

const main = join(import.meta.dirname, 'main.ts')
const run = promisify(execFile)
let folder = ''
let dataDir = ''
let server: ChildProcess | undefined
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatewatch-sources-'))
  dataDir = join(folder, 'data')
  await chmod(folder, 0o755)
})
afterEach(async () => {
  const running = server
  server = undefined
  if (running !== undefined) {
    const ended = new Promise((resolve) => running.on('exit', resolve))
    running.kill('SIGTERM')
    await ended
  }
  await rm(folder, { recursive: true, force: true })
})

const sources = async (...args: string[]) => {
  const done = await run(process.execPath, [main, 'sources', ...args, '--data-dir', dataDir]).catch(
    (error: { stdout: string; stderr: string }) => error,
  )
  return `${done.stdout}${done.stderr}`
}

test('a source that is added is read by serve, says how it does, and its credentials stand nowhere in the clear', async () => {
  const log = [1, 2, 3].map((n) => ({
    uuid: `u${n}`,
    published: new Date(Date.now() - n * 60_000).toISOString(),
    eventType: n === 3 ? 'nobody.knows.this' : 'user.session.start',
    actor: { id: 'a', type: 'User', alternateId: 'ada@example.com' },
    outcome: { result: 'SUCCESS' },
    client: { ipAddress: '203.0.113.4' },
  }))
  const okta = await vendor((url, request) => {
    if (request.headers.authorization !== 'SSWS hush-token') return [401, {}]
    const after = Number(url.searchParams.get('after') ?? 0)
    const page = log.slice(after, after + 2)
    const link = `<${url.origin}/api/v1/logs?after=${after + page.length}>; rel="next"`
    return [200, page, { link }]
  })
  const file = join(folder, 'okta.yaml')
  await writeFile(
    file,
    `every_seconds: 5\nsource:\n  kind: okta\n  url: ${okta.url}\n  token: hush-token\n`,
  )
  await chmod(file, 0o644)
  expect(await sources('add', 'okta', file)).toContain('chmod 600')
  await chmod(file, 0o600)

  server = spawn(process.execPath, [main, 'serve', '--port', '0', '--data-dir', dataDir])
  let printed = ''
  for (const stream of [server.stdout, server.stderr])
    stream?.on('data', (chunk) => {
      printed += String(chunk)
    })
  await expect.poll(() => printed, { timeout: 60_000 }).toContain('/signin?token=')
  expect(await sources('list')).not.toContain('okta')
  expect(await sources('add', 'okta', file)).toContain('The source okta is added')
  expect(await sources('add', 'okta', file)).toContain('There is a source okta')
  expect((await stat(join(dataDir, 'secret.key'))).mode & 0o777).toBe(0o600)
  await expect
    .poll(() => sources('list'), { timeout: 30_000, interval: 500 })
    .toMatch(/^okta +okta +(waiting|reading) .* 3 +1 +0 *$/m)
  expect(await sources('list')).not.toContain('hush-token')
  expect(printed).not.toContain('hush-token')
  expect(await readFile(join(dataDir, 'secret.key'), 'utf8')).not.toContain('hush-token')
  expect(await sources('remove', 'okta')).toContain('The source okta is removed')
  expect(await sources('remove', 'okta')).toContain('There is no source okta')
}, 120_000)

test.each([
  ['name: use lower case', 'Okta', { source: { kind: 'okta' } }],
  ['source.url: ', 'okta', { source: { kind: 'okta', token: 'hush-token' } }],
  ['source.kind: ', 'okta', { source: { kind: 'nobody', token: 'hush-token' } }],
  [
    'there is no format "odd"',
    'gcp',
    { source: { kind: 'pubsub', audience: 'a', email: 'b', format: 'odd' } },
  ],
])('what is wrong is said by field, without the secret: %s', async (why, name, content) => {
  const file = join(folder, 'source.json')
  await writeFile(file, JSON.stringify(content), { mode: 0o600 })
  const said = await sources('add', name, file)
  expect(said).toContain(why)
  expect(said).not.toContain('hush-token')
})
