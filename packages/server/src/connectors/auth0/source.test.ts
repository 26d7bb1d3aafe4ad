import { expect, test } from 'vitest'
import { follow } from '../polling/follow.ts'
import { at, begin, only, recorder, start, vendor } from '../polling/test-vendor.ts'
import { fieldsOf } from '../values/fields.ts'
import { auth0Streams } from './source.ts'

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
