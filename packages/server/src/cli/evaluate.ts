import { closeSync, openSync, writeSync } from 'node:fs'
import { FAMILIES, type Family } from '@gatewatch/simulator'
import { Command, InvalidArgumentError, Option } from 'commander'
import { evaluateWorld } from '../evaluate/evaluate-world.ts'
import { printEvaluation } from '../evaluate/print.ts'
import { userError } from './exit-codes.ts'
import { createProgress } from './progress.ts'

interface Options {
  readonly people: number
  readonly days: number
  readonly warmUp: number
  readonly seed: number
  readonly family: Family
  readonly json?: string
}

/** `gatewatch evaluate`: how well attacks are found in a made-up organisation, beside simpler ways of looking for them. */
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
    .option('--seed <n>', 'which of the made-up worlds', whole, 1)
    .addOption(
      new Option('--family <name>', 'which kind of organisation, each simulated in its own way')
        .choices(FAMILIES)
        .default('offices'),
    )
    .option('--json <file>', 'write every figure to this file too')
    .addHelpText(
      'after',
      `
Every event is judged before it is learned from, in the order of time, and nothing that
judges ever sees which events are attacks. The same seed gives the same figures.
Recall is told at fixed shares of benign sign-ins flagged, and counts only if the world
is hard: the last lines say whether simple rules and models stay below their bounds.`,
    )
    .action((options: Options) => {
      const { people, days, warmUp, seed, family, json } = options
      if (people < 1) throw userError('--people must be at least 1.')
      if (warmUp >= days)
        throw userError('--warm-up must be less than --days: nothing would be counted.')
      // opened before the work, so that a wrong path is told at once
      const file = json === undefined ? null : openForWriting(json)
      const progress = createProgress(process.stderr)
      const evaluation = evaluateWorld({ people, days, warmUp, seed, family }, (_, day) => {
        progress.bar('Playing the world', day, days)
      })
      progress.bar('Playing the world', days, days)
      if (file !== null) {
        writeSync(file, `${JSON.stringify(evaluation, null, 2)}\n`)
        closeSync(file)
      }
      console.log(printEvaluation(evaluation))
    })
}

function openForWriting(path: string): number {
  try {
    return openSync(path, 'w')
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw userError(`--json cannot be written: ${why}. Name a file in a folder that exists.`)
  }
}

function whole(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 0)
    throw new InvalidArgumentError('It must be a whole number.')
  return value
}
