import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AccessEvent } from '@gatewatch/schema'
import { expect, test } from 'vitest'
import type { Origin } from './connector.ts'
import { recordsIn } from './envelopes/records-in.ts'
import { csvSplitter } from './reading/split-csv.ts'
import { jsonSplitter } from './reading/split-json.ts'
import { xmlSplitter } from './reading/split-xml.ts'
import { recognise } from './registry.ts'
import { isFields } from './values/fields.ts'

/** How many records to spoil; a long run is asked for with GATEWATCH_FUZZ_RECORDS=1000000. */
const count = Number(process.env.GATEWATCH_FUZZ_RECORDS ?? 15_000)
const origin: Origin = { connector: 'test', now: Date.UTC(2026, 0, 1), mode: 'live' }

/** Every sample of every connector, as a file's content. */
const files = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((one) => one.isDirectory())
  .flatMap((one) => {
    const folder = join(import.meta.dirname, one.name, 'samples')
    const names = readdirSync(join(import.meta.dirname, one.name)).includes('samples')
      ? readdirSync(folder)
      : []
    return names
      .filter((name) => !name.endsWith('.yaml'))
      .map((name) => ({ name, bytes: readFileSync(join(folder, name)) }))
  })

function read(name: string, bytes: Buffer): unknown[] {
  if (name.endsWith('.txt')) return bytes.toString('utf8').split('\n')
  const splitter = name.endsWith('.csv')
    ? csvSplitter(',')
    : name.endsWith('.xml')
      ? xmlSplitter()
      : jsonSplitter()
  const pieces = [...splitter.push(bytes), ...splitter.end()]
  return pieces.flatMap((piece) => (piece.reason === undefined ? [piece.value] : []))
}

/** Mulberry32: the same run for the same seed. */
function dice(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const odd: readonly unknown[] = [
  ...[
    null,
    '',
    '-',
    0,
    -1,
    1e300,
    true,
    [],
    {},
    [null],
    [[]],
    'constructor',
    '__proto__',
    'toString',
    '\u0000',
    '\ud800',
  ],
  ...[
    'x'.repeat(3_000),
    '{"a":1}',
    '[1]',
    '{',
    '1.1.1.1.1',
    '::ffff:1.2.3.4',
    'fe80::1%eth0',
    '[::1]:99999',
    'a@b.c',
    '0',
    'true',
  ],
  ...[
    '2024-02-30T00:00:00Z',
    '9999-12-31T23:59:59Z',
    253402300800000,
    '1714979400123',
    { value: 'x' },
    { name: ['x'] },
  ],
]

function spoil(record: unknown, roll: (below: number) => number): unknown {
  if (typeof record === 'string') return spoilText(record, roll)
  if (Array.isArray(record)) {
    const at = roll(record.length + 1)
    return record.map((part, i) =>
      i === at ? (roll(3) === 0 ? odd[roll(odd.length)] : spoil(part, roll)) : part,
    )
  }
  if (!isFields(record)) return odd[roll(odd.length)]
  const names = Object.keys(record)
  const name = names[roll(names.length)] ?? 'x'
  const part = roll(3) === 0 ? odd[roll(odd.length)] : spoil(record[name], roll)
  const spoiled = { ...record, [name]: part }
  if (roll(8) === 0) delete (spoiled as Record<string, unknown>)[names[roll(names.length)] ?? name]
  return spoiled
}

function spoilText(text: string, roll: (below: number) => number): string {
  const at = roll(text.length + 1)
  if (roll(3) === 0) return text.slice(0, at)
  if (roll(2) === 0) return text.slice(0, at) + String(odd[roll(odd.length)]) + text.slice(at)
  return text.slice(0, at) + String.fromCharCode(roll(300)) + text.slice(at + 1)
}

test(`of ${count} spoiled records each is an event that is one, or left out with its reason`, () => {
  const roll = dice(7)
  const records = files.flatMap(({ name, bytes }) => read(name, bytes))
  expect(records.length).toBeGreaterThan(60)
  const found = { ok: 0, skip: 0, reject: 0, unknown: 0 }
  for (let i = 0; i < count; i++) {
    let record = records[roll(records.length)]
    const format = recognise(record)
    for (let times = 1 + roll(3); times > 0; times--) record = spoil(record, roll)
    for (const one of recordsIn(record).slice(0, 10)) {
      const connector = recognise(one) ?? (roll(2) === 0 ? format : undefined)
      const outcome = connector?.normalise(one, origin)
      found[outcome?.kind ?? 'unknown']++
      if (outcome?.kind !== 'ok') continue
      const parsed = AccessEvent.safeParse(outcome.value)
      if (!parsed.success)
        expect.fail(`${connector?.format}: ${parsed.error.message}\n${JSON.stringify(one)}`)
    }
  }
  expect(found.ok).toBeGreaterThan(count / 3)
  console.log(`${count} spoiled records: ${JSON.stringify(found)}`)
}, 3_600_000)

test('files that are cut off, flipped or doubled lose what is broken, and nothing throws', () => {
  const roll = dice(8)
  for (const { name, bytes } of files) {
    const whole = read(name, bytes).length
    for (let i = 0; i < 40; i++) {
      const flipped = Buffer.from(bytes)
      for (let flips = 1 + roll(5); flips > 0; flips--) {
        const at = roll(flipped.length)
        flipped[at] = (flipped[at] ?? 0) ^ (1 << roll(8))
      }
      for (const spoiled of [
        flipped,
        bytes.subarray(0, roll(bytes.length)),
        Buffer.concat([bytes, Buffer.from('\n'), bytes]),
      ]) {
        for (const value of read(name, spoiled))
          for (const one of recordsIn(value)) recognise(one)?.normalise(one, origin)
      }
    }
    if (!name.endsWith('.csv'))
      expect(
        read(name, Buffer.concat([bytes, Buffer.from('\n'), bytes])).length,
      ).toBeGreaterThanOrEqual(2 * whole)
  }
})

test('lines that are shuffled and doubled tell of the same events', () => {
  const roll = dice(9)
  const uidsOf = (name: string, lines: readonly string[]) =>
    read(name, Buffer.from(lines.join('\n')))
      .flatMap(recordsIn)
      .flatMap((one) => {
        const outcome = recognise(one)?.normalise(one, origin)
        return outcome?.kind === 'ok' ? [outcome.value.uid] : []
      })
  for (const { name, bytes } of files) {
    if (!/\.(ndjson|txt)$/.test(name)) continue
    const lines = bytes.toString('utf8').trim().split('\n')
    const straight = new Set(uidsOf(name, lines))
    expect(straight.size).toBeGreaterThan(0)
    for (let i = 0; i < 10; i++) {
      const mixed = [...lines, ...lines]
      for (let at = mixed.length - 1; at > 0; at--) {
        const other = roll(at + 1)
        const line = mixed[at] ?? ''
        mixed[at] = mixed[other] ?? ''
        mixed[other] = line
      }
      expect(new Set(uidsOf(name, mixed))).toEqual(straight)
    }
  }
})
