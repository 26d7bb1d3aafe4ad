/** Bytes of JSON that tell where a value begins and ends. */
export const NEWLINE = 10
export const QUOTE = 34
export const COMMA = 44
export const OPEN_BRACKET = 91
export const BACKSLASH = 92
export const CLOSE_BRACKET = 93
export const OPEN_BRACE = 123
export const CLOSE_BRACE = 125

/** How many lines end between two places. */
export function newlines(bytes: Buffer, from: number, to: number): number {
  let count = 0
  for (let i = from; i < to; i++) if (bytes[i] === NEWLINE) count++
  return count
}

/** Is this stretch one whole JSON value? */
export function isJson(bytes: Buffer, from: number, to: number): boolean {
  try {
    JSON.parse(bytes.toString('utf8', from, to))
    return true
  } catch {
    return false
  }
}

/** Opened minus closed brackets of a line outside texts, which never go over the end of a line. */
export function balance(bytes: Buffer, from: number, to: number): number {
  let sum = 0
  let isText = false
  for (let i = from; i < to; i++) {
    const byte = bytes[i] as number
    if (isText) {
      if (byte === BACKSLASH) i++
      else if (byte === QUOTE) isText = false
    } else if (byte === QUOTE) isText = true
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) sum++
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) sum--
  }
  return sum
}

/** Behind the brace that closes the object at `from`; null where that is not before `to`. */
export function objectEnd(bytes: Buffer, from: number, to: number): number | null {
  let depth = 0
  let isText = false
  for (let i = from; i < to; i++) {
    const byte = bytes[i] as number
    if (isText) {
      if (byte === BACKSLASH) i++
      else if (byte === QUOTE) isText = false
    } else if (byte === QUOTE) isText = true
    else if (byte === OPEN_BRACE) depth++
    else if (byte === CLOSE_BRACE && --depth === 0) return i + 1
  }
  return null
}

/** Where a record seems to begin: at a brace and a quote behind a comma that follows a closed brace, or at the start of a line. */
export function nextBeginning(bytes: Buffer, from: number, to: number): number | null {
  let before = 0
  for (let i = from; i < to; i++) {
    const byte = bytes[i] as number
    if (byte === OPEN_BRACE && (before === COMMA || bytes[i - 1] === NEWLINE)) {
      let next = i + 1
      while (next < to && (bytes[next] as number) <= 32) next++
      if (bytes[next] === QUOTE) return i
    }
    if (byte === CLOSE_BRACE) before = CLOSE_BRACE
    else if (byte === COMMA && before === CLOSE_BRACE) before = COMMA
    else if (byte > 32) before = 0
  }
  return null
}

const MOST_SEAM = 256

/**
 * A copy of what stands between a record that ends before `end` and the next, which begins at `next`: from the closing brace
 * through the next record's first name. Null where it is not there, or longer than 256 bytes.
 */
export function seamBetween(bytes: Buffer, end: number, next: number): Buffer | null {
  const name = bytes.indexOf(QUOTE, next)
  const to = name === -1 ? 0 : bytes.indexOf(QUOTE, name + 1) + 1
  if (bytes[end - 1] !== CLOSE_BRACE || to === 0 || to - end > MOST_SEAM) return null
  return Buffer.from(bytes.subarray(end - 1, to))
}
