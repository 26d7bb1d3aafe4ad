const nullWords = new Set([
  '',
  '-',
  'null',
  'none',
  'unknown',
  'undefined',
  'n/a',
  'nil',
  'not_available',
])
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu
const longestNullWord = 13

/** Is this one of the ways in which logs write "nothing"? */
export function isNullWord(text: string): boolean {
  if (text.length > longestNullWord) return false
  // Most texts differ from every such word in their first letter: `-`, `n` or `u` in either case.
  const first = text.charCodeAt(0) | 32
  if (text !== '' && first !== 45 && first !== 110 && first !== 117) return false
  return nullWords.has(text.toLowerCase())
}

/**
 * Text fit to store and show: without control characters, direction marks and halves of surrogate pairs, trimmed, at
 * most `max` UTF-16 units long. Undefined for anything but text and numbers, and for words that mean nothing is known.
 */
export function textOf(value: unknown, max: number): string | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value).slice(0, max)
  if (typeof value !== 'string') return undefined
  const clean = cleanText(value, max)
  return isNullWord(clean) ? undefined : clean
}

/** As `textOf`, for text whose words all count; may be empty. */
export function cleanText(text: string, max: number): string {
  if (isPlain(text)) return text.length <= max ? text : text.slice(0, max).trimEnd()
  const clean = text
    .slice(0, max * 4)
    .replace(invisible, '')
    .trim()
  if (clean.length <= max) return clean
  // The cut may have halved a surrogate pair.
  return clean
    .slice(0, max)
    .replace(/\p{Cs}/gu, '')
    .trimEnd()
}

/** Printable ASCII without a blank at either end, as nearly all texts are: a loop is faster than a regular expression. */
function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 32 || code > 126) return false
  }
  return text !== '' && text.charCodeAt(0) !== 32 && text.charCodeAt(text.length - 1) !== 32
}

const yes = new Set(['true', 'yes', 'y', '1', 'on'])
const no = new Set(['false', 'no', 'n', '0', 'off'])

/** A truth value in any of its spellings; undefined where it is none. */
export function boolOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value
  if (typeof value === 'number') return value === 1 ? true : value === 0 ? false : undefined
  if (typeof value !== 'string' || value.length > 5) return undefined
  const word = value.toLowerCase()
  return yes.has(word) ? true : no.has(word) ? false : undefined
}

/** A finite number, also out of text; undefined where it is none. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  if (typeof value !== 'string' || value.length > 40 || value.trim() === '') return undefined
  const number = Number(value)
  return Number.isFinite(number) ? number : undefined
}

/** A whole number of at least 0; undefined where it is none. */
export function countOf(value: unknown): number | undefined {
  const number = numberOf(value)
  return number !== undefined && Number.isSafeInteger(number) && number >= 0 ? number : undefined
}

/** A login as the name of somebody, and as their e-mail address where it is written like one; at most 320 characters. */
export function loginOf(value: unknown): { name?: string; email_addr?: string } {
  const name = textOf(value, 320)
  if (name === undefined) return {}
  // What stands behind a stroke was chosen by whoever goes by it.
  return looksLikeEmail(name) && !name.includes('/') ? { name, email_addr: name } : { name }
}

/** Is it written like an e-mail address? Linear, and deliberately lax. */
export function looksLikeEmail(text: string): boolean {
  const sign = text.indexOf('@')
  if (sign < 1 || text.length > 320 || text.indexOf('@', sign + 1) !== -1) return false
  const dot = text.lastIndexOf('.')
  return dot > sign + 1 && dot < text.length - 1 && !/\s/.test(text)
}
