import { parseJson } from './fields.ts'

const deepest = 16

/**
 * Reads structures that exporters print in their own notations: JSON, Python (`{'a': None}`) and the key=value maps of
 * Java and SQL engines (`{a=1, b=[x, y]}`). Everything but JSON's own types is text. Undefined where the text is none of
 * these. Linear in the length of the text.
 */
export function parseLoose(text: string): unknown {
  const trimmed = text.trim()
  const first = trimmed[0]
  if (first !== '{' && first !== '[') return undefined
  try {
    return parseJson(trimmed)
  } catch {
    const reader = { text: trimmed, at: 0 }
    const value = readValue(reader, 0)
    return value === failed || reader.at < trimmed.length ? undefined : value
  }
}

interface Cursor {
  readonly text: string
  at: number
}

const failed = Symbol('failed')

function readValue(cursor: Cursor, depth: number): unknown {
  if (depth > deepest) return failed
  skipBlanks(cursor)
  const first = cursor.text[cursor.at]
  if (first === '{') return readMap(cursor, depth)
  if (first === '[') return readList(cursor, depth)
  if (first === "'" || first === '"') return readQuoted(cursor)
  return wordValue(readBare(cursor, ',}]'))
}

function readMap(cursor: Cursor, depth: number): unknown {
  const entries: [string, unknown][] = []
  cursor.at++
  for (;;) {
    skipBlanks(cursor)
    const next = cursor.text[cursor.at]
    if (next === '}') {
      cursor.at++
      return Object.fromEntries(entries)
    }
    const key = next === "'" || next === '"' ? readQuoted(cursor) : readBare(cursor, '=:,}')
    skipBlanks(cursor)
    const mark = cursor.text[cursor.at]
    if (typeof key !== 'string') return failed
    const before = entries.at(-1)
    if ((mark === ',' || mark === '}') && typeof before?.[1] === 'string') {
      // `{reasons=New City, New Device, level=HIGH}`: a comma inside a value, which nothing escapes.
      before[1] += `, ${key}`
      if (mark === ',') cursor.at++
      continue
    }
    if (mark !== '=' && mark !== ':') return failed
    cursor.at++
    const value = readValue(cursor, depth + 1)
    if (value === failed) return failed
    entries.push([key, value])
    if (!endOrComma(cursor, '}')) return failed
  }
}

function readList(cursor: Cursor, depth: number): unknown {
  const items: unknown[] = []
  cursor.at++
  for (;;) {
    skipBlanks(cursor)
    if (cursor.text[cursor.at] === ']') {
      cursor.at++
      return items
    }
    const item = readValue(cursor, depth + 1)
    if (item === failed) return failed
    items.push(item)
    if (!endOrComma(cursor, ']')) return failed
  }
}

function endOrComma(cursor: Cursor, end: string): boolean {
  skipBlanks(cursor)
  const mark = cursor.text[cursor.at]
  if (mark === ',') cursor.at++
  return mark === ',' || mark === end
}

function readQuoted(cursor: Cursor): unknown {
  const quote = cursor.text[cursor.at++]
  let value = ''
  for (; cursor.at < cursor.text.length; cursor.at++) {
    const char = cursor.text[cursor.at]
    if (char === quote) {
      cursor.at++
      return value
    }
    if (char === '\\') cursor.at++
    value += cursor.text[cursor.at] ?? ''
  }
  return failed
}

function readBare(cursor: Cursor, stops: string): string {
  const from = cursor.at
  while (cursor.at < cursor.text.length && !stops.includes(cursor.text[cursor.at] ?? ''))
    cursor.at++
  return cursor.text.slice(from, cursor.at).trim()
}

function wordValue(word: string): unknown {
  if (word === 'None' || word === 'null') return null
  if (word === 'True' || word === 'true') return true
  if (word === 'False' || word === 'false') return false
  return word
}

function skipBlanks(cursor: Cursor): void {
  while (/\s/.test(cursor.text[cursor.at] ?? '')) cursor.at++
}
