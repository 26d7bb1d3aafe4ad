import { nextLink } from '../polling/links.ts'
import type { LogStream } from '../polling/stream.ts'
import { fieldsOf, listOf } from '../values/fields.ts'
import { readTime } from '../values/time.ts'

/** How to reach an Okta organisation. */
export interface OktaAccess {
  /** `https://example.okta.com`. */
  readonly url: string
  /** API token of an administrator who may read the log. */
  readonly token: string
}

/**
 * The System Log, by the polling query: oldest first, without an end; the link to the next page stays good while there is nothing more,
 * and holds back nothing that comes late.
 */
export function oktaStreams({ url, token }: OktaAccess): readonly LogStream[] {
  const { origin } = new URL(url)
  return [
    {
      name: 'systemLog',
      format: 'okta',
      origin,
      request: async () => ({
        headers: { authorization: `SSWS ${token}`, accept: 'application/json' },
      }),
      first: (from) =>
        `${origin}/api/v1/logs?since=${encodeURIComponent(new Date(from).toISOString())}&sortOrder=ASCENDING&limit=1000`,
      next: (_, headers) => nextLink(headers),
      recordsIn: (body) => (Array.isArray(body) ? listOf(body) : []),
      timeOf: (record) => readTime(fieldsOf(record).published),
      overlap: 10 * 60_000,
      keepsLink: true,
    },
  ]
}
