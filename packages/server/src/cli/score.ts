import { randomBytes } from 'node:crypto'
import { type FileHandle, open, readFile, rename, writeFile } from 'node:fs/promises'
import { OPTIONAL_MEMBERS } from '@gatewatch/engine/lab'
import { verdictLine } from '@gatewatch/schema'
import { Command, Option } from 'commander'
import type { Connector } from '../connectors/connector.ts'
import { readMapping } from '../connectors/generic/mapping.ts'
import { genericConnector } from '../connectors/generic/normalise.ts'
import { type FoundFile, findFiles } from '../connectors/reading/find-files.ts'
import { NEWLINE } from '../connectors/reading/json-bytes.ts'
import { type Letter, readEvents } from '../connectors/reading/read-events.ts'
import { connectorOf, connectors } from '../connectors/registry.ts'
import type { Lookups } from '../pipeline/enrich.ts'
import { type Again, latest } from '../pipeline/replay/latest.ts'
import { type Replay, resumeReplay, startReplay } from '../pipeline/replay/replay.ts'
import { createSorter, type Sorter } from '../pipeline/replay/sorter.ts'
import { membersSwitchedOn, type SwitchedOn } from '../pipeline/replay/switched-on.ts'
import { configOf } from './configuration.ts'
import { EXIT, userError } from './exit-codes.ts'
import { openLookups } from './lookups.ts'
import { createProgress, type Progress } from './progress.ts'
import { type SummaryBuilder, summaryBuilder } from './score-summary.ts'
import { summaryText } from './score-text.ts'
import { whole } from './whole-number.ts'
import { zoneOption } from './zone-option.ts'

interface Options {
  readonly format: string
  readonly mapping?: string
  readonly zone?: string
  readonly out?: string
  readonly report?: string
  readonly deadLetters?: string
  readonly state?: string
  readonly places?: readonly string[]
  readonly members?: readonly string[]
  readonly top: number
  readonly memory: number
}

/** The same files give the same scores; whoever keeps a state has a key of their own in it. */
const coldStartKey = Buffer.from('gatewatch score!')

/** `gatewatch score FILE...`: the records of log files through the engine in order of time, without a database. */
export function scoreCommand(): Command {
  const formats = connectors.map((one) => one.format)
  return new Command('score')
    .description('score log files without a database, and say which events are strange and why')
    .argument('<file...>', 'log files, folders of them, or - for standard input; plain or gzip')
    .addOption(
      new Option('--format <name>', 'what the records are; auto recognises them by content')
        .choices(['auto', ...formats])
        .default('auto'),
    )
    .option('--mapping <file>', 'YAML or JSON file that describes records of another format')
    .addOption(zoneOption())
    .option('--out <file>', 'write one verdict a line (NDJSON) to this file')
    .option('--report <file>', 'write a report with pictures, one HTML file, to this file')
    .option(
      '--dead-letters <file>',
      'write what could not be read (NDJSON: file, line, reason, raw) to this file',
    )
    .option('--state <file>', 'go on from what this file remembers, and save it there afterwards')
    .option('--places <file...>', '.mmdb files that give places and networks (City, ASN)')
    .option(
      '--members <list>',
      `judge with these beside what ships, separated by commas: ${OPTIONAL_MEMBERS.join(', ')}, or files of gatewatch train; or none (default: GATEWATCH_MEMBERS)`,
      (text) => (text === 'none' ? [] : text.split(',').map((one) => one.trim())),
    )
    .option('--top <n>', 'how many of the strangest events to show', whole(0, 10_000), 10)
    .addOption(
      new Option('--memory <n>', 'events held in memory before sorting goes to disk')
        .argParser(whole(1_000, 100_000_000))
        .default(250_000),
    )
    .addHelpText(
      'after',
      `
Formats:
${connectors.map((one) => `  ${one.format.padEnd(11)} ${one.title}`).join('\n')}

Examples:
  gatewatch score AWSLogs/ --out verdicts.ndjson
  gatewatch score sign-ins.csv.gz --report report.html --places GeoLite2-City.mmdb GeoLite2-ASN.mmdb
  zcat *.gz | gatewatch score - --format okta`,
    )
    .action(score)
}

async function score(paths: string[], options: Options): Promise<void> {
  const progress = createProgress(process.stderr)
  const reading = await chooseConnector(options)
  const { files, passed } = await findFiles(paths).catch(asUserError)
  if (passed.length > 0) progress.say(`${passed.length} files of other endings were passed over`)
  const lookups = await openLookups(options.places, progress).catch(asUserError)
  const replay = await openReplay(options, lookups)
  const sorter = createSorter(options.memory)
  const summary = summaryBuilder(options.top, () => sorter.span)
  const letters = await openLines(options.deadLetters)
  const out = await openLines(options.out)
  try {
    await readAll(files, reading, { sorter, summary, letters, progress })
    await judgeAll(sorter, replay, { summary, out, progress })
  } finally {
    await Promise.all([letters?.close(), out?.close(), sorter.close()])
    lookups.close()
  }
  if (options.state !== undefined) await save(options.state, replay.encode())
  const result = summary.finish(files.length, replay.identities)
  if (options.report !== undefined) {
    const { reportHtml } = await import('./report.ts')
    await writeFile(options.report, reportHtml(result)).catch(asUserError)
  }
  console.log(summaryText(result))
  if (result.events === 0 && result.duplicates === 0) process.exitCode = EXIT.failed
}

