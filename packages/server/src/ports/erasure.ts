/** What stands where a name was. */
const BLANK = '[erased]'

/** Shortest name (characters) that is looked for in what is stored of others. */
const SHORTEST = 4

/**
 * By what an identity is looked for in what is stored of others: its key, what follows the kind in it, and its name; the
 * last two only where they are no ordinary word, which others may have used for something else.
 */
export function namesOf(entity: string, name: string): readonly string[] {
  const others = [entity.slice(entity.indexOf(':') + 1), name].filter((one) =>
    /[^\p{L}]/u.test(one.trim()),
  )
  const names = new Set([entity, ...others].map((one) => one.trim().toLowerCase()))
  return [...names].filter((one) => one.length >= SHORTEST)
}

/** Does a text hold one of these names by itself, not as a part of a longer one? Case does not matter. */
export function isNamedIn(text: string, names: readonly string[]): boolean {
  return names.length > 0 && patternOf(names).test(text)
}

/** The same value with the names in all its texts, keys of objects included, blanked. */
export function blanked<T>(value: T, names: readonly string[]): T
export function blanked(value: unknown, names: readonly string[]): unknown {
  if (names.length === 0) return value
  if (typeof value === 'string') return value.replace(patternOf(names), BLANK)
  if (Array.isArray(value)) return value.map((one) => blanked(one, names))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [blanked(key, names), blanked(one, names)]),
  )
}

function patternOf(names: readonly string[]): RegExp {
  // the longest first: a key holds the name
  const any = [...names]
    .sort((a, b) => b.length - a.length)
    .map((one) => one.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
    .join('|')
  const before = '(?<![\\p{L}\\p{N}_%+@-]|[\\p{L}\\p{N}]\\.)'
  const after = '(?![\\p{L}\\p{N}_@-]|\\.[\\p{L}\\p{N}])'
  return new RegExp(`${before}(?:${any})${after}`, 'giu')
}
