import { createHmac } from 'node:crypto'
import type { LogStream } from '../polling/stream.ts'
import { at, fieldsOf, listOf } from '../values/fields.ts'
import { numberOf, textOf } from '../values/text.ts'
import { readEpoch } from '../values/time.ts'

/** How to reach Duo: an Admin API application that may read the log. */
export interface DuoAccess {
  /** `https://api-xxxxxxxx.duosecurity.com`. */
  readonly url: string
  readonly integration_key: string
  readonly secret_key: string
}

/** Duo holds records back for two minutes, and wants no later end to be asked for. */
const HELD_BACK_MS = 2 * 60_000
/** Longest stretch of the authentication log that may be asked for. */
const LONGEST_MS = 180 * 86_400_000

/**
 * The authentication log (version 2, by pages) and the administrators' log (version 1, at most 1,000 from a second on, the next from
 * the last second on). Each time the last ten minutes are asked for once more.
 */
export function duoStreams(access: DuoAccess, now: () => number): readonly LogStream[] {
  const { origin } = new URL(access.url)
  const shared = {
    format: 'duo',
    origin,
    request: async (url: string) => ({ headers: signedHeaders(access, 'GET', url, now()) }),
    overlap: 10 * 60_000,
    keepsLink: false,
    timeOf: (record: unknown) => readEpoch(fieldsOf(record).timestamp, 's'),
  }
  const administrators = `${origin}/admin/v1/logs/administrator`
  return [
    {
      ...shared,
      name: 'authentication',
      first: (from) => {
        const maxtime = now() - HELD_BACK_MS
        const mintime = Math.min(Math.max(from, maxtime - LONGEST_MS), maxtime - 1)
        return `${origin}/admin/v2/logs/authentication?mintime=${mintime}&maxtime=${maxtime}&limit=1000&sort=ts%3Aasc`
      },
      next: (body, _, asked) => {
        const offset = listOf(at(body, 'response', 'metadata', 'next_offset'))
        const pair = offset.flatMap((one) => textOf(one, 255) ?? [])
        if (pair.length !== 2) return undefined
        const url = new URL(asked)
        url.searchParams.set('next_offset', pair.join(','))
        return url.href
      },
      recordsIn: (body) => listOf(at(body, 'response', 'authlogs')),
    },
    {
      ...shared,
      name: 'administrator',
      first: (from) => `${administrators}?mintime=${Math.floor(from / 1000)}`,
      next: (body, _, asked) => {
        const records = listOf(fieldsOf(body).response)
        const last = numberOf(fieldsOf(records.at(-1)).timestamp)
        if (records.length < 1000 || last === undefined) return undefined
        // A thousand of one second: what more there is of it cannot be asked for.
        const isStuck = new URL(asked).searchParams.get('mintime') === String(last)
        return `${administrators}?mintime=${isStuck ? last + 1 : last}`
      },
      recordsIn: (body) => listOf(fieldsOf(body).response),
    },
  ]
}

/**
 * Headers that authenticate a request of the Admin API, good for minutes around `time` (ms UTC): HMAC-SHA1, in hex, over date, method, host,
 * path and sorted parameters, one a line.
 */
export function signedHeaders(
  { integration_key, secret_key }: DuoAccess,
  method: string,
  url: string,
  time: number,
): Record<string, string> {
  const { hostname, pathname, searchParams } = new URL(url)
  const date = new Date(time).toUTCString().replace('GMT', '-0000')
  const parameters = [...searchParams]
    .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
    .sort()
    .join('&')
  const lines = [date, method, hostname, pathname, parameters].join('\n')
  const signature = createHmac('sha1', secret_key).update(lines).digest('hex')
  const proof = Buffer.from(`${integration_key}:${signature}`).toString('base64')
  return { date, authorization: `Basic ${proof}` }
}

/** RFC 3986: everything but letters, digits and `-._~`. */
function escaped(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
