import { isFields, plainName } from '../values/fields.ts'
import { isNullWord } from '../values/text.ts'

/** One place that records have, with what stands there. */
export interface Column {
  /** As a mapping names it. */
  readonly path: string
  /** The last name of the path, plain: lower case, letters and digits only. */
  readonly name: string
  /** What stands there, as text; nothing where it is empty or a word for nothing. */
  readonly values: readonly string[]
  /** Share of the records that have something there, 0 to 1. */
  readonly filled: number
}

const DEEPEST = 6
const MOST_COLUMNS = 500
const LONGEST = 4_096

/** The places that the records have, in their order: fields within fields, the first items of lists. Linear; at most 500. */
export function columnsOf(records: readonly unknown[]): readonly Column[] {
  const found = new Map<string, { readonly name: string; readonly values: string[] }>()
  const walk = (value: unknown, path: string, name: string, depth: number): void => {
    if (isFields(value)) {
      if (depth >= DEEPEST) return
      for (const [key, part] of Object.entries(value)) {
        const step = stepInto(path, key)
        if (step !== undefined) walk(part, step, key, depth + 1)
      }
    } else if (Array.isArray(value)) {
      if (depth < DEEPEST && path !== '') walk(value[0], `${path}[0]`, name, depth + 1)
    } else if (path !== '' && path.length <= 512) take(value, path, name)
  }
  const take = (value: unknown, path: string, name: string) => {
    let column = found.get(path)
    if (column === undefined && found.size < MOST_COLUMNS) {
      column = { name: plainName(name), values: [] }
      found.set(path, column)
    }
    if (value === null || value === undefined) return
    const text = String(value).slice(0, LONGEST).trim()
    if (!isNullWord(text)) column?.values.push(text)
  }
  for (const record of records) walk(record, '', '', 0)
  return [...found].map(([path, column]) => ({
    path,
    ...column,
    filled: column.values.length / Math.max(1, records.length),
  }))
}

/** A name with signs that paths use stands in quotes; one that is empty or holds quotes cannot be named. */
function stepInto(path: string, key: string): string | undefined {
  if (key === '' || key.includes('"')) return undefined
  if (/^[^.[\]"$]+$/.test(key)) return path === '' ? key : `${path}.${key}`
  return `${path}["${key}"]`
}
