import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MODEL_CARDS } from '@gatewatch/engine/lab'
import type { Section } from '../evaluate/cells.ts'
import type { Compared } from '../evaluate/lab/compare.ts'
import type { VerdictsRow } from '../evaluate/lab/learn-verdicts.ts'
import type { LabTable } from '../evaluate/lab/table.ts'
import { titleOf } from '../evaluate/lab/tell-lab.ts'
import type { TrainedAll } from '../evaluate/lab/train.ts'
import { figure, svgFile } from './charts.ts'
import { sectionHtml } from './evaluation-report.ts'
import { modelPictures, sharedPictures } from './lab-pictures.ts'
import { escaped, page } from './page.ts'

/** What a report of the lab shows. */
export interface LabReport {
  readonly table: LabTable
  readonly trained: TrainedAll
  readonly compared: readonly Compared[]
  readonly verdicts: readonly VerdictsRow[]
  readonly sections: readonly Section[]
  readonly seed: number
}

/** Writes `report.html`, which stands alone, and every picture as an SVG file beside it. */
export function writeLabReport(folder: string, report: LabReport): void {
  const shared = sharedPictures(report)
  const models = report.compared.map((one) => ({ one, pictures: modelPictures(one, report) }))
  for (const [name, picture] of shared) writeFileSync(join(folder, `${name}.svg`), svgFile(picture))
  for (const { one, pictures } of models) {
    const prefix = one.of === 'sign-ins' ? one.name : `${one.name}-activity`
    for (const [name, picture] of pictures)
      writeFileSync(join(folder, `${prefix}-${name}.svg`), svgFile(picture))
  }
  const html = page(
    'Gatewatch model lab',
    `<p class="quiet">${escaped(report.table.title)}</p>
<p>Nothing that judged these events was told which were attacks, save the random forest, which learned from verdicts on earlier ones. Each model is compared on days that it did not learn from.</p>
<div class="charts">${shared.map(([, picture]) => figure(picture)).join('')}</div>
${report.sections.map(sectionHtml).join('')}
${models
  .map(
    ({ one, pictures }) =>
      `<h2>${escaped(titleOf(one.name))}, ${escaped(one.of)}</h2>${card(one)}<div class="charts">${pictures.map(([, picture]) => figure(picture)).join('')}</div>`,
  )
  .join('')}`,
  )
  writeFileSync(join(folder, 'report.html'), html)
}

function card({ name }: Compared): string {
  if (name === 'ensemble') return ''
  const { what, works, fails, high } = MODEL_CARDS[name]
  const rows = [
    ['What it is', what],
    ['Works', works],
    ['Does not', fails],
    ['A high score', high],
  ] as const
  return `<section class="box">${rows.map(([head, text]) => `<p><b>${head}:</b> ${escaped(text)}</p>`).join('')}</section>`
}
