import { Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import type { Connector } from '../connectors/connector.ts'
import { readBytes } from '../connectors/reading/bytes.ts'
import type { Labelled } from './trial.ts'

/** What events really were, by their uid; an event without an entry is benign. */
export type Labels = ReadonlyMap<string, Labelled['truth']>

const BENIGN = 'benign'

/** The label columns of the RBA data set, and what an event is called where one of them is true. */
export const RBA_LABELS = {
  takeover: { column: 'Is Account Takeover', label: 'account_takeover' },
  'attack-ip': { column: 'Is Attack IP', label: 'attack_ip' },
} as const
export type RbaLabel = keyof typeof RBA_LABELS

/**
 * Reads a label file: CSV, plain or gzip, with the columns `uid` and `label` (`benign` or a name for what it was) and, where
 * known, `victim` and `campaign`. @throws Error that names the line and the remedy.
 */
export async function readLabels(path: string): Promise<Labels> {
  const labels = new Map<string, Labelled['truth']>()
  for await (const { row, line } of rowsOf(path)) {
    const { uid, label, victim, campaign } = row
    if (uid === undefined || label === undefined || uid === '' || label === '')
      throw new Error(
        `${path}, line ${line}: a label needs uid and label. The first line has to name the columns: uid,label`,
      )
    if (label === BENIGN) continue
    labels.set(uid, {
      label,
      ...(victim ? { victim } : {}),
      ...(campaign ? { campaign } : {}),
    })
  }
  return labels
}

/**
 * Splits the labels off files of the RBA data set, by index, before any of their rows is read as an event.
 * @throws Error where a file has no such column.
 */
export async function splitRbaLabels(paths: readonly string[], which: RbaLabel): Promise<Labels> {
  const { column, label } = RBA_LABELS[which]
  const labels = new Map<string, Labelled['truth']>()
  for (const path of paths) {
    const rows = rowsOf(path)
    const first = await rows.next().catch((error: unknown) => {
      // what is no table has no label columns either; a file that cannot be opened says so
      if (error instanceof CsvError) return { done: true as const, value: undefined }
      throw error
    })
    if (first.done === true || first.value.row.index === undefined || !(column in first.value.row))
      throw new Error(
        `${path} has no columns "index" and "${column}": only files of the RBA data set carry their labels. Name a label file with --labels.`,
      )
    note(first.value.row)
    for await (const { row } of rows) note(row)
  }

  function note(row: Readonly<Record<string, string | undefined>>): void {
    if (row.index !== undefined && /^true$/i.test(row[column] ?? ''))
      labels.set(row.index, { label })
  }
  return labels
}

/** A connector to which the label columns of the RBA data set are never shown. */
export function withoutLabels(connector: Connector): Connector {
  return {
    ...connector,
    normalise(record, origin) {
      if (typeof record !== 'object' || record === null) return connector.normalise(record, origin)
      const hidden = new Set<string>(Object.values(RBA_LABELS).map(({ column }) => column))
      const shown = Object.entries(record).filter(([name]) => !hidden.has(name))
      return connector.normalise(Object.fromEntries(shown), origin)
    },
  }
}

async function* rowsOf(path: string): AsyncGenerator<{
  readonly row: Readonly<Record<string, string | undefined>>
  readonly line: number
}> {
  const source = Readable.from(readBytes(path, { read: 0 }))
  const parser = parse({
    columns: true,
    bom: true,
    info: true,
    relax_column_count: true,
    trim: true,
  })
  source.on('error', ({ message }) => parser.destroy(new Error(`${path}: ${message}`)))
  source.pipe(parser)
  for await (const { record, info } of parser) yield { row: record, line: info.lines }
}
