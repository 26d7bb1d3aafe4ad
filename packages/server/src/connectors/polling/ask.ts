import { fieldsOf, parseJson } from '../values/fields.ts'
import { numberOf, textOf } from '../values/text.ts'

/** What a vendor's interface answered. `ms` undefined: it does not say for how long. */
export type Answer =
  | { readonly kind: 'ok'; readonly body: unknown; readonly headers: Headers }
  | { readonly kind: 'wait'; readonly ms: number | undefined; readonly why: string }
  /** The credentials are not or no longer taken (401). */
  | { readonly kind: 'refused'; readonly why: string }
  /** What was asked for is not there any more (400, 404, 410): of a cursor, that it is too old. */
  | { readonly kind: 'gone'; readonly why: string }
  /** Asking again will not help. */
  | { readonly kind: 'failed'; readonly why: string }

const TIMEOUT_MS = 60_000
const LONGEST_WAIT_MS = 15 * 60_000
const LARGEST_ANSWER = 64 * 1024 * 1024

/** Asks over HTTP; never throws. Redirects are not followed, so that credentials go where they were meant to. `now` in ms UTC. */
export async function ask(url: string, init: RequestInit, now: number): Promise<Answer> {
  let request: Request
  try {
    request = new Request(url, {
      ...init,
      redirect: 'error',
      signal: AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), ...[init.signal ?? []].flat()]),
    })
  } catch {
    // The runtime's message quotes the header, and with it the secret.
    return { kind: 'failed', why: 'the address or a credential holds what HTTP cannot carry' }
  }
  let response: Response
  let text: string | undefined
  try {
    response = await fetch(request)
    text = await textWithin(response, LARGEST_ANSWER)
  } catch (error) {
    return { kind: 'wait', ms: undefined, why: `no answer: ${causeOf(error)}` }
  }
  if (text === undefined) return { kind: 'failed', why: 'the answer is larger than 64 MB' }
  const { status, headers } = response
  const body = parsed(text)
  const why = `${status} ${messageIn(body)}`.trim()
  if (response.ok)
    return body === undefined
      ? { kind: 'failed', why: 'the answer is not JSON' }
      : { kind: 'ok', body, headers }
  if (status === 429 || status >= 500 || isOverLimit(status, headers, body))
    return { kind: 'wait', ms: waitOf(headers, now), why }
  if (status === 401) return { kind: 'refused', why }
  if (status === 400 || status === 404 || status === 410) return { kind: 'gone', why }
  return { kind: 'failed', why }
}

/** The answer's text; undefined where it is longer than `most` bytes, of which no more is read. */
async function textWithin(response: Response, most: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length > most) return undefined
    chunks.push(chunk)
  }
  return new TextDecoder().decode(Buffer.concat(chunks))
}

function parsed(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}

/** The vendor's own words, short, as they go to the log. */
function messageIn(body: unknown): string {
  const { error, errorSummary, message } = fieldsOf(body)
  const { message: inner, code } = fieldsOf(error)
  return textOf(errorSummary ?? message ?? inner ?? code ?? error, 200) ?? ''
}

/** Google and GitHub say so with 403. */
function isOverLimit(status: number, headers: Headers, body: unknown): boolean {
  if (status !== 403) return false
  if (headers.has('retry-after') || headers.get('x-ratelimit-remaining') === '0') return true
  const reasons = JSON.stringify(fieldsOf(fieldsOf(body).error).errors ?? '')
  return /rateLimitExceeded|quotaExceeded/i.test(reasons)
}

/** `Retry-After` in seconds or as a date; the end of the limit in seconds since 1970, by Okta's name or the others'. */
function waitOf(headers: Headers, now: number): number | undefined {
  const after = headers.get('retry-after')
  const seconds = numberOf(after)
  const date = after === null || seconds !== undefined ? Number.NaN : Date.parse(after)
  const reset = numberOf(headers.get('x-rate-limit-reset') ?? headers.get('x-ratelimit-reset'))
  const ms =
    seconds !== undefined
      ? seconds * 1000
      : Number.isNaN(date)
        ? reset === undefined
          ? undefined
          : reset * 1000 - now
        : date - now
  return ms === undefined ? undefined : Math.min(LONGEST_WAIT_MS, Math.max(0, ms))
}
