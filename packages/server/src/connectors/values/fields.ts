/** A record or a part of one, as a parser gave it. */
export type Fields = Readonly<Record<string, unknown>>

const nothing: Fields = Object.freeze({})

/** Is it an object with named fields (not a list, not null)? */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value as named fields; JSON in a string is read; anything else has no fields. */
export function fieldsOf(value: unknown): Fields {
  if (isFields(value)) return value
  const parsed = parseEmbedded(value)
  return isFields(parsed) ? parsed : nothing
}

/** The value as a list; JSON in a string is read; a single value is a list of one, nothing is an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  const parsed = parseEmbedded(value)
  if (Array.isArray(parsed)) return parsed
  return parsed === undefined || parsed === null || parsed === '' ? [] : [parsed]
}

/** JSON inside a string, or the value itself where it is no JSON text. Integers beyond 2^53 stay strings. */
export function parseEmbedded(value: unknown): unknown {
  if (typeof value !== 'string') return value
  const first = value.trimStart()[0]
  if (first !== '{' && first !== '[') return value
  try {
    return parseJson(value)
  } catch {
    return value
  }
}

/** The entry of a table under a name that a record chose: its own entries only, as `constructor` is on every table. */
export function entryOf<T>(table: Readonly<Record<string, T>>, name: unknown): T | undefined {
  if (typeof name !== 'string' && typeof name !== 'number') return undefined
  return Object.hasOwn(table, name) ? table[name] : undefined
}

const maybeBigInteger = /[:[,]\s*-?\d{16,}/

/** Do 16 digits stand in a row anywhere? They cannot pass between two looks, so one character in 16 is looked at. */
function hasLongNumber(text: string): boolean {
  for (let i = 15; i < text.length; i += 16) {
    if (!isDigit(text, i)) continue
    let first = i
    while (isDigit(text, first - 1)) first--
    let next = i + 1
    while (isDigit(text, next)) next++
    if (next - first >= 16) return true
  }
  return false
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code >= 48 && code <= 57
}

/**
 * JSON.parse that keeps every digit of an integer beyond 2^53, as a string: identifiers are often 64-bit integers.
 * Throws SyntaxError as JSON.parse does.
 */
export function parseJson(text: string): unknown {
  if (!hasLongNumber(text) || !maybeBigInteger.test(text)) return JSON.parse(text)
  return JSON.parse(text, keepDigits)
}

function keepDigits(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  const source = context?.source
  return source !== undefined && /^-?\d+$/.test(source) ? source : value
}

/** A value by path, own fields only; undefined where any step is missing. Strings that hold JSON are entered. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let current = value
  for (const name of path) {
    if (current === undefined || current === null) return undefined
    const fields = fieldsOf(current)
    if (!Object.hasOwn(fields, name)) return undefined
    current = fields[name]
  }
  return current
}

/** Reads fields whatever their case, and whatever stands between the words (`User_ID`, `userId`, `User ID`). */
export type Reader = (...names: readonly string[]) => unknown

/**
 * A reader over the fields: the first of the names (given plain: lower case, letters and digits only) that has a value.
 * An empty cell is no value. Suffixes that exporters add (` [UTC]`, `_dynamic`, `_string`) are ignored.
 */
export function readerOf(...sources: readonly Fields[]): Reader {
  const values = new Map<string, unknown>()
  for (const source of sources) {
    for (const key of Object.keys(source)) {
      const value = source[key]
      if (value === undefined || value === null || value === '') continue
      const name = plainName(key)
      if (!values.has(name)) values.set(name, value)
    }
  }
  return (...names) => {
    for (const name of names) {
      const value = values.get(name)
      if (value !== undefined) return value
    }
    return undefined
  }
}

const plainNames = new Map<string, string>()

/** `CreatedDateTime [UTC]` -> `createddatetime`, `useridentity_arn` -> `useridentityarn`. */
export function plainName(key: string): string {
  const known = plainNames.get(key)
  if (known !== undefined) return known
  const plain = key
    .replace(/\s*\[[^\]]*\]$/, '')
    .replace(/_(dynamic|string)$/, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '')
  // Names of columns are few; names that an attacker invents must not fill the memory.
  if (plainNames.size < 5_000 && key.length < 200) plainNames.set(key, plain)
  return plain
}

/** The same fields without those that are undefined: absent is left out, never empty. */
export function known<T extends object>(fields: T): T {
  for (const key in fields) if (fields[key] === undefined) return withoutUndefined(fields)
  return fields
}

function withoutUndefined<T extends object>(fields: T): T {
  const kept: Partial<T> = {}
  for (const key in fields) if (fields[key] !== undefined) kept[key] = fields[key]
  return kept as T
}

/** As `known`, or undefined where no field has a value. */
export function knownOrNone<T extends object>(fields: T): T | undefined {
  const kept = known(fields)
  for (const _ in kept) return kept
  return undefined
}
