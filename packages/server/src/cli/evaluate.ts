import { closeSync, openSync, writeSync } from 'node:fs'
import { OPTIONAL_MEMBERS } from '@gatewatch/engine/lab'
import { FAMILIES, type Family } from '@gatewatch/simulator'
import { Command, InvalidArgumentError, Option } from 'commander'
import { rba } from '../connectors/rba/normalise.ts'
import { findFiles } from '../connectors/reading/find-files.ts'
import { asMarkdown, asText, type Section } from '../evaluate/cells.ts'
import { measureClaims } from '../evaluate/claims.ts'
import { evaluateEvents } from '../evaluate/evaluate-events.ts'
import { evaluateWorlds } from '../evaluate/evaluate-worlds.ts'
import {
  RBA_LABELS,
  type RbaLabel,
  readLabels,
  splitRbaLabels,
  withoutLabels,
} from '../evaluate/labels.ts'
import type { Evaluation, WorldOptions } from '../evaluate/measure.ts'
import { tell } from '../evaluate/tell.ts'
import { tellClaims } from '../evaluate/tell-bars.ts'
import { membersSwitchedOn } from '../pipeline/replay/switched-on.ts'
import { evaluationHtml } from './evaluation-report.ts'
import { userError } from './exit-codes.ts'
import { openLookups } from './lookups.ts'
import { createProgress } from './progress.ts'

interface Options {
  readonly people: number
  readonly days: number
  readonly warmUp: number
  readonly seeds: readonly number[]
  readonly families: readonly Family[]
  readonly claims: boolean
  readonly events?: readonly string[]
  readonly models: readonly string[]
  readonly labels?: string
  readonly rbaLabel: RbaLabel
  readonly places?: readonly string[]
  readonly json?: string
  readonly markdown?: string
  readonly report?: string
}

/** `gatewatch evaluate`: how well attacks are found in made-up organisations, beside simpler ways of looking for them. */
export function evaluateCommand(): Command {
  return new Command('evaluate')
    .option('--people <n>', 'size of the organisation', whole, 1000)
    .option('--days <n>', 'how long it is watched', whole, 80)
    .option(
      '--warm-up <days>',
      'days at the start that are learned from but not counted',
      whole,
      32,
    )
    .option('--seeds <list>', 'which of the made-up worlds, such as 1 or 101-105,110', seeds, [1])
    .option(
      '--families <list>',
      `which kinds of organisation, each simulated in its own way: ${FAMILIES.join(', ')}`,
      families,
      ['offices'],
    )
    .option(
      '--models <list>',
      `members switched on beside those that ship: ${OPTIONAL_MEMBERS.join(', ')}, or files of gatewatch train`,
      (text) => text.split(',').map((one) => one.trim()),
      [],
    )
    .option('--claims', 'play an easy world beside each, and hold claims often made to both', false)
    .option('--events <file...>', 'judge the events of these files instead of made-up worlds')
    .option(
      '--labels <file>',
      'what the events really were: CSV with the columns uid and label (benign, or a name)',
    )
    .addOption(
      new Option(
        '--rba-label <column>',
        'which label column of the RBA data set is the truth, where there is no --labels',
      )
        .choices(Object.keys(RBA_LABELS))
        .default('takeover'),
    )
    .option('--places <file...>', '.mmdb files that give places and networks of such events')
    .option('--json <file>', 'write every figure to this file too')
    .option('--report <file>', 'write a report with pictures, one HTML file, to this file')
    .option('--markdown <file>', 'write the tables to this file as Markdown too')
    .addHelpText(
      'after',
      `
Every event is judged before it is learned from, in the order of time, and nothing that
judges ever sees which events are attacks. The same seed gives the same figures.
Recall is told at fixed shares of benign sign-ins flagged, and counts only if the world
is hard: the last lines say whether simple rules and models stay below their bounds.
Several seeds or families are played side by side, one a core, and told together:
mean, worst world, standard deviation.

Examples:
  gatewatch evaluate                                          one world, two minutes
  gatewatch evaluate --people 300 --days 50 --warm-up 20      a small one, half a minute
  gatewatch evaluate --events rba-dataset.csv --report rba.html
  gatewatch evaluate --events sign-ins.ndjson --labels truth.csv --warm-up 30
  gatewatch evaluate --seeds 101-105 --families offices,crews --json figures.json`,
    )
    .action((options: Options, command: Command) => {
      const isSaid = command.getOptionValueSource('warmUp') !== 'default'
      return options.events === undefined
        ? evaluateMadeUp(options)
        : evaluateFiles(options, options.events, isSaid ? options.warmUp : 0)
    })
}

