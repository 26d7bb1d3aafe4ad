/** Longest message (bytes) that is taken. */
export const LONGEST_MESSAGE = 256 * 1024
/** How much (bytes) is kept of a longer one. */
const KEPT = 4 * 1024
const NEWLINE = 0x0a
const SPACE = 0x20

/** A message as it came, or the beginning of one that is too long. */
export interface Frame {
  readonly bytes: Buffer
  readonly isTooLong: boolean
}

/** Takes a stream of syslog apart; holds no more than one message of the longest kind. */
export interface Deframer {
  /** The messages that are whole with this. */
  push(chunk: Buffer): readonly Frame[]
  /** What is left when the stream ends: a message without its end. */
  end(): readonly Frame[]
}

/**
 * Both framings of RFC 6587, told apart message by message: `LENGTH SPACE message` where it begins with a number and a space, else up to the next line
 * feed. A message that is too long is skipped, without being held, to where the next begins.
 */
export function createDeframer(): Deframer {
  let rest: Buffer = Buffer.alloc(0)
  /** Bytes of a counted message that are still to be skipped; -1: to the next line feed. */
  let skipping = 0

  function next(found: Frame[]): boolean {
    if (skipping !== 0) {
      const lineEnd = rest.indexOf(NEWLINE)
      const until = skipping > 0 ? skipping : lineEnd === -1 ? rest.length : lineEnd + 1
      const gone = Math.min(until, rest.length)
      if (skipping > 0) skipping -= gone
      else if (lineEnd !== -1) skipping = 0
      rest = rest.subarray(gone)
      return rest.length > 0
    }
    const count = countIn(rest)
    if (count === 'unknown') return false
    if (count !== null) {
      const { from, length } = count
      if (length > LONGEST_MESSAGE) {
        found.push({ bytes: Buffer.from(rest.subarray(from, from + KEPT)), isTooLong: true })
        rest = rest.subarray(from)
        skipping = length
        return rest.length > 0
      }
      if (rest.length < from + length) return false
      add(found, rest.subarray(from, from + length))
      rest = rest.subarray(from + length)
      return rest.length > 0
    }
    const end = rest.indexOf(NEWLINE)
    if (end > LONGEST_MESSAGE || (end === -1 && rest.length > LONGEST_MESSAGE)) {
      found.push({ bytes: Buffer.from(rest.subarray(0, KEPT)), isTooLong: true })
      skipping = -1
      return true
    }
    if (end === -1) return false
    add(found, rest.subarray(0, end))
    rest = rest.subarray(end + 1)
    return rest.length > 0
  }

  return {
    push(chunk) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      const found: Frame[] = []
      while (next(found));
      // What was cut off would hold the whole of what it was cut from.
      rest = Buffer.from(rest)
      return found
    },
    end() {
      const found: Frame[] = []
      if (skipping === 0) add(found, rest)
      rest = Buffer.alloc(0)
      return found
    },
  }
}

function add(found: Frame[], bytes: Buffer): void {
  if (bytes.length > 0) found.push({ bytes: Buffer.from(bytes), isTooLong: false })
}

/** Where a counted message begins and its length; null: it is not counted, `unknown`: too little has come to tell. */
function countIn(
  bytes: Buffer,
): { readonly from: number; readonly length: number } | null | 'unknown' {
  let length = 0
  for (let at = 0; at < 9; at++) {
    const byte = bytes[at]
    if (byte === undefined) return at === 0 || length > 0 ? 'unknown' : null
    if (byte === SPACE) return at > 0 ? { from: at + 1, length } : null
    const digit = byte - 0x30
    if (digit < 0 || digit > 9 || (at === 0 && digit === 0)) return null
    length = length * 10 + digit
  }
  return null
}
