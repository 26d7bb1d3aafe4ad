import { Command, Option } from 'commander'
import { findFiles } from '../connectors/reading/find-files.ts'
import { playFiles } from '../evaluate/lab/build-table.ts'
import { featureNames, featureRow } from '../evaluate/lab/feature-row.ts'
import { openCsv, openParquet } from '../evaluate/lab/write-features.ts'
import { readLabels } from '../evaluate/labels.ts'
import { userError } from './exit-codes.ts'
import { openLookups } from './lookups.ts'
import { createProgress } from './progress.ts'

interface Options {
  readonly out: string
  readonly format?: 'csv' | 'parquet'
  readonly labels?: string
  readonly places?: readonly string[]
}

/** `gatewatch features FILE...`: what Gatewatch works out of each event, as a table of numbers. */
export function featuresCommand(): Command {
  return new Command('features')
    .argument('<file...>', 'log files, plain or gzip')
    .requiredOption('--out <file>', 'where the table is written')
    .addOption(
      new Option(
        '--format <name>',
        'CSV or Parquet; by the ending of --out where not said',
      ).choices(['csv', 'parquet']),
    )
    .option('--labels <file>', 'CSV with the columns uid and label, to stand beside the numbers')
    .option('--places <file...>', '.mmdb files that give places and networks of such events')
    .addHelpText(
      'after',
      `
One row an event, in order of time, each as it looked before it was learned from: its names, score
and risk, the signals, and the points of every term before any weight (nats). Unknown is empty.

Examples:
  gatewatch features sign-ins.csv.gz --out features.parquet
  gatewatch features AWSLogs/ --labels truth.csv --out features.csv`,
    )
    .action(features)
}

async function features(paths: string[], { out, format, labels, places }: Options): Promise<void> {
  const isParquet = format === undefined ? out.endsWith('.parquet') : format === 'parquet'
  if (format === undefined && !isParquet && !out.endsWith('.csv'))
    throw userError('--out has to end in .csv or .parquet, or --format has to say which it is.')
  const progress = createProgress(process.stderr)
  const { files } = await findFiles(paths).catch(asUserError)
  const truth = labels === undefined ? null : await readLabels(labels).catch(asUserError)
  const lookups = await openLookups(places, progress).catch(asUserError)
  const names = featureNames()
  let rows = 0
  try {
    const table = isParquet ? openParquet(out, names) : openCsv(out, names)
    try {
      const unreadable = await playFiles(
        { files, connector: null, lookups },
        (played) => {
          const { uid } = played.input.event
          table.add(featureRow(played, truth === null ? '' : (truth.get(uid)?.label ?? 'benign')))
          rows++
        },
        (step, done, total) => progress.bar(step, done, total),
      )
      if (unreadable > 0) progress.say(`${unreadable} lines could not be read`)
    } finally {
      table.close()
    }
  } catch (error) {
    asUserError(error)
  } finally {
    lookups.close()
  }
  console.log(`${rows} events, ${names.length} columns: ${out}`)
}

function asUserError(error: unknown): never {
  if (error instanceof TypeError || error instanceof ReferenceError) throw error
  throw userError(error instanceof Error ? error.message : String(error))
}
