import { expect, test } from 'vitest'
import { follow } from '../polling/follow.ts'
import { SECRET, sourceContract } from '../polling/source.contract.ts'
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

sourceContract('the log of Auth0', {
  idOf: (record) => fieldsOf(record).log_id,
  record: (minutes, log_id) => ({ log_id, date: at(minutes), type: 's' }),
  count: 25,
  open: (url, client_secret) =>
    only(auth0Streams({ url, client_id: 'c', client_secret }, () => start)),
  isPage: (url) => url.pathname === '/api/v2/logs',
  isLaterPage: (url) => url.searchParams.has('from'),
  // Places are events of the log, which grows at its end, whenever things happened.
  answers: (log) => (url, request, body) => {
    if (url.pathname === '/oauth/token')
      return new URLSearchParams(body).get('client_secret') === SECRET
        ? [200, { access_token: 'a1', expires_in: 86_400 }]
        : [401, { error: 'access_denied' }]
    if (request.headers.authorization !== 'Bearer a1') return [401, { message: 'Invalid token' }]
    const from = url.searchParams.get('from')
    const since = /^date:\[(\S+) TO/.exec(url.searchParams.get('q') ?? '')?.[1] ?? ''
    const first =
      from === null
        ? log.findIndex((one) => String(fieldsOf(one).date) >= since)
        : log.findIndex((one) => fieldsOf(one).log_id === from) + 1
    return [200, log.slice(first, first + 10)]
  },
})
