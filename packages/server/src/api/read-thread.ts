import { Worker } from 'node:worker_threads'
import { type ErrorCode, fault } from '../errors.ts'
import { type BodyOf, type ReadPart, readBody } from './read-body.ts'

/** Bodies from this size (bytes) on are read in the thread; a smaller one is read before it would be there. */
const LARGE = 64 * 1024

/** What the thread is told: of a body, to give its next part, to forget it. `open` also asks for the first part. */
export type Order =
  | { readonly kind: 'open'; readonly id: number; readonly body: Uint8Array; readonly of: BodyOf }
  | { readonly kind: 'more' | 'close'; readonly id: number }

/** What the thread answers: a part, or that there is none any more. */
export type Answer =
  | {
      readonly id: number
      readonly end?: false
      readonly texts: readonly string[]
      readonly names: readonly {
        readonly line: number
        readonly key: string
        readonly content: string
      }[]
      readonly raws: readonly (Uint8Array | null)[]
      readonly refused: ReadPart['refused']
      readonly skipped: number
    }
  | {
      readonly id: number
      readonly end: true
      /** Why reading ended early; without a code it is a bug, and for nobody to read but the log. */
      readonly failure: { readonly code: ErrorCode | null; readonly message: string } | null
    }

/** A thread and who waits for its answers: what an old one leaves behind concerns nobody who waits for a new one. */
interface Thread {
  readonly worker: Worker
  readonly waiting: Map<number, (answer: Answer | Error) => void>
}

/** Reads bodies. */
export interface BodyReader {
  /** As `readBody`, and of a large body without keeping others waiting: one part is read ahead while one is worked on. */
  read(body: Buffer, of: BodyOf): AsyncIterable<ReadPart>
}

/**
 * A reader with one thread for large bodies, started when the first comes. It keeps no process alive by itself; if it dies, what
 * it was reading fails and the next body starts another.
 */
export function bodyReader(): BodyReader {
  let thread: Thread | null = null
  let last = 0

  function start(): Thread {
    const worker = new Worker(new URL('./read-worker.ts', import.meta.url))
    const started: Thread = { worker, waiting: new Map() }
    const fail = (error: Error) => {
      if (thread === started) thread = null
      for (const settle of started.waiting.values()) settle(error)
    }
    worker.on('message', (answer: Answer) => started.waiting.get(answer.id)?.(answer))
    worker.on('error', fail)
    worker.on('exit', (code) => fail(new Error(`the reading thread ended with code ${code}`)))
    return started
  }

  async function* readBeside(body: Buffer, of: BodyOf): AsyncGenerator<ReadPart> {
    thread ??= start()
    const { worker, waiting } = thread
    const id = ++last
    const queue: (Answer | Error)[] = []
    let wake = () => {}
    waiting.set(id, (answer) => {
      queue.push(answer)
      wake()
    })
    worker.ref()
    const say = (order: Order) => worker.postMessage(order)
    try {
      say({ kind: 'open', id, body, of })
      say({ kind: 'more', id })
      for (;;) {
        const answer = queue.shift()
        if (answer === undefined) {
          const { promise, resolve } = Promise.withResolvers<void>()
          wake = resolve
          await promise
        } else if (answer instanceof Error) throw answer
        else if (answer.end === true) {
          if (answer.failure === null) return
          const { code, message } = answer.failure
          throw code === null ? new Error(message) : fault(code, message)
        } else {
          yield partOf(answer)
          say({ kind: 'more', id })
        }
      }
    } finally {
      waiting.delete(id)
      say({ kind: 'close', id })
      if (waiting.size === 0) worker.unref()
    }
  }

  return {
    async *read(body, of) {
      if (body.length < LARGE) yield* readBody(body, of)
      else yield* readBeside(body, of)
    },
  }
}

function partOf({
  texts,
  names,
  raws,
  refused,
  skipped,
}: Exclude<Answer, { end: true }>): ReadPart {
  const events = names.map((name, index) => {
    const json = texts[index] ?? ''
    const raw = raws[index] ?? null
    return { ...name, event: JSON.parse(json), json, ...(raw === null ? {} : { raw }) }
  })
  return { events, refused, skipped }
}
