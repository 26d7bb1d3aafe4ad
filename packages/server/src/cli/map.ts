import { writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { Command } from 'commander'
import { stringify } from 'yaml'
import { isWhole, type Proposal, proposeMapping } from '../connectors/generic/propose.ts'
import { splitFile } from '../connectors/reading/split-file.ts'
import { recognise } from '../connectors/registry.ts'
import { EXIT, userError } from './exit-codes.ts'
import { table } from './table.ts'

/** Records of the sample that are looked at. */
const MOST = 2_000

/** `gatewatch map SAMPLE`: proposes how records that no connector knows are read. */
export function mapCommand(): Command {
  return new Command('map')
    .description(
      'propose a mapping for JSON or tables that no connector knows, for gatewatch score --mapping',
    )
    .argument('<sample>', 'a file of such records, or - for standard input; plain or gzip')
    .option('--out <file>', 'write the mapping to this file (YAML, or JSON where it ends so)')
    .action(map)
}

async function map(path: string, { out }: { readonly out?: string }): Promise<void> {
  const { records, problem } = await sampleOf(path)
  if (records.length === 0)
    throw userError(`${path}: ${problem ?? 'there are no records'}`, EXIT.failed)
  const known = recognise(records[0])
  if (known !== undefined)
    process.stderr.write(`${path} looks like ${known.title}: it needs no mapping.\n`)
  const proposal = proposeMapping(records, productOf(path), Date.now())
  process.stderr.write(`${told(proposal)}\n`)
  const isJson = out?.endsWith('.json') === true
  const text = isJson
    ? `${JSON.stringify(proposal.mapping, null, 2)}\n`
    : stringify(proposal.mapping)
  if (out === undefined) process.stdout.write(text)
  else await writeFile(out, text)
  if (!isWhole(proposal.mapping) || proposal.read === 0) process.exitCode = EXIT.failed
}

async function sampleOf(
  path: string,
): Promise<{ readonly records: readonly unknown[]; readonly problem?: string }> {
  const records: unknown[] = []
  let problem: string | undefined
  for await (const pieces of splitFile(path, { meter: { read: 0 } })) {
    for (const piece of pieces) {
      if (piece.reason === undefined) records.push(piece.value)
      else problem ??= piece.reason
    }
    if (records.length >= MOST) break
  }
  return { records: records.slice(0, MOST), ...(problem === undefined ? {} : { problem }) }
}

/** The file's name without what says how it is written. */
function productOf(path: string): string {
  const name = basename(path).replace(/(\.(gz|csv|tsv|txt|log|json|ndjson|jsonl))+$/i, '')
  return /^[\w .-]{1,64}$/.test(name) && name !== '-' ? name : 'sample'
}

function told({ taken, left, read, looked, refused, mapping }: Proposal): string {
  const rows = taken.map(({ field, path, certainty, why }) => [
    field,
    path,
    `${Math.round(certainty * 100)} %`,
    why,
  ])
  const lines = [table(['field', 'from', 'certainty', 'why'], rows)]
  if (mapping.time !== undefined && !/^epoch/.test(String(mapping.time.format)))
    lines.push(
      '',
      'A time without a zone is read as UTC; add "zone" under "time" where it is another.',
    )
  lines.push('', `Left: ${left.length === 0 ? 'nothing' : left.join(', ')}`)
  lines.push(`The mapping reads ${read} of ${looked} records.`)
  const worst = [...refused].toSorted(([, a], [, b]) => b - a).slice(0, 5)
  for (const [why, count] of worst) lines.push(`  ${count} not: ${why}`)
  return lines.join('\n')
}
