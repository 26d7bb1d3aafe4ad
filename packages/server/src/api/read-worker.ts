import { parentPort } from 'node:worker_threads'
import { isFault } from '../errors.ts'
import { readBody } from './read-body.ts'
import type { Answer, Order } from './read-thread.ts'

// A thread of its own: bodies come in, their parts go out one for each that is asked for.
const open = new Map<number, Iterator<Part>>()
type Part = Exclude<Answer, { end: true }>

function* partsOf(id: number, body: Uint8Array, of: { format: string; now: number }) {
  const whole = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  for (const { events, refused, skipped } of readBody(whole, of)) {
    yield {
      id,
      // texts cross threads in a fifth of the time that objects take, and are what is stored
      texts: events.map(({ event }) => JSON.stringify(event)),
      names: events.map(({ line, key, content }) => ({ line, key, content })),
      // a view would take the whole body with it
      raws: events.map(({ raw }) => (raw === undefined ? null : Uint8Array.from(raw))),
      refused: refused.map((one) => ({ ...one, raw: Uint8Array.from(one.raw) })),
      skipped,
    }
  }
}

function nextOf(id: number): Answer | null {
  try {
    const { value, done } = open.get(id)?.next() ?? { value: undefined, done: true }
    if (done !== true) return value
    return open.delete(id) ? { id, end: true, failure: null } : null
  } catch (error) {
    open.delete(id)
    const message = error instanceof Error ? error.message : String(error)
    return { id, end: true, failure: { code: isFault(error) ? error.code : null, message } }
  }
}

parentPort?.on('message', (order: Order) => {
  if (order.kind === 'open') open.set(order.id, partsOf(order.id, order.body, order.of))
  if (order.kind === 'close') open.delete(order.id)
  else {
    const answer = nextOf(order.id)
    if (answer !== null) parentPort?.postMessage(answer)
  }
})
