import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { recordsIn } from '../envelopes/records-in.ts'
import { csvSplitter } from '../reading/split-csv.ts'
import { jsonSplitter } from '../reading/split-json.ts'
import { xmlSplitter } from '../reading/split-xml.ts'

/** What every format is asked for, besides what it alone tells. */
export const fieldNames = [
  'time',
  'uid',
  'actor',
  'address',
  'outcome',
  'failure',
  'mfa',
  'agent',
  'account',
  'region',
  'operation',
] as const
export type FieldName = (typeof fieldNames)[number]

/** What an event tells; a field that is absent is one that it does not tell. `time` is ISO 8601 with milliseconds. */
export type Told = Readonly<Partial<Record<FieldName, string | boolean>>>

/** Records of a format with what the vendor's documentation says of them, and why a field is told by none of its records. */
export interface FieldRow {
  readonly format: string
  readonly records: readonly (readonly [record: unknown, told: Told])[]
  readonly untold?: Readonly<Partial<Record<FieldName, string>>>
}

/** One record of a connector's samples, by its place from 0. */
export function sample(path: string, at: number): unknown {
  const bytes = readFileSync(join(import.meta.dirname, '..', path))
  const found = path.endsWith('.txt')
    ? bytes.toString('utf8').split('\n')[at]
    : pieces(path, bytes)[at]
  if (found === undefined) throw new Error(`${path} has no record ${at}`)
  return found
}

function pieces(path: string, bytes: Buffer): readonly unknown[] {
  const splitter = path.endsWith('.csv')
    ? csvSplitter(',')
    : path.endsWith('.xml')
      ? xmlSplitter()
      : jsonSplitter()
  return [...splitter.push(bytes), ...splitter.end()].flatMap((piece) =>
    piece.reason === undefined ? recordsIn(piece.value) : [],
  )
}
