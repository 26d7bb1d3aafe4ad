/** What following a feed needs of its surroundings. */
export interface FeedParts {
  /** Places that were kept before, by the name of their log. */
  readonly places: ReadonlyMap<string, string>
  /** Where a first reading begins, ms UTC. */
  readonly from: number
  /** Keeps a place; resolves when it can no longer be lost, rejects where another process follows the feed now. */
  keep(log: string, place: string): Promise<void>
  /**
   * Takes lines, at most 32 MB of them, each a record: JSON, or text. Resolves when they can no longer be lost, as events or dead letters, however long the database
   * is away; rejects where the feed is to stop.
   */
  take(body: Uint8Array): Promise<void>
  /** Takes a file of any size and form, plain or gzip, as `take` does, piece by piece. Rejects with what the bytes reject with. */
  takeFile(bytes: AsyncIterable<Uint8Array>): Promise<void>
  /** Puts aside what is no record, with the reason; of a long one its beginning. */
  refuse(reason: string, raw: Uint8Array): Promise<void>
  /** Counts what was lost before it could be looked at, and tells why. */
  lost(count: number, why: string): Promise<void>
  /** Tells, in words, what is in the way, though the rest goes on; until everything was taken. */
  failing(why: string): Promise<void>
  /** Everything that there is was taken. */
  caughtUp(): Promise<void>
  /** Tells the log of waits and restarts, in words. */
  say(what: string): void
  /** ms, UTC. */
  now(): number
  /** The feed is to stop: what was begun ends first. */
  readonly signal: AbortSignal
}

/** A source that is followed all the time. */
export interface Feed {
  /** One process at a time may follow it; otherwise each does, and they share what comes. */
  readonly byOne: boolean
  /** Follows it until the signal; rejects, with a sentence, where it does not get on. */
  follow(parts: FeedParts): Promise<void>
}
