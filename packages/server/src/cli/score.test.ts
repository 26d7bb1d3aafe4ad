import { existsSync, readdirSync } from 'node:fs'
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { fitUnlabelled, VECTOR } from '@gatewatch/engine/lab'
import { VerdictLine } from '@gatewatch/schema'
import { createWorld, writeCanonical, writeCloudTrail } from '@gatewatch/simulator'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { mmdbEntry } from '../adapters/maxmind/address-plan.ts'
import { writeMmdb } from '../adapters/maxmind/write-mmdb.ts'
import { scoreCommand } from './score.ts'

const shared = join(import.meta.dirname, '../../../../../shared/data')
const world = createWorld({ seed: 3, people: 20, days: 10, start: Date.UTC(2026, 0, 5) })

let folder = ''
let printed: string[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatewatch-cli-'))
  printed = []
  vi.spyOn(console, 'log').mockImplementation((text) => void printed.push(String(text)))
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
})
afterEach(async () => {
  vi.restoreAllMocks()
  process.exitCode = undefined
  await rm(folder, { recursive: true })
})

async function score(...args: string[]): Promise<VerdictLine[]> {
  const out = join(folder, 'verdicts.ndjson')
  await scoreCommand()
    .exitOverride()
    .parseAsync([...args, '--out', out], { from: 'user' })
  return (await lines(out)).map((line) => VerdictLine.parse(JSON.parse(line)))
}

async function lines(path: string): Promise<string[]> {
  return (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '')
}

