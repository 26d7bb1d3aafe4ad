import type { LogStream } from '../polling/stream.ts'
import { fieldsOf, listOf } from '../values/fields.ts'
import { textOf } from '../values/text.ts'
import { readTime } from '../values/time.ts'

/** How to reach the Events API of 1Password. */
export interface OnepasswordAccess {
  /** `https://events.1password.com`; accounts of Canada, Europe and enterprises have addresses of their own. */
  readonly url: string
  /** Bearer token of an Events Reporting integration. */
  readonly token: string
  /** Logs that the token may read. */
  readonly logs: readonly string[]
}

/** Logs of the Events API. */
export const ONEPASSWORD_LOGS = ['signinattempts', 'itemusages', 'auditevents'] as const

/**
 * Logs of the Events API (version 2): the first page by time, from then on by the cursor, which stays good when there is nothing more and
 * holds back nothing that comes late.
 */
export function onepasswordStreams({ url, token, logs }: OnepasswordAccess): readonly LogStream[] {
  const { origin } = new URL(url)
  return logs.map((name) => {
    const address = `${origin}/api/v2/${name}`
    return {
      name,
      format: 'onepassword',
      origin,
      request: async (asked) => ({
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: bodyOf(asked),
      }),
      first: (from) => `${address}#since=${from}`,
      next: (body) => {
        const cursor = textOf(fieldsOf(body).cursor, 4_000)
        return cursor === undefined ? undefined : `${address}#cursor=${encodeURIComponent(cursor)}`
      },
      recordsIn: (body) => listOf(fieldsOf(body).items),
      timeOf: (record) => readTime(fieldsOf(record).timestamp),
      overlap: 10 * 60_000,
      keepsLink: true,
    }
  })
}

/** What is behind the `#` of an address, as the API wants it. */
function bodyOf(asked: string): string {
  const place = new URLSearchParams(new URL(asked).hash.slice(1))
  const cursor = place.get('cursor')
  if (cursor !== null) return JSON.stringify({ cursor })
  return JSON.stringify({
    limit: 1000,
    start_time: new Date(Number(place.get('since'))).toISOString(),
  })
}
