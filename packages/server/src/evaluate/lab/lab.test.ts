import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeMember, UNLABELLED } from '@gatewatch/engine/lab'
import { createWorld, writeCanonical } from '@gatewatch/simulator'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asText } from '../cells.ts'
import { evaluateWorld } from '../evaluate-world.ts'
import { playFiles, tableOfWorld } from './build-table.ts'
import { compareAll, LAB_RATES } from './compare.ts'
import { type Cell, featureNames, featureRow } from './feature-row.ts'
import { learnFromVerdicts } from './learn-verdicts.ts'
import { tellLab } from './tell-lab.ts'
import { trainAll } from './train.ts'
import { openCsv, openParquet } from './write-features.ts'

const table = tableOfWorld({ family: 'offices', people: 60, days: 30, seed: 3 })
const options = { seed: 1, from: 'everything', hasLabels: true, verdicts: 200 } as const
const training = trainAll(table, options)
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatewatch-lab-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the model lab', async () => {
  const trained = await training

  test('trains every model, the same from the same table and seed, and each can be read back', async () => {
    const names = trained.models.map(({ name }) => name)
    for (const name of [...UNLABELLED, 'lstm']) expect(names).toContain(name)
    for (const { name, bytes, samples } of trained.models) {
      expect(samples).toBeGreaterThan(100)
      expect(decodeMember(bytes).encode()).toEqual(bytes)
      expect(decodeMember(bytes).reads).toBe(name === 'lstm' ? 'actions' : undefined)
    }
    const again = await trainAll(table, options)
    expect(again.models.map(({ bytes }) => bytes)).toEqual(trained.models.map(({ bytes }) => bytes))
  }, 300_000)

  test('learns from normal events alone: those labelled so, or without labels those judged so', async () => {
    // as if Gatewatch had found every tenth strange, which has nothing to do with the labels
    const rows = table.rows.map((row, i) => ({ ...row, isOrdinary: i % 10 !== 0 }))
    const actions = table.actions.map((one, i) => ({ ...one, isOrdinary: i % 10 !== 0 }))
    const some = { ...table, rows, actions }
    const [judged, labelled] = await Promise.all([
      trainAll(some, { ...options, from: 'normal', hasLabels: false }),
      trainAll(some, { ...options, from: 'normal' }),
    ])
    const learnable = rows.filter(({ time, vector }) => vector !== null && time < table.windows[1])
    const early = actions.filter(({ time }) => time < table.windows[1])
    const isBenign = ({ label }: { label: string }) => label === 'benign'
    const wanted = [
      [trained, learnable, early],
      [judged, learnable.filter((one) => one.isOrdinary), early.filter((one) => one.isOrdinary)],
      [labelled, learnable.filter(isBenign), early.filter(isBenign)],
    ] as const
    for (const [all, signIns, done] of wanted) {
      for (const { name, samples } of all.models) {
        if (name === 'lstm') expect(samples).toBe(done.length)
        else if (name !== 'random_forest') expect(samples).toBe(signIns.length)
      }
    }
    expect(new Set(wanted.map(([, signIns]) => signIns.length)).size).toBe(3)
    expect(new Set(wanted.map(([, , done]) => done.length)).size).toBe(3)
    const bytes = (all: typeof trained, name: string) =>
      all.models.find((one) => one.name === name)?.bytes
    for (const name of ['pca', 'lstm']) {
      expect(bytes(judged, name)).not.toEqual(bytes(trained, name))
      expect(bytes(labelled, name)).not.toEqual(bytes(judged, name))
    }
    // who knows no labels has no verdicts
    expect(judged.left.map(([name]) => name)).toEqual(['random_forest'])
    expect(judged.left[0]?.[1]).toContain('--labels')
  }, 300_000)

  test('is compared with the ensemble on days that nobody learned from, in words that say what is not worth it', async () => {
    const compared = compareAll(table, trained)
    expect(compared[0]?.name).toBe('ensemble')
    for (const { name, units, recall, interval, gain, told } of compared) {
      expect(units.every(({ time }) => time >= table.windows[2])).toBe(true)
      for (const [r, share] of recall.entries()) {
        expect(share).toBeGreaterThanOrEqual(0)
        expect(share).toBeLessThanOrEqual(1)
        expect(interval[r]?.[0]).toBeLessThanOrEqual(interval[r]?.[1] ?? 0)
      }
      expect(recall).toHaveLength(LAB_RATES.length)
      expect(gain.interval[0]).toBeLessThanOrEqual(gain.interval[1])
      // the ensemble weighed with itself ranks as before
      if (name === 'ensemble') expect(told.gain).toBe(0)
    }
    const verdicts = await learnFromVerdicts(table, options)
    const text = asText(tellLab(table, trained, compared, verdicts))
    expect(text).toMatch(/worth switching on/)
    expect(text).toContain('LSTM over sequences of actions')
  }, 300_000)
})

