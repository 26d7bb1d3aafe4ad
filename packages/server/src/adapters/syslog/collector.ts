import type { FeedParts } from '../../ports/feed.ts'
import type { Frame } from './frames.ts'
import { recordIn } from './record-in.ts'

/** How much (bytes) may wait to be taken, and how little has to be left before more is wanted. */
const MOST_WAITING = 8 * 1024 * 1024
const FEW_WAITING = 2 * 1024 * 1024
/** How much (bytes) is taken at a time. */
const BATCH = 1024 * 1024
/** Most messages that are too long and wait to be put aside. */
const MOST_REFUSED = 100

/** Gathers messages and has them taken, as many at a time as came while the last ones were. */
export interface Collector {
  /** False: more than enough waits; what comes now had better not. */
  add(frame: Frame): boolean
  isFull(): boolean
  /** Resolves when little waits again. */
  hasRoom(): Promise<void>
  lost(count: number): void
  /** Takes what comes until the signal of the parts. Rejects where it is not taken. */
  run(): Promise<void>
  /** Takes what has come. */
  settle(): Promise<void>
}

/** A collector of messages whose records are of this format. */
export function createCollector(parts: FeedParts, format: string): Collector {
  let lines: string[] = []
  let waiting = 0
  let refused: Buffer[] = []
  let lost = 0
  let wake = () => {}
  const told: (() => void)[] = []

  async function settle(): Promise<void> {
    const [batch, long, dropped] = [lines, refused, lost]
    ;[lines, refused, lost] = [[], [], 0]
    for (const body of bodiesOf(batch)) {
      await parts.take(body)
      waiting -= body.length
      if (waiting < FEW_WAITING) for (const tell of told.splice(0)) tell()
    }
    // The line feeds between them are not among what is taken.
    waiting = lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0)
    for (const bytes of long) await parts.refuse('the message is longer than 256 kB', bytes)
    if (dropped > 0) await parts.lost(dropped, 'messages came faster than they could be taken')
    for (const tell of told.splice(0)) tell()
  }

  return {
    add({ bytes, isTooLong }) {
      if (isTooLong) {
        if (refused.length < MOST_REFUSED) refused.push(bytes)
        else lost++
      } else {
        const line = recordIn(bytes, format)
        lines.push(line)
        waiting += Buffer.byteLength(line) + 1
      }
      wake()
      return waiting < MOST_WAITING
    },
    isFull: () => waiting >= MOST_WAITING,
    hasRoom: () =>
      waiting < FEW_WAITING ? Promise.resolve() : new Promise((resolve) => told.push(resolve)),
    lost(count) {
      lost += count
      wake()
    },
    async run() {
      parts.signal.addEventListener('abort', () => wake())
      while (!parts.signal.aborted) {
        if (lines.length + refused.length + lost === 0) {
          const { promise, resolve } = Promise.withResolvers<void>()
          wake = resolve
          if (!parts.signal.aborted) await promise
        }
        await settle()
        await parts.caughtUp()
      }
    },
    settle,
  }
}

function* bodiesOf(lines: readonly string[]): Generator<Buffer> {
  let from = 0
  let length = 0
  for (const [at, line] of lines.entries()) {
    length += line.length
    if (length < BATCH && at < lines.length - 1) continue
    yield Buffer.from(`${lines.slice(from, at + 1).join('\n')}\n`)
    from = at + 1
    length = 0
  }
}
