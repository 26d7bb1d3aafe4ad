import { fieldsOf } from '../values/fields.ts'
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

/** Asks over HTTP; never throws. Redirects are not followed, so that credentials go where they were meant to. `now` in ms UTC. */
export async function ask(url: string, init: RequestInit, now: number): Promise<Answer> {
  let response: Response
  let text: string
  try {
    response = await fetch(url, {
      ...init,
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    text = await response.text()
  } catch (error) {
    return { kind: 'wait', ms: undefined, why: `no answer: ${causeOf(error)}` }
  }
  const { status, headers } = response
  const body = parsed(text)
  const why = `${status} ${messageIn(body)}`.trim()
  if (response.ok)
    return body === undefined
      ? { kind: 'failed', why: 'the answer is not JSON' }
      : { kind: 'ok', body, headers }
  if (status === 429 || status >= 500 || isOverLimit(status, body))
    return { kind: 'wait', ms: waitOf(headers, now), why }
  if (status === 401) return { kind: 'refused', why }
  if (status === 400 || status === 404 || status === 410) return { kind: 'gone', why }
  return { kind: 'failed', why }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
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

/** Google says so with 403. */
function isOverLimit(status: number, body: unknown): boolean {
  const reasons = JSON.stringify(fieldsOf(fieldsOf(body).error).errors ?? '')
  return status === 403 && /rateLimitExceeded|quotaExceeded/i.test(reasons)
}

/** `Retry-After` in seconds or as a date; Okta's `X-Rate-Limit-Reset` in seconds since 1970. */
function waitOf(headers: Headers, now: number): number | undefined {
  const after = headers.get('retry-after')
  const seconds = numberOf(after)
  const date = after === null || seconds !== undefined ? Number.NaN : Date.parse(after)
  const reset = numberOf(headers.get('x-rate-limit-reset'))
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
