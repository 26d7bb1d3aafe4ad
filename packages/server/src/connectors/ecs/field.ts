import { type Fields, isFields, listOf } from '../values/fields.ts'

/** Reads a field of ECS by its dotted name, whether names are nested, dotted, or both; of a list the first. */
export type EcsReader = (name: string) => unknown

/** A reader over a document of the Elastic Common Schema. */
export function ecsReader(record: Fields): EcsReader {
  return (name) => {
    const found = find(record, name)
    return Array.isArray(found) ? found[0] : found
  }
}

/** All values of a field. */
export function allOf(record: Fields, name: string): readonly unknown[] {
  return listOf(find(record, name))
}

function find(fields: Fields, name: string): unknown {
  if (Object.hasOwn(fields, name)) return fields[name]
  for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {
    const head = name.slice(0, dot)
    const below = Object.hasOwn(fields, head) ? fields[head] : undefined
    const found = isFields(below) ? find(below, name.slice(dot + 1)) : undefined
    if (found !== undefined) return found
  }
  return undefined
}
