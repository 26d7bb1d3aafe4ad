import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { PassThrough, Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import {
  createWorld,
  FAMILIES,
  type Family,
  POISON_DAYS,
  type SimulatedEvent,
  TRUTH_HEADER,
  truthLine,
  type Writer,
  writeCanonical,
  writeCloudTrail,
  writeCloudTrailLines,
  writeEntra,
  writeRba,
} from '@gatewatch/simulator'
import { Command, InvalidArgumentError, Option } from 'commander'
import { userError } from './exit-codes.ts'
import { createProgress } from './progress.ts'
import { whole } from './whole-number.ts'

interface Options {
  readonly people: number
  readonly days: number
  readonly seed: number
  readonly family: Family
  readonly attacks: number
  readonly cloud: number
  readonly drift?: number
  readonly poisoning?: 'trained' | 'cold'
  readonly format: keyof typeof writers
  readonly out?: string
  readonly truth?: string
}

const writers = {
  canonical: writeCanonical,
  cloudtrail: writeCloudTrail,
  'cloudtrail-lines': writeCloudTrailLines,
  entra: writeEntra,
  rba: writeRba,
} satisfies Record<string, Writer>

const DAY = 86_400_000
/** A Monday. Fixed, so that the same seed gives the same file whenever it is made. */
const START = Date.UTC(2026, 0, 5)
const CHUNK = 64 * 1024

/** `gatewatch simulate`: the events of a made-up organisation as a file, and the truth about them as another. */
export function simulateCommand(): Command {
  return new Command('simulate')
    .option('--people <n>', 'size of the organisation', whole(1, 10_000_000), 1000)
    .option('--days <n>', 'how many days, from 2026-01-05 on', whole(1, 3660), 30)
    .option(
      '--seed <n>',
      'which of the made-up worlds; the same gives the same file',
      whole(0, 2 ** 32 - 1),
      1,
    )
    .addOption(
      new Option('--family <name>', 'which kind of organisation, each simulated in its own way')
        .choices(FAMILIES)
        .default('offices'),
    )
    .option('--attacks <x>', '1: a stress mix, about 0.6 % of sign-ins; 0: none', share, 1)
    .option('--cloud <x>', 'how much people and machines use the cloud, from 0 to 1', part, 0.25)
    .option(
      '--drift <day>',
      'four weeks of abrupt honest change from this day on: offices move, VPNs change, browsers update, clocks change',
      whole(0, 3660),
    )
    .addOption(
      new Option(
        '--poisoning <kind>',
        'attackers who sign in daily for 30 days before they strike; cold: the same strikes alone',
      ).choices(['trained', 'cold']),
    )
    .addOption(
      new Option('--format <name>', 'how records are written')
        .choices(Object.keys(writers))
        .default('canonical'),
    )
    .option(
      '--out <file>',
      'file to write, compressed where it ends in .gz; default standard output',
    )
    .option('--truth <file>', 'write what each record really was to this CSV file')
    .addHelpText(
      'after',
      `
cloudtrail and cloudtrail-lines hold API activity only; entra holds sign-ins, changes of
accounts and consents; rba holds sign-ins only. The truth file says of each record its
identifier and what it was (benign, or a kind of attack), whose account and which campaign.
Records never say whether they are an attack, save the two label columns of rba,
which no detector reads.`,
    )
    .action(simulate)
}

async function simulate(options: Options): Promise<void> {
  const { people, days, seed, family, attacks, cloud, drift, poisoning } = options
  if (drift !== undefined && drift > days) throw userError('--drift must be a day of the world.')
  if (poisoning !== undefined && days < POISON_DAYS + 2)
    throw userError(`--poisoning takes a world of ${POISON_DAYS + 2} days or more: raise --days.`)
  const world = createWorld({
    ...{ family, seed, people, days, attacks, cloud, start: START },
    ...(drift === undefined ? {} : { drift }),
    ...(poisoning === undefined ? {} : { poisoning }),
  })
  const progress = createProgress(process.stderr)
  const truth = options.truth === undefined ? null : openSink(options.truth)
  truth?.entrance.write(TRUTH_HEADER)
  const counts = { records: 0, attacks: 0 }

  function* watched(): Generator<SimulatedEvent> {
    let day = -1
    for (const one of world.events()) {
      const today = Math.floor((one.event.time - START) / DAY)
      if (today > day) {
        day = today
        progress.bar('Simulating', day, days)
      }
      yield one
    }
  }
  async function* chunks(): AsyncGenerator<string> {
    let text = ''
    let labels = ''
    for (const piece of writers[options.format](watched())) {
      text += piece.text
      if (piece.row !== undefined) {
        counts.records++
        if (piece.row.truth.label !== 'benign') counts.attacks++
        if (truth !== null) labels += truthLine(piece.row)
      }
      if (text.length < CHUNK) continue
      // Both files wait for their disk: memory stays flat however long the world is.
      if (truth !== null && !truth.entrance.write(labels)) await once(truth.entrance, 'drain')
      yield text
      text = ''
      labels = ''
    }
    truth?.entrance.write(labels)
    yield text
  }
  const out = options.out === undefined ? null : openSink(options.out)
  const source = Readable.from(chunks())
  try {
    await Promise.all([
      pipeline(source, out?.entrance ?? process.stdout, { end: out !== null }).then(() =>
        truth?.entrance.end(),
      ),
      out?.done,
      truth?.done,
    ])
  } catch (error) {
    // A reader like head(1) that has enough is no failure.
    if (isCode(error, 'EPIPE') && out === null) return
    if (!isCode(error, 'ENOENT', 'EACCES', 'EISDIR', 'ENOSPC')) throw error
    throw userError(`Cannot write: ${(error as Error).message}`)
  }
  progress.bar('Simulating', days, days)
  progress.say(`${counts.records} records, ${counts.attacks} of them hostile`)
}

/** A way into a file, through gzip where the name ends in .gz, and a promise of the whole file. */
function openSink(path: string): { readonly entrance: Writable; readonly done: Promise<void> } {
  const entrance = new PassThrough()
  const gzip = path.endsWith('.gz') ? [createGzip()] : []
  return { entrance, done: pipeline([entrance, ...gzip, createWriteStream(path)]) }
}

function isCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}

function share(text: string): number {
  const value = Number(text)
  if (!(value >= 0 && value <= 100)) throw new InvalidArgumentError('It must be between 0 and 100.')
  return value
}

function part(text: string): number {
  const value = Number(text)
  if (!(value >= 0 && value <= 1)) throw new InvalidArgumentError('It must be between 0 and 1.')
  return value
}
