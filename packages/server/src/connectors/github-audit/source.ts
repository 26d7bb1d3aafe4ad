import { nextLink } from '../polling/links.ts'
import type { LogStream } from '../polling/stream.ts'
import { fieldsOf, listOf } from '../values/fields.ts'
import { readEpoch } from '../values/time.ts'

/** How to reach the audit log of an organisation or an enterprise. */
export interface GithubAccess {
  readonly token: string
  /** `orgs/example` or `enterprises/example`. */
  readonly of: string
  /** GitHub Enterprise Server has an address of its own. */
  readonly api_url: string
}

/** The audit log with Git events, oldest first. Events come minutes late, so each time the last hour is asked for once more. */
export function githubStreams({ token, of, api_url }: GithubAccess): readonly LogStream[] {
  const base = new URL(api_url)
  const path = `${base.href.replace(/\/$/, '')}/${of}/audit-log?include=all&order=asc&per_page=100`
  return [
    {
      name: 'auditLog',
      format: 'github_audit',
      origin: base.origin,
      request: async () => ({
        headers: {
          authorization: `Bearer ${token}`,
          accept: 'application/vnd.github+json',
          'x-github-api-version': '2022-11-28',
        },
      }),
      first: (from) =>
        `${path}&phrase=${encodeURIComponent(`created:>=${new Date(from).toISOString()}`)}`,
      next: (_, headers) => nextLink(headers),
      recordsIn: (body) => (Array.isArray(body) ? listOf(body) : []),
      timeOf: (record) => readEpoch(fieldsOf(record)['@timestamp'], 'ms'),
      overlap: 60 * 60_000,
      keepsLink: false,
    },
  ]
}
