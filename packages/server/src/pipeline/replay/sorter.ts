import { createReadStream } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AccessEvent } from '@gatewatch/schema'

const chunkBytes = 256 * 1024

/** Puts events in order of time; equal times keep the order in which they were added. */
export interface Sorter {
  add(event: AccessEvent): Promise<void> | undefined
  /** All of them, once, in batches. */
  sorted(): AsyncGenerator<readonly AccessEvent[]>
  /** How many were added, and the span of their times (ms UTC; Infinity and -Infinity before the first). */
  readonly span: { readonly count: number; readonly from: number; readonly to: number }
  /** Removes what lies on disk. */
  close(): Promise<void>
}

/**
 * Sorts any number of events with at most `limit` of them in memory: beyond that, sorted runs go to a temporary folder and
 * are merged while they are read.
 */
export function createSorter(limit: number): Sorter {
  let held: AccessEvent[] = []
  let folder: string | null = null
  const runs: string[] = []
  const span = { count: 0, from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY }

  async function spill(): Promise<void> {
    const events = inOrder(held)
    held = []
    folder ??= await mkdtemp(join(tmpdir(), 'gatewatch-score-'))
    const path = join(folder, `run-${runs.length}.ndjson`)
    runs.push(path)
    const file = await open(path, 'wx', 0o600)
    try {
      let text = ''
      for (const event of events) {
        text += `${JSON.stringify(event)}\n`
        if (text.length < chunkBytes) continue
        await file.write(text)
        text = ''
      }
      await file.write(text)
    } finally {
      await file.close()
    }
  }
  return {
    span,
    add(event) {
      held.push(event)
      span.count++
      span.from = Math.min(span.from, event.time)
      span.to = Math.max(span.to, event.time)
      return held.length >= limit ? spill() : undefined
    },
    async *sorted() {
      const last = inOrder(held)
      held = []
      if (runs.length === 0) yield* batches(last)
      else yield* merge([...runs.map(readRun), oneBatch(last)])
    },
    async close() {
      if (folder !== null) await rm(folder, { recursive: true, force: true })
    },
  }
}

function inOrder(events: AccessEvent[]): AccessEvent[] {
  // Stable by specification; mostly in order already, which this sort makes use of.
  return events.sort((a, b) => a.time - b.time)
}

function* batches(events: readonly AccessEvent[]): Generator<readonly AccessEvent[]> {
  for (let i = 0; i < events.length; i += 1_000) yield events.slice(i, i + 1_000)
}

async function* oneBatch(events: readonly AccessEvent[]): AsyncGenerator<readonly AccessEvent[]> {
  if (events.length > 0) yield events
}

async function* readRun(path: string): AsyncGenerator<readonly AccessEvent[]> {
  let rest = ''
  for await (const chunk of createReadStream(path, {
    encoding: 'utf8',
    highWaterMark: chunkBytes,
  })) {
    const lines = (rest + String(chunk)).split('\n')
    rest = lines.pop() ?? ''
    // Written a moment ago by this very process, into a folder of its own.
    if (lines.length > 0) yield lines.map((line) => JSON.parse(line) as AccessEvent)
  }
}

interface Head {
  readonly run: AsyncGenerator<readonly AccessEvent[]>
  readonly rank: number
  batch: readonly AccessEvent[]
  at: number
}

async function* merge(
  runs: readonly AsyncGenerator<readonly AccessEvent[]>[],
): AsyncGenerator<readonly AccessEvent[]> {
  const heads: Head[] = []
  for (const [rank, run] of runs.entries()) {
    const head: Head = { run, rank, batch: [], at: 0 }
    if (await refill(head)) heads.push(head)
  }
  heads.sort(earlier)
  let merged: AccessEvent[] = []
  for (;;) {
    const first = heads[0]
    const event = first?.batch[first.at]
    if (first === undefined || event === undefined) break
    merged.push(event)
    first.at++
    if (first.at === first.batch.length && !(await refill(first))) heads.shift()
    else sink(heads)
    if (merged.length < 1_000) continue
    yield merged
    merged = []
  }
  if (merged.length > 0) yield merged
}

/** Earlier runs come first among equal times, so that the order of arrival is kept. */
function earlier(a: Head, b: Head): number {
  return (a.batch[a.at]?.time ?? 0) - (b.batch[b.at]?.time ?? 0) || a.rank - b.rank
}

/** Moves the first head, which has a new event, back to where it belongs. Runs overlap little, so it seldom moves far. */
function sink(heads: Head[]): void {
  for (let i = 0; i + 1 < heads.length; i++) {
    const one = heads[i] as Head
    const next = heads[i + 1] as Head
    if (earlier(one, next) <= 0) return
    heads[i] = next
    heads[i + 1] = one
  }
}

async function refill(head: Head): Promise<boolean> {
  const next = await head.run.next()
  if (next.done === true) return false
  head.batch = next.value
  head.at = 0
  return true
}
