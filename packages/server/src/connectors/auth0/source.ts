import type { LogStream } from '../polling/stream.ts'
import { bearerTokens } from '../polling/tokens.ts'
import { fieldsOf, listOf } from '../values/fields.ts'
import { textOf } from '../values/text.ts'
import { readTime } from '../values/time.ts'

/** How to reach a tenant of Auth0, as an application that may read the log. */
export interface Auth0Access {
  /** `https://example.eu.auth0.com`. */
  readonly url: string
  readonly client_id: string
  readonly client_secret: string
}

/**
 * The log of a tenant: the first page by time, from then on from the last event that was read (`from`), which stays good when there is
 * nothing more.
 */
export function auth0Streams(
  { url, client_id, client_secret }: Auth0Access,
  now: () => number,
): readonly LogStream[] {
  const { origin } = new URL(url)
  const form = () => ({
    grant_type: 'client_credentials',
    client_id,
    client_secret,
    audience: `${origin}/api/v2/`,
  })
  const tokens = bearerTokens(`${origin}/oauth/token`, form, now)
  return [
    {
      name: 'logs',
      format: 'auth0',
      origin,
      request: async (_, fresh) => ({ headers: await tokens(fresh) }),
      first: (from) =>
        `${origin}/api/v2/logs?q=${encodeURIComponent(`date:[${new Date(from).toISOString()} TO *]`)}&sort=date:1&per_page=100&page=0`,
      next: (body, _, asked) => {
        const last = textOf(fieldsOf(listOf(body).at(-1)).log_id, 255)
        if (last !== undefined)
          return `${origin}/api/v2/logs?from=${encodeURIComponent(last)}&take=100`
        return new URL(asked).searchParams.has('from') ? asked : undefined
      },
      recordsIn: (body) => (Array.isArray(body) ? listOf(body) : []),
      timeOf: (record) => readTime(fieldsOf(record).date),
      overlap: 10 * 60_000,
      keepsLink: true,
    },
  ]
}
