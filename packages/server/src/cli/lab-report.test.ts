import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tableOfWorld } from '../evaluate/lab/build-table.ts'
import { compareAll } from '../evaluate/lab/compare.ts'
import { learnFromVerdicts } from '../evaluate/lab/learn-verdicts.ts'
import { learningCurves } from '../evaluate/lab/learning-curves.ts'
import { statisticsOf } from '../evaluate/lab/statistics.ts'
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
    const curves = await learningCurves(table, trained, verdicts, options)
    const sections = tellLab(table, trained, compared, verdicts)
    const statistics = trained.models.map((one) => {
      const found = compared.find(({ name }) => name === one.name)
      return statisticsOf(one, table, found, { seed: 1, isNormalOnly: false })
    })
    const report = { table, trained, compared, curves, statistics, sections, seed: 1 }
    writeLabReport(folder, report)
    const files = (await readdir(folder)).sort()
    for (const name of ['ablation', 'embedding', 'learning', 'roc-sign-ins', 'precision-sign-ins'])
      expect(files).toContain(`${name}.svg`)
    for (const { name, of } of compared) {
      const isSignIns = of === 'sign-ins'
      const own = ['scores', 'confusion', 'time']
      if (name !== 'ensemble') own.push('learning')
      if (isSignIns || name === 'lstm') own.push('permutation', 'additive')
      const prefix = isSignIns ? name : `${name}-activity`
      for (const picture of own) expect(files).toContain(`${prefix}-${picture}.svg`)
    }
    const html = await readFile(join(folder, 'report.html'), 'utf8')
    expect(html).toContain("default-src 'none'")
    expect(html).not.toMatch(/(src|href)=|url\(|@import/)
    expect(html).not.toContain('NaN')
    expect(html.match(/<b>Data window:<\/b>/g)).toHaveLength(trained.models.length)
    const pictures = files.filter((name) => name.endsWith('.svg'))
    expect(html.split('<figure>').length - 1).toBe(pictures.length)
    for (const name of pictures) {
      const svg = await readFile(join(folder, name), 'utf8')
      expect(svg).toMatch(/^<\?xml [^>]+>\n<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/)
      // no colour or font of a page is asked for
      expect(svg).not.toMatch(/var\(|class=|<style/)
      expect(svg).toContain('font-family=')
      expect(svg).not.toContain('NaN')
      expect(svg.split('<g').length).toBe(svg.split('</g>').length)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}, 300_000)
