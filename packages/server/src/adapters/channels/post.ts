import { request as plainRequest } from 'node:http'
import { request as secureRequest } from 'node:https'
import { isIP } from 'node:net'
import type { Sent } from '../../ports/courier.ts'
import type { HostGuard } from './guard.ts'

const TIMEOUT_MS = 15_000
/** Longest answer (bytes) that is read. */
const LONGEST_ANSWER = 16_384
/** How long (ms) a receiver may ask us to wait. */
const LONGEST_WAIT_MS = 86_400_000

/** What is posted. `ca`: certificates (PEM) that are trusted besides the usual ones. */
export interface Post {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly ca?: string | undefined
  readonly timeoutMs?: number | undefined
}

/** What was answered. */
interface Answer {
  readonly status: number
  readonly retryAfter: string | undefined
  readonly text: string
}

/**
 * Posts to a host that the guard lets through, under the address that it gave, and says what came of it: 2xx is sent, 410 gone;
 * 400, 413 and 422 refuse the message, anything else may work another time. Redirects are not followed.
 */
export async function post(guard: HostGuard, what: Post): Promise<Sent> {
  try {
    return sentBy(await answerTo(guard, what))
  } catch (error) {
    return { kind: 'failed', why: messageOf(error) }
  }
}

function sentBy({ status, retryAfter, text }: Answer): Sent {
  if (status >= 200 && status < 300) return { kind: 'sent' }
  const said = text
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, 200)
  const why = `it answered ${status}${said === '' ? '' : `: ${said}`}`
  if (status === 410) return { kind: 'gone', why }
  if (status === 400 || status === 413 || status === 422) return { kind: 'refused', why }
  if (status >= 300 && status < 400)
    return { kind: 'failed', why: `${why}; redirects are not followed` }
  const wait = waitOf(retryAfter)
  return wait === undefined || (status !== 429 && status !== 503)
    ? { kind: 'failed', why, ...(status === 429 ? { retryAfterMs: 60_000 } : {}) }
    : { kind: 'failed', why, retryAfterMs: wait }
}

async function answerTo(guard: HostGuard, what: Post): Promise<Answer> {
  const url = new URL(what.url)
  if (url.protocol !== 'https:' && !guard.isAllowed(url.hostname)) {
    throw new Error(
      `${url.hostname} is asked without encryption: use https, or have the operator name it in GATEWATCH_ALLOW_HOSTS`,
    )
  }
  const address = await guard.addressOf(url.hostname)
  const body = Buffer.from(what.body)
  const options = {
    method: 'POST',
    agent: false,
    lookup: lookupOf(address),
    headers: { 'user-agent': 'Gatewatch', ...what.headers, 'content-length': String(body.length) },
    signal: AbortSignal.timeout(what.timeoutMs ?? TIMEOUT_MS),
    ...(what.ca === undefined ? {} : { ca: what.ca }),
  }
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? secureRequest : plainRequest
    const request = send(url, options, (response) => {
      const parts: Buffer[] = []
      let size = 0
      const finish = () => {
        resolve({
          status: response.statusCode ?? 0,
          retryAfter: response.headers['retry-after'],
          text: Buffer.concat(parts).toString('utf8'),
        })
        request.destroy()
      }
      response.on('data', (part: Buffer) => {
        parts.push(part)
        size += part.length
        if (size > LONGEST_ANSWER) finish()
      })
      response.on('end', finish)
      response.on('error', reject)
    })
    request.on('error', reject)
    request.end(body)
  })
}

/** Leads every name to this address: the one that was looked at is the one that is connected to. */
export function lookupOf(address: string) {
  const family = isIP(address)
  return (_host: string, { all }: { all?: boolean | undefined }, done: Found): void => {
    if (all === true) done(null, [{ address, family }])
    else done(null, address, family)
  }
}

type Found = (
  error: Error | null,
  address: string | { address: string; family: number }[],
  family?: number,
) => void

/** `Retry-After` in seconds or as a date, as ms from now; undefined where it says neither. */
function waitOf(retryAfter: string | undefined): number | undefined {
  if (retryAfter === undefined) return undefined
  const ms = /^\d+$/.test(retryAfter)
    ? Number(retryAfter) * 1_000
    : Date.parse(retryAfter) - Date.now()
  return Number.isNaN(ms) ? undefined : Math.min(LONGEST_WAIT_MS, Math.max(1_000, ms))
}

/** What went wrong, in the words of whatever failed. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError' || error.name === 'AbortError')
    return 'it did not answer in time'
  return error.message === '' && 'code' in error ? String(error.code) : error.message
}
