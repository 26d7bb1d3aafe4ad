import { SECRET, sourceContract } from '../polling/source.contract.ts'
import { at, type Handler, minute, start } from '../polling/test-vendor.ts'
import { fieldsOf, at as inside } from '../values/fields.ts'
import { cloudflareStreams } from './source.ts'

const open = (url: string, token: string, log: number, now = start + 60 * minute) => {
  const access = { account: 'acc', token, api_url: `${url}/client/v4` }
  const stream = cloudflareStreams(access, () => now)[log]
  if (stream === undefined) throw new Error('no such log')
  return stream
}

/** Refuses a wrong token; gives what lies in the time asked for, oldest first. */
const from =
  (
    path: string,
    log: readonly unknown[],
    timeOf: (one: unknown) => string,
    page: (found: readonly unknown[], url: URL) => object,
  ): Handler =>
  (url, request) => {
    if (request.headers.authorization !== `Bearer ${SECRET}`)
      return [401, { success: false, errors: [{ code: 10000, message: 'Authentication error' }] }]
    if (url.pathname !== `/client/v4/accounts/acc/${path}`) return [404, {}]
    const since = url.searchParams.get('since') ?? ''
    const found = log
      .filter((one) => timeOf(one) >= since)
      .toSorted((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1))
    return [200, { success: true, errors: [], ...page(found, url) }]
  }

const accessTime = (one: unknown) => String(fieldsOf(one).created_at)
sourceContract('the log of Cloudflare Access', {
  idOf: (record) => fieldsOf(record).ray_id,
  record: (minutes, ray_id) => ({ ray_id, created_at: at(minutes) }),
  count: 2_300,
  open: (url, token) => open(url, token, 0),
  isPage: () => true,
  isLaterPage: (url) => Number(url.searchParams.get('page')) > 1,
  answers: (log) =>
    from('access/logs/access_requests', log, accessTime, (found, url) => {
      const size = Number(url.searchParams.get('per_page'))
      const first = (Number(url.searchParams.get('page')) - 1) * size
      return { result: found.slice(first, first + size) }
    }),
})

const auditTime = (one: unknown) => String(inside(one, 'action', 'time'))
sourceContract('the audit log of Cloudflare', {
  idOf: (record) => fieldsOf(record).id,
  record: (minutes, id) => ({ id, action: { time: at(minutes), type: 'create' } }),
  count: 25,
  open: (url, token) => open(url, token, 1),
  isPage: () => true,
  isLaterPage: (url) => url.searchParams.has('cursor'),
  answers: (log) =>
    from('logs/audit', log, auditTime, (found, url) => {
      const first = Number(url.searchParams.get('cursor') ?? 0)
      const result = found.slice(first, first + 10)
      const cursor = first + result.length < found.length ? String(first + result.length) : ''
      return { result, result_info: { count: String(result.length), cursor } }
    }),
})
