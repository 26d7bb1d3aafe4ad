import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { pullCommand } from './pull.ts'

let folder = ''
let server: Server
let url = ''
const taken: string[] = []
const log = [1, 2, 3].map((n) => ({ uuid: `u${n}`, published: `2024-05-06T07:0${n}:00.000Z` }))

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatewatch-pull-'))
  taken.length = 0
  // One server stands for Okta and for Gatewatch.
  server = createServer((request, response) => {
    const address = new URL(request.url ?? '/', url)
    let body = ''
    request.on('data', (chunk) => {
      body += String(chunk)
    })
    request.on('end', () => {
      if (address.pathname === '/v1/events') {
        const isRight =
          request.headers.authorization === 'Bearer gw_key' &&
          address.searchParams.get('format') === 'okta'
        if (isRight) taken.push(...body.split('\n'))
        response.writeHead(isRight ? 200 : 401, { 'content-type': 'application/json' }).end('{}')
        return
      }
      const after = Number(address.searchParams.get('after') ?? 0)
      const page = log.slice(after, after + 2)
      const link = `<${url}/api/v1/logs?after=${after + page.length}>; rel="next"`
      response
        .writeHead(200, { 'content-type': 'application/json', link })
        .end(JSON.stringify(page))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(async () => {
  vi.restoreAllMocks()
  server.close()
  await rm(folder, { recursive: true })
})

async function pull(change: Record<string, unknown> = {}, mode = 0o600): Promise<void> {
  const path = join(folder, 'pull.yaml')
  const file = {
    to: url,
    key: 'gw_key',
    state: join(folder, 'state.json'),
    source: { kind: 'okta', url, token: 'hush-token' },
    ...change,
  }
  await writeFile(path, JSON.stringify(file))
  await chmod(path, mode)
  await pullCommand().exitOverride().parseAsync([path, '--once'], { from: 'user' })
}

test('reads what there is, and the next time only what is new', async () => {
  await pull()
  expect(taken.map((line) => JSON.parse(line).uuid)).toEqual(['u1', 'u2', 'u3'])
  const state = JSON.parse(await readFile(join(folder, 'state.json'), 'utf8'))
  expect(state).toEqual({
    systemLog: {
      from: expect.any(Number),
      next: `${url}/api/v1/logs?after=3`,
      newest: expect.any(Number),
    },
  })
  expect(JSON.stringify(state)).not.toContain('hush-token')
  await pull()
  expect(taken).toHaveLength(3)
}, 20_000)

test('keeps its place where Gatewatch does not take the records', async () => {
  await expect(pull({ key: 'gw_wrong' })).rejects.toThrow(
    'Gatewatch does not take the records: 401',
  )
  await pull()
  expect(taken).toHaveLength(3)
})

test.each<[string, Record<string, unknown>, number]>([
  ['others may read it', {}, 0o644],
  ['key: ', { key: '' }, 0o600],
  ['source.url: ', { source: { kind: 'okta', url: 'okta', token: 'hush-token' } }, 0o600],
  ['source.kind: ', { source: { kind: 'nobody' } }, 0o600],
  ['this is no state of gatewatch pull', { state: '/dev/null' }, 0o600],
])('says "%s" where the file is wrong', async (why, change, mode) => {
  const error = await pull(change, mode).catch((one: Error) => one)
  expect(String(error)).toContain(why)
  expect(String(error)).not.toContain('hush-token')
})
