import { afterEach } from 'vitest'
import type { Feed, FeedParts } from '../ports/feed.ts'

/** What came of a feed that is followed in a test; `places` outlive it, as those of a database do. */
export interface FollowedFeed {
  readonly lines: string[]
  readonly files: string[]
  readonly refused: { readonly reason: string; readonly raw: string }[]
  readonly said: string[]
  readonly places: Map<string, string>
  lost: number
  caughtUp: number
  /** Taking waits until this is settled. */
  gate: Promise<void>
  /** Ends it; resolves with why it ended by itself, if it did. */
  stop(): Promise<unknown>
  readonly ended: Promise<unknown>
}

let running: FollowedFeed[] = []
afterEach(async () => {
  for (const one of running) await one.stop()
  running = []
})

/** Follows a feed until the test ends. `from` in ms UTC. */
export function followFeed(
  feed: Feed,
  {
    places = new Map<string, string>(),
    from = 0,
  }: { readonly places?: Map<string, string>; readonly from?: number } = {},
): FollowedFeed {
  const stopping = new AbortController()
  const followed: FollowedFeed = {
    lines: [],
    files: [],
    refused: [],
    said: [],
    places,
    lost: 0,
    caughtUp: 0,
    gate: Promise.resolve(),
    async stop() {
      stopping.abort()
      return followed.ended
    },
    ended: Promise.resolve(),
  }
  const parts: FeedParts = {
    places: new Map(places),
    from,
    async keep(log, place) {
      places.set(log, place)
    },
    async take(body) {
      await followed.gate
      followed.lines.push(...Buffer.from(body).toString().split('\n').filter(Boolean))
    },
    async takeFile(bytes) {
      await followed.gate
      const chunks: Uint8Array[] = []
      for await (const chunk of bytes) chunks.push(chunk)
      followed.files.push(Buffer.concat(chunks).toString('latin1'))
    },
    async refuse(reason, raw) {
      followed.refused.push({ reason, raw: Buffer.from(raw).toString() })
    },
    async lost(count) {
      followed.lost += count
    },
    async failing(why) {
      followed.said.push(why)
    },
    async caughtUp() {
      followed.caughtUp += 1
    },
    say: (what) => void followed.said.push(what),
    now: Date.now,
    signal: stopping.signal,
  }
  const ended = feed.follow(parts).then(
    () => undefined,
    (error: unknown) => error,
  )
  Object.assign(followed, { ended })
  running.push(followed)
  return followed
}
