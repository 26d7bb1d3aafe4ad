import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { EventInput } from '@gatewatch/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readInput } from './read-input.ts'

const samples: Record<string, unknown>[] = readFileSync(
  join(import.meta.dirname, 'samples', 'events.ndjson'),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

/** Where in a record something can be changed: the path of each of its values, and of a field that nobody knows. */
function paths(value: unknown, before: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [before]
  const below = Object.entries(value).flatMap(([key, part]) => paths(part, [...before, key]))
  return [before, ...below, [...before, 'unheard_of'], [...before, '__proto__']]
}

function changed(record: unknown, [step, ...rest]: readonly string[], value: unknown): unknown {
  if (step === undefined) return value
  const fields = Object.entries(record ?? {}).filter(([key]) => key !== step)
  const part = Object.getOwnPropertyDescriptor(record ?? {}, step)?.value
  const entries = [...fields, [step, changed(part, rest, value)]]
  return Array.isArray(record) ? entries.map(([, element]) => element) : Object.fromEntries(entries)
}

const odd = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(
    Number.POSITIVE_INFINITY,
    0.5,
    -1,
    2 ** 53,
    253402300800000,
    3002,
    99,
    true,
    null,
    '',
    'user',
  ),
  fc.integer({ min: 0, max: 2100 }).map((length) => 'a'.repeat(length)),
  fc.constantFrom(45, 64, 128, 255, 320, 512, 1024).map((length) => '\u{1f600}'.repeat(length)),
  fc.array(fc.constantFrom('password', 'otp', 'grants_admin', 'tag'), { maxLength: 40 }),
)

test('a sample is read as the schema reads it', () => {
  expect(samples.length).toBeGreaterThan(1)
  for (const sample of samples) expect(readInput(sample)).toEqual(EventInput.safeParse(sample))
})

test('whatever stands in a record, the compiled schema and zod say the same', () => {
  const change = fc
    .constantFrom(...samples)
    .chain((sample) => fc.tuple(fc.constant(sample), fc.constantFrom(...paths(sample)), odd))
  fc.assert(
    fc.property(change, ([sample, path, value]) => {
      const record = changed(sample, path, value)
      const [fast, slow] = [readInput(record), EventInput.safeParse(record)]
      expect(fast.success).toBe(slow.success)
      expect(fast.data).toEqual(slow.data)
      expect(fast.error?.issues).toEqual(slow.error?.issues)
    }),
    { numRuns: 2_000 },
  )
})
