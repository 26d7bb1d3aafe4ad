import { EventInput } from '@gatewatch/schema'
import { z } from 'zod'

/** Fields of an event that hold one value, as mappings name them (`actor.name`, `src.ip`), and how text becomes that value. */
export const ACCESS_FIELDS: ReadonlyMap<string, 'text' | 'number' | 'boolean'> = new Map(
  fieldsOf(EventInput, '').filter(([name]) => name !== 'time' && !name.startsWith('source.')),
)

function fieldsOf(schema: unknown, prefix: string): [string, 'text' | 'number' | 'boolean'][] {
  const bare = unwrap(schema)
  if (bare instanceof z.ZodObject) {
    return Object.entries(bare.shape).flatMap(([name, part]) =>
      fieldsOf(part, prefix === '' ? name : `${prefix}.${name}`),
    )
  }
  if (bare instanceof z.ZodString || bare instanceof z.ZodEnum) return [[prefix, 'text']]
  if (bare instanceof z.ZodNumber) return [[prefix, 'number']]
  if (bare instanceof z.ZodBoolean) return [[prefix, 'boolean']]
  // Classes and states are unions of numbers.
  if (bare instanceof z.ZodUnion && prefix.endsWith('_id')) return [[prefix, 'number']]
  return bare instanceof z.ZodUnion && prefix === 'class_uid' ? [[prefix, 'number']] : []
}

function unwrap(schema: unknown): unknown {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodNullable
    ? unwrap(schema.unwrap())
    : schema
}
