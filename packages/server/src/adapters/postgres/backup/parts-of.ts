import { MARK } from './write-backup.ts'

/** A piece of a backup: a line that is no row, or whole rows of the table before it. */
export type Part =
  | { readonly kind: 'line'; readonly value: unknown }
  | { readonly kind: 'rows'; readonly bytes: Buffer }

const NEWLINE = 0x0a
const mark = Buffer.from(MARK)
const markInside = Buffer.from(`\n${MARK}`)

/** Takes a backup's bytes apart. Throws where a line that is no row is not JSON; a last line without its end is left out. */
export async function* partsOf(bytes: AsyncIterable<Buffer>): AsyncGenerator<Part> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of bytes) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const end = rest.lastIndexOf(NEWLINE) + 1
    if (end === 0) continue
    yield* partsIn(rest.subarray(0, end))
    rest = rest.subarray(end)
  }
}

function* partsIn(lines: Buffer): Generator<Part> {
  let at = 0
  while (at < lines.length) {
    if (lines.subarray(at, at + mark.length).equals(mark)) {
      const end = lines.indexOf(NEWLINE, at)
      yield { kind: 'line', value: JSON.parse(lines.toString('utf8', at + mark.length, end)) }
      at = end + 1
      continue
    }
    const next = lines.indexOf(markInside, at)
    const end = next === -1 ? lines.length : next + 1
    yield { kind: 'rows', bytes: lines.subarray(at, end) }
    at = end
  }
}
