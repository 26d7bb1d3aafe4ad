import { SECRET, sourceContract } from '../polling/source.contract.ts'
import { at, only } from '../polling/test-vendor.ts'
import { fieldsOf } from '../values/fields.ts'
import { onepasswordStreams } from './source.ts'

sourceContract('the log of sign-in attempts of 1Password', {
  idOf: (record) => fieldsOf(record).uuid,
  record: (minutes, uuid) => ({ uuid, timestamp: at(minutes) }),
  count: 25,
  open: (url, token) => only(onepasswordStreams({ url, token, logs: ['signinattempts'] })),
  isPage: () => true,
  isLaterPage: (_, body) => body.includes('cursor'),
  // A cursor is a place in the log, which grows at its end, whenever things happened.
  answers: (log) => (url, request, body) => {
    if (request.headers.authorization !== `Bearer ${SECRET}`)
      return [401, { Error: { Message: 'Unauthorized access' } }]
    if (request.method !== 'POST' || url.pathname !== '/api/v2/signinattempts') return [404, {}]
    const { cursor, start_time } = JSON.parse(body)
    const from = log.findIndex((one) => String(fieldsOf(one).timestamp) >= start_time)
    const first = cursor === undefined ? from : Number(cursor)
    const items = log.slice(first, first + 10)
    const next = first + items.length
    return [200, { cursor: String(next), has_more: next < log.length, items }]
  },
})
