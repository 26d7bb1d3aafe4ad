import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'

/** Unpacked this many times its size, beyond `ratioFrom` bytes, a file is taken for a gzip bomb. */
const maxRatio = 200
const ratioFrom = 64 * 1024 * 1024
const chunkSize = 256 * 1024

/** A file cannot be read to its end; what came before it was given. */
export interface ReadProblem extends Error {
  readonly isReadProblem: true
}

/** Is this a problem with the file rather than with the program? */
export function isReadProblem(error: unknown): error is ReadProblem {
  return error instanceof Error && 'isReadProblem' in error
}

function problem(message: string): ReadProblem {
  return Object.assign(new Error(message), { isReadProblem: true as const })
}

/** Bytes read so far of a file, packed, for progress. */
export interface Meter {
  read: number
}

/**
 * The bytes of a file (`-`: standard input), unpacked where it is gzip by content. Throws a ReadProblem, after all that
 * could be read, where the file does not exist, ends too early, is damaged, or unpacks to more than 200 times its size.
 */
export async function* readBytes(path: string, meter: Meter): AsyncGenerator<Uint8Array> {
  yield* plainBytes(
    metered(
      path === '-' ? process.stdin : createReadStream(path, { highWaterMark: chunkSize }),
      meter,
    ),
  )
}

/** These bytes, unpacked where they are gzip. Throws a ReadProblem as `readBytes` does, and what they throw themselves. */
export async function* plainBytes(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const rest = bytes[Symbol.asyncIterator]()
  const first = await rest.next()
  if (first.done === true) return
  const all = joined(first.value, { [Symbol.asyncIterator]: () => rest })
  yield* first.value[0] === 0x1f && first.value[1] === 0x8b ? unpacked(all) : all
}

async function* metered(stream: AsyncIterable<Buffer>, meter: Meter): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of stream) {
      meter.read += chunk.length
      yield chunk
    }
  } catch (error) {
    throw problem(explain(error))
  }
}

function explain(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EISDIR') return 'this is a folder'
  return code === 'EACCES'
    ? 'no permission to read the file'
    : `the file cannot be read: ${String(error)}`
}

async function* joined(
  first: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield first
  yield* rest
}

/** Feeds the unpacker chunk by chunk and hands on all that a chunk gave before the next: an error loses nothing before it. */
async function* unpacked(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: 256 * 1024 })
  const total = { packed: 0, unpacked: 0 }
  const ready: Buffer[] = []
  let failure: Error | undefined
  gunzip.on('data', (chunk: Buffer) => {
    total.unpacked += chunk.length
    ready.push(chunk)
  })
  gunzip.on('error', (error) => {
    failure = error
  })
  const settled = (start: (done: () => void) => void) =>
    new Promise<void>((resolve) => {
      const done = () => {
        gunzip.off('error', done)
        resolve()
      }
      gunzip.on('error', done)
      start(done)
    })
  try {
    for await (const chunk of packed) {
      // A small slice unpacks to 17 MB at most, so that a bomb is seen before it goes off.
      for (let at = 0; at < chunk.length; at += 16_384) {
        const slice = chunk.subarray(at, at + 16_384)
        total.packed += slice.length
        await settled((done) => gunzip.write(slice, () => done()))
        yield* ready.splice(0)
        if (failure !== undefined)
          throw problem(`the gzip data is damaged (${failure.message}); the rest was not read`)
        if (total.unpacked > ratioFrom && total.unpacked > total.packed * maxRatio) {
          throw problem(
            `it unpacks to more than ${maxRatio} times its size: taken for a gzip bomb, the rest was not read`,
          )
        }
      }
    }
    await settled((done) => gunzip.once('end', done).end())
    yield* ready.splice(0)
    if (failure !== undefined)
      throw problem(`the gzip data ends early (${failure.message}); what came before was read`)
  } finally {
    gunzip.destroy()
  }
}
