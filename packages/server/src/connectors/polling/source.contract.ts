import { describe, expect, test } from 'vitest'
import { follow } from './follow.ts'
import type { LogStream } from './stream.ts'
import { begin, type Handler, minute, recorder, start, vendor } from './test-vendor.ts'

/** A log of a vendor as the contract asks it. */
export interface TestedLog {
  /** What stands in its records that nobody else's have. */
  idOf(record: unknown): unknown
  /** A record that happened so many minutes after the start. */
  record(minutes: number, id: string): unknown
  /** How many records the log holds at first: of more than one page. */
  readonly count: number
  /** Answers as the documentation says, out of the log as it is then. */
  readonly answers: (log: readonly unknown[]) => Handler
  /** Is this request for a page of the log, rather than for a token? */
  isPage(url: URL): boolean
  /** Is this request, or its body, for a page behind the first? */
  isLaterPage(url: URL, body: string): boolean
  open(url: string, secret: string): LogStream
}

/** The secret that opens every log of the contract. */
export const SECRET = 'hush-secret'

/** What every log that is asked for again and again promises, against a server that behaves as its vendor's documentation says. */
export function sourceContract(name: string, log: TestedLog): void {
  const made = () =>
    Array.from({ length: log.count }, (_, i) =>
      log.record((i * 50) / log.count, `id-${String(i).padStart(5, '0')}`),
    )
  const ids = (records: readonly unknown[]) => [...new Set(records.map(log.idOf))].sort()

  /** Reads the log to its end while the server fails `times` times with `fault` where `when` says so. */
  async function read(
    when: (url: URL, body: string) => boolean,
    times: number,
    fault: ReturnType<Handler>,
  ) {
    const records = made()
    let left = times
    const answer = log.answers(records)
    const server = await vendor((url, request, body) =>
      log.isPage(url) && when(url, body) && left-- > 0 ? fault : answer(url, request, body),
    )
    const { kept, parts } = recorder()
    const stream = log.open(server.url, SECRET)
    const end = await follow(stream, begin, parts)
    return { kept, end, stream, records, parts }
  }
  const always = () => true

  describe(`${name} is read`, () => {
    test('page by page to its end; what comes late is found the next time, and what comes twice is the same', async () => {
      const { kept, end, stream, records, parts } = await read(always, 0, [200, {}])
      expect(ids(kept.records)).toEqual(ids(records))
      expect(kept.positions.length).toBeGreaterThan(1)
      expect(end.newest).toBeGreaterThan(start + 45 * minute)
      records.push(log.record(47, 'late'), log.record(55, 'new'))
      const next = await follow(stream, end, parts)
      expect(ids(kept.records)).toEqual(ids(records))
      expect(next.newest).toBe(start + 55 * minute)
    })

    test('again from the last event where the page is gone', async () => {
      const { kept, records } = await read(log.isLaterPage, 1, [410, { message: 'expired' }])
      expect(ids(kept.records)).toEqual(ids(records))
      expect(kept.said.join()).toContain('the page is gone')
    })

    test('after the wait that is asked for, and after longer ones where nobody says how long', async () => {
      const limited = await read(always, 1, [429, {}, { 'retry-after': '7' }])
      expect(limited.kept.waits).toEqual([7_000])
      expect(ids(limited.kept.records)).toEqual(ids(limited.records))
      const broken = await read(log.isLaterPage, 2, [503, {}])
      expect(broken.kept.waits).toEqual([1_000, 2_000])
      expect(ids(broken.kept.records)).toEqual(ids(broken.records))
    })

    test('with credentials that are shown anew where they are refused, and are never told', async () => {
      const { kept, records } = await read(log.isLaterPage, 1, [401, { message: 'expired token' }])
      expect(ids(kept.records)).toEqual(ids(records))
      const server = await vendor(log.answers(records))
      const wrong = log.open(server.url, 'wrong-secret')
      const error = await follow(wrong, begin, recorder().parts).catch((one: Error) => one)
      expect(String(error)).toMatch(/401/)
      expect(String(error)).not.toContain('wrong-secret')
    })
  })
}