async function file(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

function written(writer: typeof writeCanonical): string {
  return [...writer(world.events())].map((piece) => piece.text).join('')
}

describe('gatewatch score', () => {
  test('judges with a trained model beside what ships, and says which one cannot be read', async () => {
    const events = await file('a.ndjson', written(writeCanonical))
    const vectors = Array.from({ length: 80 }, (_, n) =>
      Float64Array.from(VECTOR, (_, k) => Math.sin(n * (k + 1)) / 4),
    )
    const member = fitUnlabelled('pca', vectors.slice(40), vectors.slice(0, 40), 1)
    const model = await file('pca.model', Buffer.from(member.encode()))
    const [without, beside] = [await score(events), await score(events, '--members', model)]
    expect(await score(events, '--members', 'none')).toHaveLength(without.length)
    expect(beside.some(({ score: one }, n) => one > (without[n]?.score ?? 0))).toBe(true)
    expect(beside.flatMap(({ reasons }) => reasons.map(({ code }) => code))).toContain('pca')
    await expect(score(events, '--members', join(folder, 'none.model'))).rejects.toThrow(
      'Name one of pca,',
    )
  })

  test('gives one verdict line an event in order of time, in whatever order, how often and in how many files the records come', async () => {
    const whole = written(writeCanonical)
    const records = whole.trim().split('\n')
    const straight = await score(await file('a.ndjson', whole))
    expect(straight).toHaveLength(records.length)
    expect(straight.map((line) => line.time)).toEqual(straight.map((line) => line.time).sort())
    const half = Math.floor(records.length / 2)
    const mixed = [
      await file('z.json', `[${records.slice(half).join(',')}]`),
      await file('b.ndjson.gz', gzipSync(records.slice(0, half + 50).join('\n'))),
    ]
    expect(await score(...mixed, '--memory', '1000')).toEqual(straight)
    expect(printed.join('\n')).toContain('duplicates left out 50')
  })

  test('reads a CloudTrail file that the simulator writes, and says what could not be assessed', async () => {
    const text = written(writeCloudTrail)
    const verdicts = await score(await file('trail.json', text))
    expect(verdicts).toHaveLength(JSON.parse(text).Records.length)
    expect(verdicts[0]?.not_assessed).toContain('no_location')
  })

  test('reads a folder of many formats mixed, each recognised by its content, in order of time', async () => {
    const from = join(import.meta.dirname, '../connectors')
    const formats = readdirSync(from).filter(
      (name) => name !== 'generic' && existsSync(join(from, name, 'samples')),
    )
    expect(formats.length).toBeGreaterThan(28)
    for (const format of formats) {
      const samples = join(from, format, 'samples')
      // Names say nothing: only their ending is needed, to be taken for logs at all.
      for (const [i, name] of readdirSync(samples).entries())
        await copyFile(
          join(samples, name),
          join(folder, `${formats.indexOf(format)}-${i}${extname(name)}`),
        )
    }
    const letters = join(tmpdir(), `gatewatch-letters-${process.pid}.ndjson`)
    const verdicts = await score(folder, '--dead-letters', letters)
    // The one row whose time a spreadsheet has cut.
    expect(await lines(letters)).toHaveLength(1)
    await rm(letters)
    expect(verdicts.length).toBeGreaterThan(160)
    expect(verdicts.map((line) => line.time)).toEqual(verdicts.map((line) => line.time).sort())
    const people = verdicts.filter((line) => line.entity === 'user:ada@example.com')
    expect(people.length).toBeGreaterThan(20)
  })

  test('knows places from .mmdb files', async () => {
    const database = writeMmdb([...world.addressPlan()].map(mmdbEntry), { type: 'World', built: 0 })
    const places = join(folder, 'world.mmdb')
    await writeFile(places, database)
    const verdicts = await score(
      await file('a.ndjson', written(writeCanonical)),
      '--places',
      places,
    )
    const without = verdicts.filter((line) => line.not_assessed.includes('no_location'))
    expect(without.length).toBeLessThan(verdicts.length / 10)
  })

  test('keeps every line that it cannot read, with its reason, and scores the rest', async () => {
    const letters = join(folder, 'letters.ndjson')
    const text =
      '{"time":"2026-01-05T08:00:00Z","actor":{"name":"ada"}}\n{"time":"soon","actor":{"name":"ada"}}\nhello\n{"x":1}\n'
    expect(await score(await file('a.ndjson', text), '--dead-letters', letters)).toHaveLength(1)
    const found = (await lines(letters)).map((line) => JSON.parse(line))
    expect(found.map(({ line, raw }) => [line, raw])).toEqual([
      [2, '{"time":"soon","actor":{"name":"ada"}}'],
      [3, 'hello'],
      [4, '{"x":1}'],
    ])
    expect(found.map(({ reason }) => reason).join('\n')).toMatch(
      /"soon"[\s\S]*not valid JSON[\s\S]*actor: /,
    )
  })

  test('remembers between runs what it learned', async () => {
    const records = written(writeCanonical).trim().split('\n')
    const state = join(folder, 'state')
    await score(await file('a.ndjson', records.slice(0, 400).join('\n')), '--state', state)
    const later = await file('b.ndjson', records.slice(400).join('\n'))
    const [warm, cold] = [await score(later, '--state', state), await score(later)]
    const strangers = (verdicts: VerdictLine[]) =>
      verdicts.filter((line) => line.not_assessed.includes('no_history')).length
    expect(strangers(warm)).toBeLessThan(strangers(cold))
  })

  test('writes a report that holds everything, loads nothing and lets no text of a log become markup', async () => {
    const hostile = JSON.stringify({
      time: '2026-01-05T08:00:00Z',
      actor: { name: '<script>alert(1)</script>"\'' },
      user_agent: '<img src=x onerror=1>',
      src: {
        ip: '203.0.113.1',
        location: { country: 'NO', city: '<b>Oslo', lat: 59.9, long: 10.7, provider: 'vendor' },
      },
    })
    const report = join(folder, 'report.html')
    await score(
      await file('a.ndjson', `${written(writeCanonical)}${hostile}\n`),
      '--report',
      report,
      '--top',
      '5000',
    )
    const html = await readFile(report, 'utf8')
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(html).not.toMatch(/<script|<img|<b>Oslo|https?:\/\/|<[^>]*(src|href)=|url\(/i)
    for (const part of ['Over time', 'Where', 'Strangest events', 'prefers-color-scheme:dark'])
      expect(html).toContain(part)
  })

  test('ends with a code and words that say what is wrong', async () => {
    await expect(score(join(folder, 'nothing'))).rejects.toThrow('there is no such file or folder')
    await expect(score(await file('a', '{}'), '--format', 'sundial')).rejects.toThrow(
      'Allowed choices are',
    )
    const mapping = await file('m.yaml', 'fields: {}')
    await expect(score(await file('a', '{}'), '--mapping', mapping)).rejects.toThrow(
      `${mapping}: give time and fields`,
    )
    await expect(score(await file('a', '{}'), '--state', mapping)).rejects.toThrow('no state file')
    await score(await file('empty', ''))
    expect(process.exitCode).toBe(1)
    expect(printed.join('\n')).toContain('the file is empty')
  })
})

const trail = join(
  shared,
  'otrf-security-datasets/ec2_proxy_s3_exfiltration_2020-09-14011940.json.gz',
)
if (!existsSync(trail)) console.log(`Left out: the stolen role, as there is no ${trail}`)

test.skipIf(!existsSync(trail))(
  "a stolen role's events are stranger than the administrator's",
  async () => {
    const verdicts = await score(trail)
    const median = (part: string) => {
      const scores = verdicts
        .filter((line) => line.entity.includes(part))
        .map((line) => line.score)
        .sort((a, b) => a - b)
      return scores[Math.floor(scores.length / 2)] ?? Number.NaN
    }
    expect(verdicts).toHaveLength(103)
    expect(median('bankingwafrole')).toBeGreaterThan(median('pedro'))
  },
)
