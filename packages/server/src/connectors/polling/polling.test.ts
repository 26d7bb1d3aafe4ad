import { createVerify, generateKeyPairSync } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { auth0Streams } from '../auth0/source.ts'
import { entraStreams } from '../entra/source.ts'
import { githubStreams } from '../github-audit/source.ts'
import { workspaceStreams } from '../google-workspace/source.ts'
import { oktaStreams } from '../okta/source.ts'
import { fieldsOf } from '../values/fields.ts'
import { type Following, follow } from './follow.ts'
import type { LogStream, Position } from './stream.ts'

/** A local server that answers as a vendor's documentation says; `asked` are the addresses it was asked, in order. */
interface Vendor {
  readonly url: string
  readonly asked: string[]
}

let servers: Server[] = []
afterEach(() => {
  for (const server of servers) server.close()
  servers = []
})

type Handler = (
  url: URL,
  request: IncomingMessage,
  body: string,
) => readonly [status: number, body: unknown, headers?: Record<string, string>]

async function vendor(handler: Handler): Promise<Vendor> {
  const asked: string[] = []
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`)
    asked.push(`${url.pathname}${url.search}`)
    const [status, content, headers] = handler(url, request, body)
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify(content))
  }
  const server = createServer((request, response) => void answer(request, response))
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

const start = Date.UTC(2024, 4, 6, 7)
const minute = 60_000
const at = (minutes: number) => new Date(start + minutes * minute).toISOString()

/** Where records go, what is kept, and what was waited, instead of a Gatewatch and a clock on the wall. */
function recorder(now = start + 60 * minute) {
  const kept = {
    records: [] as unknown[],
    positions: [] as Position[],
    waits: [] as number[],
    said: [] as string[],
  }
  const parts: Following = {
    async deliver(_, records) {
      kept.records.push(...records)
    },
    async save(_, position) {
      kept.positions.push(position)
    },
    now: () => now,
    async wait(ms) {
      kept.waits.push(ms)
    },
    say: (what) => void kept.said.push(what),
  }
  return { kept, parts }
}

const begin: Position = { from: start, newest: start }
const only = (streams: readonly LogStream[]): LogStream => {
  const [stream] = streams
  if (stream === undefined) throw new Error('no stream')
  return stream
}

describe('Okta', () => {
  const log = [1, 2, 3, 4, 5].map((n) => ({ uuid: `u${n}`, published: at(n) }))
  /** Pages of two; `after` is the number of records already given. */
  const pages =
    (records: readonly unknown[]): Handler =>
    (url, request) => {
      if (request.headers.authorization !== 'SSWS secret')
        return [401, { errorCode: 'E0000011', errorSummary: 'Invalid token provided' }]
      const after = Number(url.searchParams.get('after') ?? 0)
      const page = records.slice(after, after + 2)
      const next = `${url.origin}/api/v1/logs?after=${after + page.length}&limit=2`
      return [200, page, { link: `<${url.href}>; rel="self", <${next}>; rel="next"` }]
    }

  test('is read to its end, and goes on from the same link when there is more', async () => {
    const records: unknown[] = [...log]
    const { url, asked } = await vendor((...args) => pages(records)(...args))
    const stream = only(oktaStreams({ url, token: 'secret' }))
    const { kept, parts } = recorder()
    const end = await follow(stream, begin, parts)
    expect(kept.records).toEqual(log)
    expect(asked[0]).toBe(
      `/api/v1/logs?since=${encodeURIComponent(at(0))}&sortOrder=ASCENDING&limit=1000`,
    )
    expect(end.newest).toBe(start + 5 * minute)
    records.push({ uuid: 'late', published: at(2) })
    await follow(stream, end, parts)
    expect(kept.records.at(-1)).toEqual({ uuid: 'late', published: at(2) })
    expect(kept.records).toHaveLength(6)
  })

  test('a crash after a page was taken repeats that page at most, and loses none', async () => {
    const { url } = await vendor(pages(log))
    const stream = only(oktaStreams({ url, token: 'secret' }))
    const { kept, parts } = recorder()
    const save = () => Promise.reject(new Error('crash'))
    await expect(follow(stream, begin, { ...parts, save })).rejects.toThrow('crash')
    await follow(stream, kept.positions.at(-1) ?? begin, parts)
    expect(new Set(kept.records.map((one) => fieldsOf(one).uuid)).size).toBe(5)
    expect(kept.records).toHaveLength(7)
  })

  test('waits until the limit is reset, and longer each time where nothing says how long', async () => {
    let count = 0
    const now = start + 60 * minute
    const { url } = await vendor((...args) => {
      count++
      if (count === 1)
        return [
          429,
          { errorSummary: 'API call exceeded rate limit' },
          { 'x-rate-limit-reset': String(now / 1000 + 30) },
        ]
      if (count === 2) return [429, {}, { 'retry-after': '7' }]
      if (count <= 4) return [503, {}]
      return pages(log)(...args)
    })
    const { kept, parts } = recorder(now)
    await follow(only(oktaStreams({ url, token: 'secret' })), begin, parts)
    expect(kept.waits).toEqual([30_000, 7_000, 4_000, 8_000])
    expect(kept.records).toEqual(log)
  })

  test('begins again at the last event less the overlap where the link is too old', async () => {
    let isOld = true
    const { url, asked } = await vendor((...args) => {
      const [address] = args
      if (isOld && address.searchParams.has('after')) {
        isOld = false
        return [400, { errorCode: 'E0000031', errorSummary: 'Invalid after cursor' }]
      }
      return pages(log)(...args)
    })
    const { kept, parts } = recorder()
    await follow(
      only(oktaStreams({ url, token: 'secret' })),
      { from: start, next: `${url}/api/v1/logs?after=4`, newest: start + 4 * minute },
      parts,
    )
    expect(asked[1]).toContain(encodeURIComponent(at(-6)))
    expect(kept.records).toEqual(log)
    expect(kept.said[0]).toContain('Invalid after cursor')
  })

  test('says so where the token is refused, and never names it', async () => {
    const { url, asked } = await vendor(pages(log))
    const { parts } = recorder()
    const error = await follow(only(oktaStreams({ url, token: 'wrong' })), begin, parts).catch(
      (one: Error) => one,
    )
    expect(String(error)).toContain('Invalid token provided')
    expect(String(error)).not.toContain('wrong')
    expect(asked).toHaveLength(2)
  })

  test('sends its token to no other address, whatever a link says', async () => {
    const other = await vendor(() => [200, []])
    const { url } = await vendor(() => [
      200,
      log,
      { link: `<${other.url}/api/v1/logs>; rel="next"` },
    ])
    const { parts } = recorder()
    await expect(follow(only(oktaStreams({ url, token: 'secret' })), begin, parts)).rejects.toThrow(
      'another address',
    )
    expect(other.asked).toEqual([])
  })

  test('gives up after eight tries, until the next time', async () => {
    const { url, asked } = await vendor(() => [500, {}])
    const { parts } = recorder()
    await expect(follow(only(oktaStreams({ url, token: 'secret' })), begin, parts)).rejects.toThrow(
      '500',
    )
    expect(asked).toHaveLength(8)
  })
})

describe('Entra through Graph', () => {
  const signIns = [1, 2, 3].map((n) => ({ id: `s${n}`, createdDateTime: at(n) }))

  async function graph(records: readonly { id: string; createdDateTime: string }[]) {
    let tokens = 0
    let refused = 0
    const server = await vendor((url, request, body) => {
      if (url.pathname === '/tenant-1/oauth2/v2.0/token') {
        if (new URLSearchParams(body).get('client_secret') !== 'hush')
          return [401, { error: 'invalid_client' }]
        return [200, { access_token: `token-${++tokens}`, expires_in: 3600 }]
      }
      // The first token is withdrawn after one page.
      if (request.headers.authorization === 'Bearer token-1' && ++refused > 1)
        return [
          401,
          { error: { code: 'InvalidAuthenticationToken', message: 'Lifetime validation failed' } },
        ]
      if (url.pathname.endsWith('directoryAudits')) return [200, { value: [] }]
      const from = /ge (\S+)$/.exec(url.searchParams.get('$filter') ?? '')?.[1] ?? ''
      const skip = Number(url.searchParams.get('$skiptoken') ?? 0)
      const found = records.filter((one) => Date.parse(one.createdDateTime) >= Date.parse(from))
      const next = new URL(url)
      next.searchParams.set('$skiptoken', String(skip + 2))
      const more = skip + 2 < found.length ? { '@odata.nextLink': next.href } : {}
      return [200, { '@odata.context': 'x', value: found.slice(skip, skip + 2), ...more }]
    })
    const access = {
      tenant: 'tenant-1',
      client_id: 'c',
      client_secret: 'hush',
      graph_url: server.url,
      login_url: server.url,
    }
    return { server, access }
  }

  test('pages are followed, a withdrawn token is renewed, and the last hour is asked for once more', async () => {
    const records = [...signIns]
    const { server, access } = await graph(records)
    const stream = only(entraStreams(access, () => start))
    const { kept, parts } = recorder()
    const first = await follow(
      stream,
      { from: start - 90 * minute, newest: start - 90 * minute },
      parts,
    )
    expect(kept.records).toEqual(signIns)
    expect(server.asked.filter((path) => path.endsWith('/token'))).toHaveLength(2)
    expect(first).toEqual({ from: start + 3 * minute - 60 * minute, newest: start + 3 * minute })
    records.push({ id: 'late', createdDateTime: at(-20) })
    await follow(stream, first, parts)
    expect(kept.records.map((one) => fieldsOf(one).id)).toContain('late')
  })

  test('a wrong secret is told without it', async () => {
    const { access } = await graph(signIns)
    const { parts } = recorder()
    const error = await follow(
      only(entraStreams({ ...access, client_secret: 'wrong-one' }, () => start)),
      begin,
      parts,
    ).catch((one: Error) => one)
    expect(String(error)).toContain('invalid_client')
    expect(String(error)).not.toContain('wrong-one')
  })

  test('sign-ins and audit records are two logs', async () => {
    const { access } = await graph(signIns)
    expect(entraStreams(access, () => start).map(({ name }) => name)).toEqual([
      'signIns',
      'directoryAudits',
    ])
  })
})

test('Google Workspace: a signed statement buys the token, pages are followed, a quota is waited for', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const activities = [5, 3, 1].map((n) => ({
    kind: 'admin#reports#activity',
    id: { time: at(n), uniqueQualifier: String(n), applicationName: 'login' },
  }))
  let calls = 0
  const server = await vendor((url, request, body) => {
    if (url.pathname === '/token') {
      const [head = '', claims = '', signature = ''] = (
        new URLSearchParams(body).get('assertion') ?? ''
      ).split('.')
      const isSigned = createVerify('RSA-SHA256')
        .update(`${head}.${claims}`)
        .verify(publicKey, signature, 'base64url')
      const { sub, scope } = JSON.parse(Buffer.from(claims, 'base64url').toString())
      const isRight =
        isSigned && sub === 'admin@example.com' && scope.endsWith('admin.reports.audit.readonly')
      return isRight
        ? [200, { access_token: 'g1', expires_in: 3599 }]
        : [401, { error: 'invalid_grant' }]
    }
    if (request.headers.authorization !== 'Bearer g1')
      return [401, { error: { code: 401, message: 'Invalid Credentials' } }]
    if (++calls === 2)
      return [
        403,
        { error: { errors: [{ reason: 'rateLimitExceeded' }], code: 403 } },
        { 'retry-after': '3' },
      ]
    const page = Number(url.searchParams.get('pageToken') ?? 0)
    const more = page < 2 ? { nextPageToken: String(page + 1) } : {}
    return [200, { kind: 'admin#reports#activities', items: [activities[page]], ...more }]
  })
  const access = {
    client_email: 'reader@example.iam.gserviceaccount.com',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    subject: 'admin@example.com',
    applications: ['login'],
    admin_url: server.url,
    token_url: `${server.url}/token`,
  }
  const { kept, parts } = recorder()
  const end = await follow(only(workspaceStreams(access, () => start)), begin, parts)
  expect(kept.records).toEqual(activities)
  expect(kept.waits).toEqual([3_000])
  expect(end).toEqual({ from: start, newest: start + 5 * minute })
  expect(server.asked[1]).toBe(
    `/admin/reports/v1/activity/users/all/applications/login?startTime=${encodeURIComponent(at(0))}&maxResults=1000`,
  )
})

test('GitHub: links are followed to the last page, and the last hour is asked for once more', async () => {
  const log = [1, 2, 3].map((n) => ({
    _document_id: `d${n}`,
    '@timestamp': start + n * minute,
    action: 'repo.create',
    actor: 'ada-l',
  }))
  const server = await vendor((url, request) => {
    if (request.headers.authorization !== 'Bearer hush')
      return [401, { message: 'Bad credentials' }]
    const after = Number(url.searchParams.get('after') ?? 0)
    const next = new URL(url)
    next.searchParams.set('after', String(after + 2))
    const more: Record<string, string> =
      after + 2 < log.length
        ? { link: `<${next.href}>; rel="next", <${url.href}>; rel="prev"` }
        : {}
    return [200, log.slice(after, after + 2), more]
  })
  const access = { token: 'hush', of: 'orgs/example', api_url: server.url }
  const { kept, parts } = recorder()
  const end = await follow(
    only(githubStreams(access)),
    { from: start - 90 * minute, newest: start - 90 * minute },
    parts,
  )
  expect(kept.records).toEqual(log)
  expect(server.asked[0]).toBe(
    `/orgs/example/audit-log?include=all&order=asc&per_page=100&phrase=${encodeURIComponent(`created:>=${at(-90)}`)}`,
  )
  expect(end).toEqual({ from: start + 3 * minute - 60 * minute, newest: start + 3 * minute })
  const error = await follow(
    only(githubStreams({ ...access, token: 'wrong-one' })),
    begin,
    parts,
  ).catch((one: Error) => one)
  expect(String(error)).toContain('Bad credentials')
})

test('Auth0: reading goes on from the last event, also when there was nothing for a while', async () => {
  const log = [1, 2, 3].map((n) => ({ log_id: `l${n}`, date: at(n), type: 's' }))
  const server = await vendor((url, request, body) => {
    if (url.pathname === '/oauth/token') {
      const said = new URLSearchParams(body)
      return said.get('audience') === `${url.origin}/api/v2/`
        ? [200, { access_token: 'a1', expires_in: 86_400 }]
        : [403, { error: 'access_denied' }]
    }
    if (request.headers.authorization !== 'Bearer a1') return [401, { message: 'Invalid token' }]
    const from = url.searchParams.get('from')
    const begins = from === null ? 0 : log.findIndex((one) => one.log_id === from) + 1
    return [200, log.slice(begins, begins + 2)]
  })
  const stream = only(
    auth0Streams({ url: server.url, client_id: 'c', client_secret: 'hush' }, () => start),
  )
  const { kept, parts } = recorder()
  const first = await follow(stream, begin, parts)
  const second = await follow(stream, first, parts)
  expect(second.next).toBe(`${server.url}/api/v2/logs?from=l3&take=100`)
  log.push({ log_id: 'l4', date: at(4), type: 's' })
  await follow(stream, second, parts)
  expect(kept.records.map((one) => fieldsOf(one).log_id)).toEqual(['l1', 'l2', 'l3', 'l4'])
})
