import { expect, test } from 'vitest'
import { follow } from '../polling/follow.ts'
import { SECRET, sourceContract } from '../polling/source.contract.ts'
import {
  begin,
  type Handler,
  minute,
  only,
  recorder,
  start,
  vendor,
} from '../polling/test-vendor.ts'
import { fieldsOf } from '../values/fields.ts'
import { keycloakStreams } from './source.ts'

const timeOf = (record: unknown) => Number(fieldsOf(record).time)
const streams = (url: string, client_secret: string) =>
  keycloakStreams(
    { url: `${url}/auth/`, realm: 'prod', client_id: 'c', client_secret },
    () => start,
  )
const day = Date.UTC(2024, 4, 6)

/** Newest first, by place in the list, from the beginning of a day on. */
const keycloak = (log: readonly unknown[]): Handler => {
  let tokens = 0
  return (url, request, body) => {
    if (url.pathname === '/auth/realms/prod/protocol/openid-connect/token')
      return new URLSearchParams(body).get('client_secret') === SECRET
        ? [200, { access_token: `t${++tokens}`, expires_in: 60 }]
        : [401, { error: 'unauthorized_client' }]
    if (request.headers.authorization !== `Bearer t${tokens}`)
      return [401, { error: 'HTTP 401 Unauthorized' }]
    if (url.pathname !== '/auth/admin/realms/prod/events') return [404, {}]
    const from = Date.parse(url.searchParams.get('dateFrom') ?? '')
    const found = log.filter((one) => timeOf(one) >= from).toSorted((a, b) => timeOf(b) - timeOf(a))
    const first = Number(url.searchParams.get('first'))
    return [200, found.slice(first, first + Number(url.searchParams.get('max')))]
  }
}

sourceContract('the event log of Keycloak', {
  idOf: (record) => fieldsOf(record).id,
  record: (minutes, id) => ({ id, time: Math.floor(start + minutes * minute), type: 'LOGIN' }),
  count: 250,
  open: (url, secret) => only(streams(url, secret)),
  isPage: (url) => url.pathname.endsWith('/events'),
  isLaterPage: (url) => Number(url.searchParams.get('first')) > 0,
  answers: keycloak,
})

test('pages end where they are older than what was asked for, though a day is all that can be asked for', async () => {
  const log = Array.from({ length: 1_000 }, (_, i) => ({ id: i, time: day + i * 30_000 }))
  const server = await vendor(keycloak(log))
  const { parts } = recorder()
  await follow(only(streams(server.url, SECRET)), begin, parts)
  // 420 of the thousand are older than the start, and 580 are six pages.
  expect(server.asked.filter((path) => path.includes('/events'))).toHaveLength(2)
})

test('events and admin events are two logs', () => {
  expect(streams('https://sso.example.com', SECRET).map(({ name }) => name)).toEqual([
    'events',
    'admin-events',
  ])
})
