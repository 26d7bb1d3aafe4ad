import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createWorld,
  TRUTH_HEADER,
  truthLine,
  type Writer,
  writeCanonical,
  writeRba,
} from '@gatewatch/simulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rba } from '../connectors/rba/normalise.ts'
import { asText } from './cells.ts'
import { evaluateEvents } from './evaluate-events.ts'
import { readLabels, splitRbaLabels, withoutLabels } from './labels.ts'
import { tell } from './tell.ts'

let folder: string
const lookups = { places: null, networks: { find: () => ({ class: 'unknown' as const }) } }

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatewatch-evaluate-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Writes a world as a file and its truth as another; `turned`: the last record first. */
async function written(writer: Writer, name: string, turned = false) {
  const world = createWorld({
    seed: 4,
    people: 60,
    days: 14,
    start: Date.UTC(2025, 0, 6),
    attacks: 4,
  })
  const pieces = [...writer(world.events())]
  if (turned) pieces.reverse()
  const path = join(folder, name)
  const truth = join(folder, `${name}.truth.csv`)
  await writeFile(path, pieces.map(({ text }) => text).join(''))
  await writeFile(
    truth,
    TRUTH_HEADER + pieces.flatMap(({ row }) => (row ? [truthLine(row)] : [])).join(''),
  )
  return { path, truth }
}

const about = (path: string) => ({
  files: [{ path, size: 1 }],
  lookups,
  warmUp: 4,
  connector: null,
})

describe('events of files', () => {
  test('give the same figures in whatever order their records stand', async () => {
    const forward = await written(writeCanonical, 'forward.ndjson')
    const backward = await written(writeCanonical, 'backward.ndjson', true)
    const labels = await readLabels(forward.truth)
    const one = await evaluateEvents({ ...about(forward.path), labels })
    const other = await evaluateEvents({ ...about(backward.path), labels })
    expect(one.signIns).toBeGreaterThan(200)
    expect(Object.keys(one.attackSignIns).length).toBeGreaterThan(2)
    expect(other.contenders.map(({ curve }) => curve)).toEqual(
      one.contenders.map(({ curve }) => curve),
    )
    expect(asText(tell([one]))).toContain('Sign-ins of identities that had signed in before')
    expect(asText(tell([one]))).not.toMatch(/undefined|NaN/)
  }, 60_000)

  test('of the RBA shape have their labels split off by index, and what judges never sees the columns', async () => {
    const { path } = await written(writeRba, 'rba.csv')
    const labels = await splitRbaLabels([path], 'takeover')
    expect(labels.size).toBeGreaterThan(3)
    const seen = new Set<string>()
    const watched = withoutLabels({
      ...rba,
      normalise(record, origin) {
        for (const name of Object.keys(record as object)) seen.add(name)
        return rba.normalise(record, origin)
      },
    })
    const found = await evaluateEvents({ ...about(path), connector: watched, labels })
    expect([...seen]).toContain('User ID')
    expect([...seen].filter((name) => /attack|takeover/i.test(name))).toEqual([])
    expect(found.prior?.attacks).toBeGreaterThan(0)
    const flipped = await evaluateEvents({ ...about(path), connector: watched, labels: new Map() })
    expect(flipped.signIns).toBe(found.signIns)
    expect(asText(tell([flipped]))).toContain('is labelled as an attack')
  }, 60_000)
})

test('a label file without the columns, and files without label columns, are told with the remedy', async () => {
  const path = join(folder, 'wrong.csv')
  await writeFile(path, 'id,truth\n1,naive\n')
  await expect(readLabels(path)).rejects.toThrow('uid,label')
  await expect(splitRbaLabels([path], 'attack-ip')).rejects.toThrow('--labels')
  await writeFile(path, '{"a": "b"}\n{"a": "c"}\n')
  await expect(splitRbaLabels([path], 'takeover')).rejects.toThrow('--labels')
  await expect(readLabels(join(folder, 'absent.csv'))).rejects.toThrow('absent.csv')
})
