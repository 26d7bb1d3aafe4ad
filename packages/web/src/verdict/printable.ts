const INVISIBLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to make visible
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

/**
 * A record as text to read: JSON is indented, and characters that are invisible or turn the reading direction are written
 * as \uXXXX, so that nothing in a log can look like something else.
 */
export function printable(raw: string): string {
  return indented(raw).replace(
    INVISIBLE,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function indented(raw: string): string {
  const trimmed = raw.trim()
  if (!trimmed.startsWith('{') || LARGE_NUMBER.test(trimmed)) return raw
  try {
    return JSON.stringify(JSON.parse(trimmed), null, 2)
  } catch {
    return raw
  }
}

// JSON.parse would round a number of 16 digits or more: such a record stays as it came.
const LARGE_NUMBER = /[:[,]\s*-?\d[\d.]{15,}/
