import { fieldsOf, isFields, listOf } from '../values/fields.ts'
import { boolOf, textOf } from '../values/text.ts'

/** Parameters of an activity by name, whatever kind of value each has. */
export interface Parameters {
  /** As text, cut to `max` characters; of several values the first. */
  text(name: string, max: number): string | undefined
  bool(name: string): boolean | undefined
  /** All values, as texts. */
  all(name: string): readonly string[]
}

/** Reads parameters as the Reports API lists them, as Cloud Logging does, and as exporters make them an object. */
export function parametersOf(said: unknown): Parameters {
  const values = new Map<string, unknown>()
  if (isFields(said)) for (const name of Object.keys(said)) values.set(name, said[name])
  else for (const one of listOf(said)) addTo(values, one)
  const first = (name: string) => listOf(values.get(name))[0]
  return {
    text: (name, max) => textOf(first(name), max),
    bool: (name) => boolOf(first(name)),
    all: (name) => listOf(values.get(name)).flatMap((one) => textOf(one, 255) ?? []),
  }
}

function addTo(values: Map<string, unknown>, one: unknown): void {
  const { name, value, boolValue, intValue, multiValue, multiStrValue, multiIntValue } =
    fieldsOf(one)
  const held = value ?? boolValue ?? intValue ?? multiValue ?? multiStrValue ?? multiIntValue
  if (typeof name === 'string' && held !== undefined) values.set(name, held)
}
