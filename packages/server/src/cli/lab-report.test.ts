import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tableOfWorld } from '../evaluate/lab/build-table.ts'
import { compareAll } from '../evaluate/lab/compare.ts'
import { learnFromVerdicts } from '../evaluate/lab/learn-verdicts.ts'
import { tellLab } from '../evaluate/lab/tell-lab.ts'
import { trainAll } from '../evaluate/lab/train.ts'
import { writeLabReport } from './lab-report.ts'

test('a report of the lab is one page that loads nothing, and each of its pictures an SVG file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gatewatch-report-'))
  try {
    const table = tableOfWorld({ family: 'offices', people: 60, days: 20, seed: 3 })
    const options = { seed: 1, from: 'everything', hasLabels: true, verdicts: 200 } as const
    const trained = await trainAll(table, options)
    const compared = compareAll(table, trained)
    const verdicts = await learnFromVerdicts(table, options)
    const sections = tellLab(table, trained, compared, verdicts)
    writeLabReport(folder, { table, trained, compared, verdicts, sections, seed: 1 })
    const files = (await readdir(folder)).sort()
    for (const name of ['ablation', 'embedding', 'learning-lstm', 'roc-sign-ins'])
      expect(files).toContain(`${name}.svg`)
    for (const name of ['scores', 'confusion', 'time', 'permutation', 'additive'])
      expect(files).toContain(`pca-${name}.svg`)
    const html = await readFile(join(folder, 'report.html'), 'utf8')
    expect(html).toContain("default-src 'none'")
    expect(html).not.toMatch(/(src|href)=|url\(|@import/)
    expect(html).not.toContain('NaN')
    const pictures = files.filter((name) => name.endsWith('.svg'))
    expect(html.split('<figure>').length - 1).toBe(pictures.length)
    for (const name of pictures) {
      const svg = await readFile(join(folder, name), 'utf8')
      expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/)
      expect(svg).not.toContain('NaN')
      expect(svg.split('<g').length).toBe(svg.split('</g>').length)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}, 120_000)
