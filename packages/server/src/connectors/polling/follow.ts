import { type Answer, ask } from './ask.ts'
import type { LogStream, Position } from './stream.ts'

/** What following a log needs from outside. */
export interface Following {
  /** Takes records of a format; resolves when they can no longer be lost. Rejects where they are not taken. */
  deliver(format: string, records: readonly unknown[]): Promise<void>
  /** Keeps a position; resolves when it can no longer be lost. */
  save(name: string, position: Position): Promise<void>
  /** ms UTC. */
  now(): number
  wait(ms: number): Promise<void>
  /** Tells of waits and restarts, in words. */
  say(what: string): void
  /** Ends what is being asked. */
  readonly signal: AbortSignal
}

/** Tries of one page before giving up until the next time. */
const MOST_TRIES = 8
const FIRST_WAIT_MS = 1_000
const LONGEST_BACKOFF_MS = 5 * 60_000

/**
 * Reads a log from a position to its present end: each page is delivered, then its position kept, so that a crash in between
 * repeats a page and loses none. Waits as the vendor asks, doubles the wait where it does not say, asks for fresh credentials once
 * where they are refused, and starts again, once, at the last event less the overlap where the vendor forgot the page. Rejects, with
 * the vendor's reason, where it does not get on.
 */
export async function follow(
  stream: LogStream,
  start: Position,
  parts: Following,
): Promise<Position> {
  // A place may have been kept for another address than is asked now.
  let position = start.next === undefined || isAt(stream, start.next) ? start : again(stream, start)
  let fresh = false
  let hasRestarted = false
  let tries = 0
  for (;;) {
    const url = position.next ?? stream.first(position.from)
    const request = await stream.request(url, fresh)
    const answer = await ask(url, { ...request, signal: parts.signal }, parts.now())
    if (answer.kind === 'ok') {
      fresh = false
      tries = 0
      const records = stream.recordsIn(answer.body)
      if (records.length > 0) await parts.deliver(stream.format, records)
      const next = nextOf(stream, answer, url)
      const isEnd = next === undefined || (stream.keepsLink && records.length === 0)
      position = moved(stream, position, records, next, isEnd, parts.now())
      await parts.save(stream.name, position)
      if (isEnd) return position
      continue
    }
    if (answer.kind === 'refused' && !fresh) {
      fresh = true
      continue
    }
    if (answer.kind === 'gone' && position.next !== undefined && !hasRestarted) {
      hasRestarted = true
      position = again(stream, position)
      const from = new Date(position.from).toISOString()
      parts.say(`${stream.name}: the page is gone (${answer.why}); reading again from ${from}`)
      continue
    }
    tries++
    if (answer.kind !== 'wait' || tries >= MOST_TRIES)
      throw new Error(`${stream.name}: ${answer.why}`)
    const ms = answer.ms ?? Math.min(LONGEST_BACKOFF_MS, FIRST_WAIT_MS * 2 ** (tries - 1))
    parts.say(`${stream.name}: ${answer.why}; waiting ${Math.ceil(ms / 1000)} s`)
    await parts.wait(ms)
  }
}

/** The next page's address, whole; undefined where there is none, or it is the page that was asked. Throws where it lies elsewhere. */
function nextOf(
  stream: LogStream,
  { body, headers }: Extract<Answer, { kind: 'ok' }>,
  asked: string,
): string | undefined {
  const next = stream.next(body, headers, asked)
  if (next === undefined) return undefined
  if (!URL.canParse(next, asked))
    throw new Error(`${stream.name}: the address of the next page is none`)
  const { href, origin } = new URL(next, asked)
  if (!isAt(stream, href))
    throw new Error(`${stream.name}: the next page lies at another address, ${origin}`)
  return href === asked && !stream.keepsLink ? undefined : href
}

/** Credentials are sent to the vendor's own address alone. */
function isAt(stream: LogStream, url: string): boolean {
  return URL.canParse(url) && new URL(url).origin === stream.origin
}

function again({ overlap }: LogStream, { from, newest }: Position): Position {
  return { from: Math.min(from, newest - overlap), newest }
}

function moved(
  stream: LogStream,
  position: Position,
  records: readonly unknown[],
  next: string | undefined,
  isEnd: boolean,
  now: number,
): Position {
  let { newest } = position
  for (const record of records) {
    // A clock that is ahead must not put off what is asked for next.
    const time = Math.min(stream.timeOf(record), now)
    if (time > newest) newest = time
  }
  if (!isEnd) return { from: position.from, next, newest }
  // Where events may come late, the last stretch is asked for once more the next time.
  return stream.keepsLink
    ? { from: newest, next, newest }
    : { from: Math.max(position.from, newest - stream.overlap), newest }
}