describe('members switched on', () => {
  test('judge beside those that ship, and the ablation tells of them', async () => {
    const path = join(folder, 'dbscan.model')
    const { models } = await training
    const member = models.find(({ name }) => name === 'dbscan')
    await writeFile(path, member?.bytes ?? new Uint8Array())
    const world = { seed: 3, people: 60, days: 24, warmUp: 10 }
    const on = evaluateWorld({ ...world, models: ['pca', path] })
    const terms = on.importance.terms.map(({ term }) => term)
    expect(terms).toContain('pca')
    expect(terms).toContain('dbscan')
    // nobody asked for these
    expect(terms).not.toContain('k_means')
    expect(on.title).toContain('with pca')
    expect(() => evaluateWorld({ ...world, models: ['pcs'] })).toThrow(/Name one of pca/)
  }, 300_000)
})

describe('the feature table', () => {
  test('holds the same numbers as CSV and as Parquet, a row an event', async () => {
    const world = createWorld({
      seed: 4,
      people: 20,
      days: 4,
      start: Date.UTC(2025, 0, 6),
    })
    const file = join(folder, 'events.ndjson')
    await writeFile(file, [...writeCanonical(world.events())].map(({ text }) => text).join(''))
    const names = featureNames()
    const [csv, parquet] = [join(folder, 'f.csv'), join(folder, 'f.parquet')]
    const tables = [openCsv(csv, names), openParquet(parquet, names)]
    const rows: (readonly Cell[])[] = []
    await playFiles(
      {
        files: [{ path: file, size: 1 }],
        connector: null,
        lookups: { places: null, networks: { find: () => ({ class: 'unknown' }) } },
      },
      (played) => {
        const row = featureRow(played, '')
        rows.push(row)
        for (const one of tables) one.add(row)
      },
    )
    for (const one of tables) one.close()
    expect(rows.length).toBeGreaterThan(100)
    expect(new Set(names.map(({ name }) => name)).size).toBe(names.length)
    expect(rows.every((row) => row.length === names.length)).toBe(true)

    const [head, ...lines] = (await readFile(csv, 'utf8')).trim().split('\n')
    expect(head?.split(',')).toEqual(names.map(({ name }) => name))
    expect(lines).toHaveLength(rows.length)
    const read = await parquetReadObjects({ file: await asyncBufferFromFile(parquet) })
    expect(read).toHaveLength(rows.length)
    for (const [i, row] of rows.entries()) {
      for (const [c, { name, kind }] of names.entries()) {
        const value = read[i]?.[name]
        const cell = row[c]
        expect(kind === 'number' && Number.isNaN(cell) ? null : cell).toBe(value)
      }
    }
  })

  test('does not let a sheet run what an identity is called', async () => {
    const path = join(folder, 'formula.csv')
    const file = openCsv(path, [{ name: 'entity', kind: 'text' }])
    file.add(['=HYPERLINK("x")'])
    file.close()
    expect(await readFile(path, 'utf8')).toBe('entity\n"\'=HYPERLINK(""x"")"\n')
  })
})
