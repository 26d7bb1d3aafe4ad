import { AccessEvent } from '@gatewatch/schema'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Connector, Origin } from './connector.ts'
import { recognise } from './registry.ts'
import { isFields } from './values/fields.ts'

const origin: Origin = { connector: 'test', now: Date.UTC(2026, 0, 1), mode: 'replay' }

/** What every connector promises, on its samples (at least one) and on hostile variations of them. */
export function connectorContract(connector: Connector, samples: readonly unknown[]): void {
  describe(`the connector of ${connector.format}`, () => {
    test('is the one that knows its samples best', () => {
      expect(samples.length).toBeGreaterThan(0)
      for (const sample of samples) expect(recognise(sample)?.format).toBe(connector.format)
    })

    test('knows nothing of what is none of its records', () => {
      for (const other of [{}, [], null, 7, '', 'text', { id: 1 }, { time: 1, type: 'x' }])
        expect(connector.recognise(other)).toBe(0)
    })

    test('gives a valid event or a reason, and the same for the same record', () => {
      for (const sample of samples) {
        const outcome = connector.normalise(sample, origin)
        expect(connector.normalise(structuredClone(sample), origin)).toEqual(outcome)
        if (outcome.kind === 'ok') expect(AccessEvent.parse(outcome.value)).toEqual(outcome.value)
        else expect(outcome.why).not.toBe('')
      }
    })

    test('reads every time alike, whatever zone the computer is in', () => {
      const zone = process.env.TZ
      const read = (tz: string) => {
        process.env.TZ = tz
        expect(new Date(2024, 0, 1).getTimezoneOffset()).not.toBe(0)
        return samples.map((sample) => connector.normalise(sample, origin))
      }
      try {
        expect(read('America/New_York')).toEqual(read('Asia/Kolkata'))
      } finally {
        if (zone === undefined) delete process.env.TZ
        else process.env.TZ = zone
      }
    })

    test('neither throws nor gives an event that is none, whatever stands in a field', () => {
      const changes = fc.array(fc.tuple(fc.nat(), value), { minLength: 1, maxLength: 6 })
      fc.assert(
        fc.property(fc.nat(samples.length - 1), changes, (i, list) => {
          let odd = samples[i]
          for (const [at, change] of list) odd = changed(odd, at, change)
          expect(connector.recognise(odd)).toBeGreaterThanOrEqual(0)
          const outcome = connector.normalise(odd, origin)
          if (outcome.kind === 'ok') AccessEvent.parse(outcome.value)
        }),
        { numRuns: 400 },
      )
    })
  })
}

const value = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<fc.JsonValue>(
    '__proto__',
    'constructor',
    '\u0000\u001b[31m',
    'x'.repeat(5_000),
    -1,
    1e300,
    '',
  ),
)

/** The record with one of its places, chosen by number, holding something else. */
function changed(record: unknown, at: number, change: unknown): unknown {
  const places = placesIn(record)
  const path = places[at % places.length] ?? []
  return put(record, path, change)
}

function placesIn(record: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof record !== 'object' || record === null) return [path]
  const below = Object.entries(record).flatMap(([key, part]) => placesIn(part, [...path, key]))
  return path.length === 0 ? below : [path, ...below]
}

function put(record: unknown, path: readonly string[], change: unknown): unknown {
  const [step, ...rest] = path
  if (step === undefined) return change
  if (Array.isArray(record))
    return record.map((part, i) => (String(i) === step ? put(part, rest, change) : part))
  return isFields(record) ? { ...record, [step]: put(record[step], rest, change) } : record
}
