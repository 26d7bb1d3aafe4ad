/** How objects with one sequence of keys are written: step by step along their keys, so that nothing is sorted twice. */
interface Shape {
  readonly keys: readonly string[]
  readonly next: Map<string, Shape>
  /** Made when an object first ends here. */
  order: Order | null
}

/** Keys in order; each as it is written after the fields before it, and as the first. */
type Order = readonly { readonly key: string; readonly written: string; readonly first: string }[]

const root: Shape = { keys: [], next: new Map(), order: null }
/** Shapes come again and again; the ones that a hostile sender invents must not fill the memory. */
const SHAPES_KEPT = 5_000
const LONGEST_KEY = 64
let shapes = 0

/** Text that JSON writes as it is: no quote, backslash, control or surrogate. */
const PLAIN = /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/

/**
 * JSON with the keys of every object in order, so that equal content is equal text whatever built it. Fields that are
 * undefined are left out. For plain data only: no dates, no cycles.
 */
export function stableJson(value: unknown): string {
  if (typeof value === 'string') return quoted(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(stableJson).join(',')}]`
  const fields = value as Readonly<Record<string, unknown>>
  let text = ''
  for (const { key, written, first } of orderOf(fields)) {
    const part = fields[key]
    if (part !== undefined) text += (text === '' ? first : written) + stableJson(part)
  }
  return text === '' ? '{}' : `${text}}`
}

function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text)
}

function orderOf(fields: Readonly<Record<string, unknown>>): Order {
  let shape = root
  const keys = Object.keys(fields)
  for (const key of keys) {
    const next = shape.next.get(key) ?? grown(shape, key)
    if (next === undefined) return written(keys)
    shape = next
  }
  shape.order ??= written(shape.keys)
  return shape.order
}

function grown(shape: Shape, key: string): Shape | undefined {
  if (shapes >= SHAPES_KEPT || key.length > LONGEST_KEY || shape.keys.length >= LONGEST_KEY) {
    return undefined
  }
  shapes += 1
  const next: Shape = { keys: [...shape.keys, key], next: new Map(), order: null }
  shape.next.set(key, next)
  return next
}

function written(keys: readonly string[]): Order {
  return [...keys].sort().map((key) => {
    const name = `${quoted(key)}:`
    return { key, written: `,${name}`, first: `{${name}` }
  })
}
