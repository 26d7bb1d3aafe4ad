// npm run bench -- connectors: what each connector costs, one core, from a line of text to an event.
import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { recordsIn } from '../packages/server/src/connectors/envelopes/records-in.ts'
import { jsonSplitter } from '../packages/server/src/connectors/reading/split-json.ts'
import { connectors, recognise } from '../packages/server/src/connectors/registry.ts'
import { parseJson } from '../packages/server/src/connectors/values/fields.ts'
import { createWorld, writeCloudTrailLines, writeEntra } from '../packages/simulator/src/index.ts'

const seconds = 0.5
const bars: Readonly<Record<string, number>> = { cloudtrail: 60_000, entra: 35_000 }
const folder = join(import.meta.dirname, '../packages/server/src/connectors')
const origin = { connector: 'bench', now: Date.now(), mode: 'replay' } as const

/** Lines of the samples of every connector, by format; CloudTrail and Entra as a simulated organisation writes them. */
function linesByFormat(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const [, samples, file = ''] = path.split(sep)
    if (samples !== 'samples' || !/\.(json|ndjson|txt)$/.test(file)) continue
    const content = readFileSync(join(folder, path))
    for (const record of recordsOf(file, content)) {
      const format = recognise(record)?.format
      if (format === undefined) continue
      const lines = found.get(format) ?? []
      lines.push(typeof record === 'string' ? record : JSON.stringify(record))
      found.set(format, lines)
    }
  }
  const world = createWorld({ seed: 1, people: 100, days: 4, start: Date.UTC(2026, 0, 5) })
  const text = (writer: typeof writeEntra) =>
    [...writer(world.events())]
      .map((piece) => piece.text)
      .join('')
      .trimEnd()
      .split('\n')
  found.set('cloudtrail', text(writeCloudTrailLines))
  found.set('entra', text(writeEntra))
  return found
}

function recordsOf(file: string, content: Buffer): readonly unknown[] {
  if (file.endsWith('.txt')) return content.toString('utf8').trim().split('\n')
  const splitter = jsonSplitter()
  return [...splitter.push(content), ...splitter.end()].flatMap((piece) =>
    piece.reason === undefined ? [piece.value] : [],
  )
}

/** How often `work` is done on the lines in turn in a second of processor time, after a warm-up: others may use the computer too. */
function rate(lines: readonly string[], work: (line: string) => unknown): number {
  let count = 0
  for (let i = 0; i < 20_000; i++) work(lines[i % lines.length] ?? '')
  const start = process.cpuUsage()
  for (;;) {
    for (let i = 0; i < 2_000; i++) work(lines[count++ % lines.length] ?? '')
    const { user, system } = process.cpuUsage(start)
    if (user + system >= seconds * 1e6) return (count / (user + system)) * 1e6
  }
}

const isText = (line: string) => !line.startsWith('{')
const parsed = (line: string): unknown => (isText(line) ? line : parseJson(line))

console.log(
  'format             bytes   records/s   us a record: parsing   recognising and reading   (a second of processor time)',
)
let failed = false
for (const [format, lines] of [...linesByFormat()].sort(([a], [b]) => (a < b ? -1 : 1))) {
  const connector = connectors.find((one) => one.format === format)
  if (connector === undefined) continue
  const whole = rate(lines, (line) => {
    for (const record of recordsIn(parsed(line)))
      (recognise(record, connector) ?? connector).normalise(record, origin)
  })
  const parsing = rate(lines, parsed)
  const bytes = lines.reduce((sum, line) => sum + line.length, 0) / lines.length
  const us = 1e6 / whole
  const own = 1e6 / parsing
  const bar = bars[format]
  const isMet = bar === undefined || whole >= bar
  failed ||= !isMet
  console.log(
    `${format.padEnd(17)} ${bytes.toFixed(0).padStart(6)} ${whole.toFixed(0).padStart(11)} ${own.toFixed(1).padStart(23)} ${Math.max(
      0,
      us - own,
    )
      .toFixed(1)
      .padStart(25)}${bar === undefined ? '' : `   ${isMet ? 'meets' : 'misses'} ${bar}`}`,
  )
}
if (failed) process.exitCode = 1
