/**
 * JSON with the keys of every object in order, so that equal content is equal text whatever built it. Fields that are
 * undefined are left out. For plain data only: no dates, no cycles.
 */
export function stableJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(stableJson).join(',')}]`
  const parts: string[] = []
  const fields: Readonly<Record<string, unknown>> = { ...value }
  for (const key of Object.keys(fields).sort()) {
    const part = fields[key]
    if (part !== undefined) parts.push(`${JSON.stringify(key)}:${stableJson(part)}`)
  }
  return `{${parts.join(',')}}`
}
