import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FAMILIES, type Family } from '@gatewatch/simulator'
import { Command, Option } from 'commander'
import { findFiles } from '../connectors/reading/find-files.ts'
import { asText } from '../evaluate/cells.ts'
import { tableOfFiles, tableOfWorld } from '../evaluate/lab/build-table.ts'
import { compareAll } from '../evaluate/lab/compare.ts'
import { learnFromVerdicts } from '../evaluate/lab/learn-verdicts.ts'
import { learningCurves } from '../evaluate/lab/learning-curves.ts'
import { type ModelStatistics, statisticsOf } from '../evaluate/lab/statistics.ts'
import type { LabTable } from '../evaluate/lab/table.ts'
import { tellLab } from '../evaluate/lab/tell-lab.ts'
import { type Trained, trainAll } from '../evaluate/lab/train.ts'
import { readLabels } from '../evaluate/labels.ts'
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
  const fitting = { seed, verdicts, hasLabels, from } as const
  const trained = await trainAll(table, {
    ...fitting,
    progress: (share) => progress.bar('Training', share, 1),
  })
  const compared = hasLabels ? compareAll(table, trained) : []
  const rows = await learnFromVerdicts(table, fitting)
  const sections = tellLab(table, trained, compared, rows)
  const statistics = trained.models.map((one) =>
    statisticsOf(
      one,
      table,
      compared.find(({ name }) => name === one.name),
      { seed, isNormalOnly: from === 'normal' },
    ),
  )
  if (options.out !== undefined) writeModels(options.out, trained.models, statistics)
  if (options.report !== undefined) {
    const { writeLabReport } = await import('./lab-report.ts')
    const curves = await learningCurves(table, trained, rows, {
      ...fitting,
      progress: (share) => progress.bar('Learning curves', share, 1),
    })
    const report = { table, trained, compared, curves, statistics, sections, seed }
    writeLabReport(options.report, report)
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
  models: readonly Trained[],
  statistics: readonly ModelStatistics[],
): void {
  for (const [i, { name, bytes }] of models.entries()) {
    writeFileSync(join(folder, `${name}.model`), bytes)
    writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(statistics[i], null, 2)}\n`)
  }
}
