import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MODEL_CARDS, VECTOR } from '@gatewatch/engine/lab'
import { FAMILIES, type Family } from '@gatewatch/simulator'
import { Command, Option } from 'commander'
import { findFiles } from '../connectors/reading/find-files.ts'
import { asText } from '../evaluate/cells.ts'
import { tableOfFiles, tableOfWorld } from '../evaluate/lab/build-table.ts'
import { type Compared, compareAll, LAB_RATES } from '../evaluate/lab/compare.ts'
import { learnFromVerdicts } from '../evaluate/lab/learn-verdicts.ts'
import type { LabTable } from '../evaluate/lab/table.ts'
import { tellLab } from '../evaluate/lab/tell-lab.ts'
import { type TrainedAll, trainAll } from '../evaluate/lab/train.ts'
import { readLabels } from '../evaluate/labels.ts'
import { version } from '../version.ts'
import { userError } from './exit-codes.ts'
import { openLookups } from './lookups.ts'
import { createProgress, type Progress } from './progress.ts'
import { whole } from './whole-number.ts'

interface Options {
  readonly family: Family
  readonly people: number
  readonly days: number
  readonly seed: number
  readonly labels?: string
  readonly places?: readonly string[]
  readonly normalOnly?: true
  readonly verdicts: number
  readonly out?: string
  readonly report?: string
}

/** `gatewatch train [FILE...]`: every model of the lab on a made-up world or on your own events, beside the ensemble. */
export function trainCommand(): Command {
  return new Command('train')
    .argument('[file...]', 'log files to learn from; none: a made-up world')
    .option('--labels <file>', 'what the events really were: CSV with the columns uid and label')
    .option('--places <file...>', '.mmdb files that give places and networks of such events')
    .addOption(
      new Option('--family <name>', 'which kind of made-up organisation')
        .choices(FAMILIES)
        .default('offices'),
    )
    .option('--people <n>', 'size of the made-up organisation', whole(1, 100_000), 400)
    .option('--days <n>', 'how long it is watched', whole(10, 3660), 80)
    .option(
      '--seed <n>',
      'which of the made-up worlds, and of the dice of training',
      whole(0, 2 ** 32 - 1),
      1,
    )
    .option('--normal-only', 'learn what is usual from events labelled, or judged, normal alone')
    .option(
      '--verdicts <n>',
      'verdicts that the random forest learns from',
      whole(10, 100_000),
      200,
    )
    .option('--out <folder>', 'write each model (one binary file, statistics beside it) here')
    .option('--report <folder>', 'write a report with pictures (HTML, and each as SVG) here')
    .addHelpText(
      'after',
      `
Events are judged by Gatewatch as it ships, in order of time. Models learn from the first two
fifths of the days, the weight of each is chosen on the next fifth, and the rest is what counts.
The same events and seed give the same models.

Examples:
  gatewatch train                                      a made-up world, about two minutes
  gatewatch train --people 200 --days 40 --report lab  a small one
  gatewatch train sign-ins.ndjson --labels truth.csv --out models`,
    )
    .action(train)
}

async function train(paths: string[], options: Options): Promise<void> {
  const { seed, verdicts } = options
  for (const folder of [options.out, options.report]) if (folder !== undefined) make(folder)
  const progress = createProgress(process.stderr)
  const table = await (paths.length === 0
    ? madeUp(options, progress)
    : fromFiles(paths, options, progress))
  const hasLabels = table.rows.some(({ label }) => label !== 'benign')
  const from = options.normalOnly === true ? 'normal' : 'everything'
  const trained = await trainAll(table, {
    seed,
    verdicts,
    hasLabels,
    from,
    progress: (share) => progress.bar('Training', share, 1),
  })
  const compared = hasLabels ? compareAll(table, trained) : []
  const rows = await learnFromVerdicts(table, { seed, verdicts, hasLabels })
  const sections = tellLab(table, trained, compared, rows)
  if (options.out !== undefined) writeModels(options.out, table, trained, compared, options)
  if (options.report !== undefined) {
    const { writeLabReport } = await import('./lab-report.ts')
    writeLabReport(options.report, { table, trained, compared, verdicts: rows, sections, seed })
  }
  console.log(asText(sections))
}

function madeUp({ family, people, days, seed }: Options, progress: Progress): LabTable {
  const table = tableOfWorld({ family, people, days, seed }, (day) =>
    progress.bar('Playing the world', Math.min(day, days - 1), days),
  )
  progress.bar('Playing the world', 1, 1)
  return table
}

async function fromFiles(
  paths: readonly string[],
  { labels, places }: Options,
  progress: Progress,
): Promise<LabTable> {
  const { files } = await findFiles(paths).catch(asUserError)
  const truth = labels === undefined ? new Map() : await readLabels(labels).catch(asUserError)
  const lookups = await openLookups(places, progress).catch(asUserError)
  try {
    return await tableOfFiles({ files, connector: null, lookups }, truth, (step, done, total) =>
      progress.bar(step, done, total),
    ).catch(asUserError)
  } finally {
    lookups.close()
  }
}

function asUserError(error: unknown): never {
  throw userError(error instanceof Error ? error.message : String(error))
}

function make(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true })
  } catch (error) {
    asUserError(error)
  }
}

/** One binary file a model, and what is known of it beside it. */
function writeModels(
  folder: string,
  { title, windows }: LabTable,
  { models }: TrainedAll,
  compared: readonly Compared[],
  { seed, normalOnly }: Options,
): void {
  for (const { name, bytes, samples, seconds } of models) {
    const found = compared.find((one) => one.name === name)
    const statistics = {
      model: name,
      card: MODEL_CARDS[name],
      gatewatch: version,
      seed,
      data: title,
      window: windows.slice(0, 2).map((at) => new Date(at).toISOString()),
      normal_only: normalOnly === true,
      samples,
      training_seconds: Number(seconds.toFixed(2)),
      features: name === 'lstm' ? ['sequence of actions'] : VECTOR.map((one) => one.name),
      judged: found && {
        window: windows.slice(2).map((at) => new Date(at).toISOString()),
        of: found.of,
        rates: LAB_RATES,
        recall_alone: found.recall,
        recall_interval: found.interval,
        auc: found.auc,
        weight: found.weight,
        recall_with_ensemble: found.together,
        gain_at_0_003: found.gain,
        gain_at_weight_0_2: found.told,
      },
    }
    writeFileSync(join(folder, `${name}.model`), bytes)
    writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(statistics, null, 2)}\n`)
  }
}