async function evaluateMadeUp(options: Options): Promise<void> {
  const { people, days, warmUp, claims, models } = options
  if (people < 1) throw userError('--people must be at least 1.')
  if (warmUp >= days)
    throw userError('--warm-up must be less than --days: nothing would be counted.')
  if (options.labels !== undefined)
    throw userError('--labels is for --events: made-up worlds know their truth.')
  try {
    membersSwitchedOn(models)
  } catch (error) {
    asUserError(error)
  }
  const write = openOutputs(options)
  const hard = options.families.flatMap((family) =>
    options.seeds.map((seed): WorldOptions => ({ people, days, warmUp, seed, family, models })),
  )
  const easy = claims ? hard.map((world) => ({ ...world, isEasy: true })) : []
  const progress = createProgress(process.stderr)
  const all = [...hard, ...easy]
  const label = all.length === 1 ? 'Playing the world' : `Playing ${all.length} worlds`
  const total = all.length * days
  const results = await evaluateWorlds(all, (played) => {
    if (played < total) progress.bar(label, played, total)
  })
  progress.bar(label, 1, 1)
  const judged = results.slice(0, hard.length)
  write(results, judged, [...tell(judged), ...claimsOf(judged, results.slice(hard.length))])
}

async function evaluateFiles(
  options: Options,
  paths: readonly string[],
  warmUp: number,
): Promise<void> {
  const { labels: file, rbaLabel, models } = options
  const write = openOutputs(options)
  const progress = createProgress(process.stderr)
  const { files } = await findFiles(paths).catch(asUserError)
  const names = files.map(({ path }) => path)
  const labels = await (file === undefined
    ? splitRbaLabels(names, rbaLabel)
    : readLabels(file)
  ).catch(asUserError)
  const lookups = await openLookups(options.places, progress).catch(asUserError)
  try {
    const evaluation = await evaluateEvents(
      // labels that stand in the file itself are never shown to what reads its events
      {
        files,
        connector: file === undefined ? withoutLabels(rba) : null,
        labels,
        lookups,
        warmUp,
        models,
      },
      (step, done, total) => {
        if (done < total) progress.bar(step, done, total)
      },
    )
    progress.bar('Judging', 1, 1)
    write([evaluation], [evaluation], tell([evaluation]))
  } finally {
    lookups.close()
  }
}

/** Opens every file that is to be written before the work begins, so that a wrong path is told at once. */
function openOutputs(options: Options) {
  const json = openForWriting('--json', options.json)
  const markdown = openForWriting('--markdown', options.markdown)
  const report = openForWriting('--report', options.report)
  return (
    all: readonly Evaluation[],
    told: readonly Evaluation[],
    sections: readonly Section[],
  ) => {
    json?.(`${JSON.stringify(all, null, 2)}\n`)
    markdown?.(asMarkdown(sections))
    report?.(evaluationHtml(told, sections))
    console.log(asText(sections))
  }
}

function asUserError(error: unknown): never {
  throw userError(error instanceof Error ? error.message : String(error))
}

function claimsOf(hard: readonly Evaluation[], easy: readonly Evaluation[]): Section[] {
  return easy.length === 0 ? [] : [tellClaims(measureClaims(easy, hard))]
}

/** Opens a file where one is named; the result writes it whole. */
function openForWriting(
  option: string,
  path: string | undefined,
): ((text: string) => void) | undefined {
  if (path === undefined) return undefined
  try {
    const file = openSync(path, 'w')
    return (text) => {
      writeSync(file, text)
      closeSync(file)
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw userError(`${option} cannot be written: ${why}. Name a file in a folder that exists.`)
  }
}

function whole(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 0)
    throw new InvalidArgumentError('It must be a whole number.')
  return value
}

/** Numbers and ranges, separated by commas. */
function seeds(text: string): number[] {
  const found = text.split(',').flatMap((part) => {
    const [, from, to = from] = /^(\d{1,10})(?:-(\d{1,10}))?$/.exec(part.trim()) ?? []
    const [low, high] = [Number(from), Number(to)]
    if (!(low <= high && high - low < 100 && high < 2 ** 32))
      throw new InvalidArgumentError('Name seeds like 1 or 1,2,5 or 101-105, at most 100.')
    return Array.from({ length: high - low + 1 }, (_, i) => low + i)
  })
  return [...new Set(found)]
}

function families(text: string): Family[] {
  return text.split(',').map((part) => {
    const family = FAMILIES.find((one) => one === part.trim())
    if (family === undefined)
      throw new InvalidArgumentError(`Name one or several of ${FAMILIES.join(', ')}.`)
    return family
  })
}
