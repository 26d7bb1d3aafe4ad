import { createVerify, generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { follow } from '../polling/follow.ts'
import { SECRET, sourceContract } from '../polling/source.contract.ts'
import { at, begin, minute, only, recorder, start, vendor } from '../polling/test-vendor.ts'
import { at as inside } from '../values/fields.ts'
import { workspaceStreams } from './source.ts'

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

const [right, wrong] = [1, 2].map(() => generateKeyPairSync('rsa', { modulusLength: 2048 }))
const timeOf = (record: unknown) => String(inside(record, 'id', 'time'))
sourceContract('the log of sign-ins of Google Workspace', {
  idOf: (record) => inside(record, 'id', 'uniqueQualifier'),
  record: (minutes, uniqueQualifier) => ({ id: { time: at(minutes), uniqueQualifier } }),
  count: 25,
  open: (url, secret) => {
    const key = (secret === SECRET ? right : wrong)?.privateKey
    const access = {
      client_email: 'reader@example.iam.gserviceaccount.com',
      private_key: key?.export({ type: 'pkcs8', format: 'pem' }).toString() ?? '',
      subject: 'admin@example.com',
      applications: ['login'],
      admin_url: url,
      token_url: `${url}/token`,
    }
    return only(workspaceStreams(access, () => start))
  },
  isPage: (url) => url.pathname.endsWith('/login'),
  isLaterPage: (url) => url.searchParams.has('pageToken'),
  // Newest first.
  answers: (log) => (url, request, body) => {
    if (url.pathname === '/token') {
      const said = new URLSearchParams(body).get('assertion') ?? ''
      const [head = '', claims = '', signature = ''] = said.split('.')
      const isSigned = createVerify('RSA-SHA256')
        .update(`${head}.${claims}`)
        .verify(right?.publicKey ?? '', signature, 'base64url')
      return isSigned
        ? [200, { access_token: 'g1', expires_in: 3599 }]
        : [401, { error: 'invalid_grant' }]
    }
    if (request.headers.authorization !== 'Bearer g1') return [401, {}]
    const from = url.searchParams.get('startTime') ?? ''
    const found = log.filter((one) => timeOf(one) >= from)
    const sorted = found.toSorted((a, b) => (timeOf(a) < timeOf(b) ? 1 : -1))
    const page = Number(url.searchParams.get('pageToken') ?? 0)
    const more = page + 10 < sorted.length ? { nextPageToken: String(page + 10) } : {}
    return [200, { items: sorted.slice(page, page + 10), ...more }]
  },
})
