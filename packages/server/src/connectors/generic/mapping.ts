import { parse } from 'yaml'
import { z } from 'zod'
import { faults } from '../canonical/normalise.ts'
import { ACCESS_FIELDS } from './targets.ts'
import { TIME_FORMATS } from './time-format.ts'

const Scalar = z.union([z.string(), z.number(), z.boolean()])

/** Where a value comes from: a path, several of which the first with a value counts, a constant, or a text with paths in braces. */
const From = z.union([
  z.string().min(1),
  z.array(z.string().min(1)).min(1),
  z.strictObject({ const: Scalar }),
  z.strictObject({ template: z.string().min(1) }),
])
export type From = z.infer<typeof From>

const TimeFormat = z.string().refine((name) => TIME_FORMATS.includes(name), {
  error: `must be one of ${TIME_FORMATS.join(', ')}`,
})

/** A description of records that no connector knows, as a mapping file (YAML or JSON) writes it. */
export const Mapping = z.strictObject({
  unwrap: z.string().min(1).optional().describe('path of the record inside the record'),
  format: z
    .string()
    .min(1)
    .optional()
    .describe('format of what was unwrapped; then nothing else is given'),
  delimiter: z.string().length(1).optional().describe('of CSV columns; default: worked out'),
  source: z
    .strictObject({ vendor: z.string().min(1).max(64), product: z.string().min(1).max(64) })
    .optional(),
  time: z
    .strictObject({
      path: From,
      format: z.union([TimeFormat, z.array(TimeFormat).min(1)]).optional(),
      zone: z.string().optional().describe('of times without one, e.g. Europe/Oslo or +02:00'),
    })
    .optional(),
  status: z
    .strictObject({
      path: From,
      success: z.array(Scalar).optional(),
      failure: z.array(Scalar).optional(),
    })
    .optional(),
  fields: z
    .record(
      z.string().refine((name) => ACCESS_FIELDS.has(name), {
        error: 'is no field of an AccessEvent; see docs/guide',
      }),
      From,
    )
    .optional(),
  dedupe: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('paths that together name a record'),
  skip_if: z.strictObject({ path: z.string().min(1), equals: z.array(Scalar).min(1) }).optional(),
})
export type Mapping = z.infer<typeof Mapping>

/** Reads a mapping file's text. Throws an Error that names what is wrong, field by field. */
export function readMapping(text: string): Mapping {
  const parsed = Mapping.safeParse(parse(text))
  if (!parsed.success) throw new Error(faults(parsed.error.issues))
  const mapping = parsed.data
  if (
    mapping.format === undefined &&
    (mapping.time === undefined || mapping.fields === undefined)
  ) {
    throw new Error('give time and fields, or the format of what is unwrapped')
  }
  return mapping
}
