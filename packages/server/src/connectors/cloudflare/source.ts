import type { LogStream } from '../polling/stream.ts'
import { at, fieldsOf, listOf } from '../values/fields.ts'
import { textOf } from '../values/text.ts'
import { readTime } from '../values/time.ts'

/** How to reach an account of Cloudflare. */
export interface CloudflareAccess {
  readonly account: string
  /** API token with `Access: Audit Logs Read` and `Account Settings Read`. */
  readonly token: string
  readonly api_url: string
}

const PAGE = 1000

/**
 * Sign-ins of Access, by numbered pages, and the audit log (version 2), by cursor; both oldest first, up to now. Each time the last ten minutes
 * are asked for once more.
 */
export function cloudflareStreams(
  access: CloudflareAccess,
  now: () => number,
): readonly LogStream[] {
  const base = new URL(access.api_url)
  const account = `${base.href.replace(/\/$/, '')}/accounts/${encodeURIComponent(access.account)}`
  const iso = (time: number) => encodeURIComponent(new Date(time).toISOString())
  const shared = {
    format: 'cloudflare',
    origin: base.origin,
    request: async () => ({ headers: { authorization: `Bearer ${access.token}` } }),
    recordsIn: (body: unknown) => listOf(fieldsOf(body).result),
    overlap: 10 * 60_000,
    keepsLink: false,
  }
  return [
    {
      ...shared,
      name: 'access',
      first: (from) =>
        `${account}/access/logs/access_requests?direction=asc&since=${iso(from)}&until=${iso(now())}&limit=${PAGE}&per_page=${PAGE}&page=1`,
      next: (body, _, asked) => {
        if (listOf(fieldsOf(body).result).length < PAGE) return undefined
        const url = new URL(asked)
        url.searchParams.set('page', String(Number(url.searchParams.get('page')) + 1))
        return url.href
      },
      timeOf: (record) => readTime(fieldsOf(record).created_at),
    },
    {
      ...shared,
      name: 'audit',
      first: (from) =>
        `${account}/logs/audit?direction=asc&since=${iso(from)}&before=${iso(now())}&limit=${PAGE}`,
      next: (body, _, asked) => {
        const cursor = textOf(at(body, 'result_info', 'cursor'), 4_000)
        if (cursor === undefined || listOf(fieldsOf(body).result).length === 0) return undefined
        const url = new URL(asked)
        url.searchParams.set('cursor', cursor)
        return url.href
      },
      timeOf: (record) => readTime(at(record, 'action', 'time')),
    },
  ]
}
