import { Command } from 'commander'
import type { Connector } from '../connectors/connector.ts'
import { findFiles } from '../connectors/reading/find-files.ts'
import { readEvents } from '../connectors/reading/read-events.ts'
import { readRecord } from '../connectors/registry.ts'
import { fieldsOf } from '../connectors/values/fields.ts'
import { EXIT, userError } from './exit-codes.ts'
import { zoneOption } from './zone-option.ts'

/** Types, reasons and kinds that a table names at most. */
const SHOWN = 8

interface Counted {
  readonly formats: Map<string, { events: number; unmapped: number; types: Map<string, number> }>
  readonly leftOut: Map<string, number>
  readonly refused: Map<string, number>
}

/** `gatewatch coverage FILE...`: what becomes of every record of log files, a table by format; judges nothing. */
export function coverageCommand(): Command {
  return new Command('coverage')
    .description(
      'say of every record of log files whether it is read, unmapped, left out or refused, by format',
    )
    .argument('<file...>', 'log files, folders of them, or - for standard input; plain or gzip')
    .option('--unwrap <field>', 'take each record out of this field')
    .addOption(zoneOption())
    .action(coverage)
}

interface Options {
  readonly unwrap?: string
  readonly zone?: string
}

async function coverage(paths: string[], { unwrap, zone }: Options): Promise<void> {
  const { files, passed } = await findFiles(paths).catch((error: unknown) => {
    throw userError(error instanceof Error ? error.message : String(error))
  })
  const all: Counted = { formats: new Map(), leftOut: new Map(), refused: new Map() }
  const connector = unwrap === undefined ? null : inside(unwrap)
  for (const { path, written } of files) {
    const origin = {
      connector: 'file',
      now: Date.now(),
      mode: 'replay',
      ...(written === undefined ? {} : { written }),
      ...(zone === undefined ? {} : { zone }),
    } as const
    const of = { events: 0, leftOut: 0, refused: 0 }
    for await (const batch of readEvents(path, { connector, origin, meter: { read: 0 } })) {
      for (const event of batch.events) {
        const format = all.formats.get(event.source.format) ?? {
          events: 0,
          unmapped: 0,
          types: new Map(),
        }
        all.formats.set(event.source.format, format)
        format.events++
        if (event.class_uid !== 0) continue
        format.unmapped++
        add(format.types, event.activity)
      }
      of.events += batch.events.length
      of.refused += batch.letters.length
      for (const { reason } of batch.letters) add(all.refused, reason)
      for (const [why, count] of batch.skipped) {
        of.leftOut += count
        add(all.leftOut, why, count)
      }
    }
    console.log(`${path}: ${of.events} events, ${of.leftOut} left out, ${of.refused} refused`)
  }
  if (passed.length > 0) console.log(`${passed.length} files of other endings were passed over`)
  console.log(`\n${table(all)}`)
  if (all.formats.size === 0) process.exitCode = EXIT.failed
}

/** Records that stand in a field of others, each of the format that it looks like. */
function inside(field: string): Connector {
  return {
    format: 'auto',
    title: `records in ${field}`,
    recognise: () => 1,
    normalise: (record, origin) => readRecord('auto', fieldsOf(record)[field], origin),
  }
}

function add(counts: Map<string, number>, name: string, by = 1): void {
  // Names are a log's own: a long one is cut, and of a million different ones the rest is one.
  const key = counts.size < 10_000 || counts.has(name) ? name : 'others'
  counts.set(key, (counts.get(key) ?? 0) + by)
}

function table({ formats, leftOut, refused }: Counted): string {
  const rows = [...formats].sort(([a], [b]) => (a < b ? -1 : 1))
  const name = (text: string) => text.padEnd(18)
  const number = (count: number) => String(count).padStart(9)
  return [
    `${name('format')}   events unmapped   types that nobody knows`,
    ...rows.map(
      ([format, { events, unmapped, types }]) =>
        `${name(format)}${number(events)}${number(unmapped)}   ${[...commonest(types)].map(([type, n]) => `${type} (${n})`).join(', ')}`,
    ),
    ...reasons('Left out, as they tell of no event', leftOut),
    ...reasons('Refused', refused),
  ].join('\n')
}

function reasons(title: string, counts: ReadonlyMap<string, number>): string[] {
  const sum = [...counts.values()].reduce((all, count) => all + count, 0)
  if (sum === 0) return []
  return [
    '',
    `${title}: ${sum}`,
    ...commonest(counts).map(([why, n]) => `${String(n).padStart(9)}  ${why.slice(0, 120)}`),
  ]
}

function commonest(counts: ReadonlyMap<string, number>): readonly (readonly [string, number])[] {
  return [...counts].sort(([, a], [, b]) => b - a).slice(0, SHOWN)
}
