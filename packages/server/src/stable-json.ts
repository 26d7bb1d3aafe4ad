/** A key with its quotes and colon, for keys that come again and again; others are written anew each time. */
const writtenKeys = new Map<string, string>()
const KEYS_KEPT = 2_000

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
  for (const key of Object.keys(fields).sort()) {
    const part = fields[key]
    if (part !== undefined) text += `${text === '' ? '' : ','}${keyOf(key)}${stableJson(part)}`
  }
  return `{${text}}`
}

function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text)
}

function keyOf(key: string): string {
  const known = writtenKeys.get(key)
  if (known !== undefined) return known
  const written = `${quoted(key)}:`
  if (writtenKeys.size < KEYS_KEPT && key.length < 64) writtenKeys.set(key, written)
  return written
}