async function chooseConnector({ format, mapping, zone }: Options): Promise<Reading> {
  if (mapping === undefined)
    return { connector: format === 'auto' ? null : (connectorOf(format) ?? null), zone }
  try {
    const described = readMapping(await readFile(mapping, 'utf8'))
    return {
      connector: genericConnector(described, connectorOf),
      delimiter: described.delimiter,
      zone,
    }
  } catch (error) {
    throw userError(`${mapping}: ${message(error)}`)
  }
}

interface Reading {
  readonly connector: Connector | null
  readonly delimiter?: string | undefined
  readonly zone: string | undefined
}

async function readAll(
  files: readonly FoundFile[],
  reading: Reading,
  to: { sorter: Sorter; summary: SummaryBuilder; letters: Lines | null; progress: Progress },
): Promise<void> {
  const { zone } = reading
  const origin = {
    connector: 'file',
    now: Date.now(),
    mode: 'replay',
    ...(zone === undefined ? {} : { zone }),
  } as const
  const total = files.reduce((sum, file) => sum + file.size, 0)
  const meter = { read: 0 }
  for (const { path, written } of files) {
    const own = written === undefined ? origin : { ...origin, written }
    for await (const batch of readEvents(path, { ...reading, origin: own, meter })) {
      for (const event of batch.events) {
        const spilling = to.sorter.add(event)
        if (spilling !== undefined) await spilling
      }
      for (const letter of batch.letters) {
        to.summary.addUnreadable(letter.reason)
        to.letters?.add(letterLine(letter))
      }
      for (const [why, count] of batch.skipped) to.summary.addSkipped(why, count)
      await to.letters?.flush()
      if (total > 0 && meter.read < total) to.progress.bar('Reading', meter.read, total)
    }
  }
  to.progress.bar('Reading', 1, 1)
}

async function judgeAll(
  sorter: Sorter,
  replay: Replay,
  to: { summary: SummaryBuilder; out: Lines | null; progress: Progress },
): Promise<void> {
  let done = 0
  const again = (what: Again) =>
    what === 'revision' ? to.summary.addRevision() : to.summary.addDuplicate()
  for await (const events of latest(sorter.sorted(), again)) {
    for (const event of events) {
      const replayed = replay.take(event)
      if (replayed === null) {
        to.summary.addDuplicate()
        continue
      }
      to.summary.add(replayed)
      to.out?.add(JSON.stringify(verdictLine(replayed.judgement.verdict)))
    }
    await to.out?.flush()
    done += events.length
    if (done < sorter.span.count) to.progress.bar('Judging', done, sorter.span.count)
  }
  to.progress.bar('Judging', 1, 1)
}

function letterLine({ file, line, reason, raw }: Letter): string {
  return JSON.stringify({ file, line, reason, raw: Buffer.from(raw).toString('utf8') })
}

async function openReplay({ state, members }: Options, lookups: Lookups): Promise<Replay> {
  const config = configOf({})
  const { head } = config
  const switchedOn = switchOn(members ?? config.members)
  if (state === undefined) return startReplay(lookups, coldStartKey, head, switchedOn)
  const bytes = await readFile(state).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw userError(`${state}: ${message(error)}`)
  })
  if (bytes === null) return startReplay(lookups, randomBytes(16), head, switchedOn)
  try {
    return resumeReplay(lookups, bytes, head, switchedOn)
  } catch (error) {
    throw userError(`${state}: ${message(error)}`)
  }
}

function switchOn(models: readonly string[]): SwitchedOn {
  try {
    return membersSwitchedOn(models)
  } catch (error) {
    throw userError(message(error))
  }
}

/** A half-written state must never take the place of a whole one. */
async function save(path: string, bytes: Uint8Array): Promise<void> {
  await writeFile(`${path}.part`, bytes, { mode: 0o600 })
  await rename(`${path}.part`, path)
}

/** A file that is written line by line. */
interface Lines {
  add(line: string): void
  flush(): Promise<void>
  close(): Promise<void>
}

async function openLines(path: string | undefined): Promise<Lines | null> {
  if (path === undefined) return null
  const file: FileHandle = await open(path, 'w').catch(asUserError)
  let held = Buffer.allocUnsafe(2_000_000)
  let used = 0
  async function write(): Promise<void> {
    await file.write(held, 0, used)
    used = 0
  }
  return {
    add(line) {
      const most = used + 3 * line.length + 1
      if (most > held.length) held = Buffer.concat([held.subarray(0, used)], 2 * most)
      used += held.write(line, used)
      held[used++] = NEWLINE
    },
    async flush() {
      if (used > 1_000_000) await write()
    },
    async close() {
      await write()
      await file.close()
    },
  }
}

function asUserError(error: unknown): never {
  throw userError(message(error))
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
