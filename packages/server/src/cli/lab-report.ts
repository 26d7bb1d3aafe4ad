import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MODEL_CARDS } from '@gatewatch/engine/lab'
import type { Section } from '../evaluate/cells.ts'
import type { Compared } from '../evaluate/lab/compare.ts'
import type { LearningCurve } from '../evaluate/lab/learning-curves.ts'
import { cardRows, type ModelStatistics, statisticsRows } from '../evaluate/lab/statistics.ts'
import type { LabTable } from '../evaluate/lab/table.ts'
import { titleOf } from '../evaluate/lab/tell-lab.ts'
import type { TrainedAll } from '../evaluate/lab/train.ts'
import { figure, type Picture, svgFile } from './charts/picture.ts'
import { sectionHtml } from './evaluation-report.ts'
import { modelPictures } from './lab-model-pictures.ts'
import { sharedPictures } from './lab-shared-pictures.ts'
import { escaped, page } from './page.ts'

/** What a report of the lab shows. */
export interface LabReport {
  readonly table: LabTable
  readonly trained: TrainedAll
  readonly compared: readonly Compared[]
  readonly curves: readonly LearningCurve[]
  readonly statistics: readonly ModelStatistics[]
  readonly sections: readonly Section[]
  readonly seed: number
}

/** A picture with the name of its file. */
export type Named = readonly [name: string, picture: Picture]

/** Writes `report.html`, which stands alone, and every picture as an SVG file beside it. */
export function writeLabReport(folder: string, report: LabReport): void {
  const shared = sharedPictures(report)
  const models = report.compared.map((one) => ({ one, pictures: modelPictures(one, report) }))
  const write = (name: string, picture: Picture) =>
    writeFileSync(join(folder, `${name}.svg`), svgFile(picture))
  for (const [name, picture] of shared) write(name, picture)
  for (const { one, pictures } of models) {
    const prefix = one.of === 'sign-ins' ? one.name : `${one.name}-activity`
    const title = `${titleOf(one.name)}, ${one.of}`
    for (const [name, picture] of pictures)
      write(`${prefix}-${name}`, { ...picture, title: `${title}: ${picture.title}` })
  }
  const alone = report.trained.models.filter(
    (one) => !report.compared.some(({ name }) => name === one.name),
  )
  const figures = (pictures: readonly Named[]) =>
    `<div class="charts">${pictures.map(([, picture]) => figure(picture)).join('')}</div>`
  const html = page(
    'Gatewatch model lab',
    `<p class="quiet">${escaped(report.table.title)}</p>
<p>Nothing that judged these events was told which were attacks, save the random forest, which learned from verdicts on earlier ones. Each model is compared on days that it did not learn from.</p>
${figures(shared)}
${report.sections.map(sectionHtml).join('')}
${models
  .map(
    ({ one, pictures }) =>
      `<h2>${escaped(titleOf(one.name))}, ${escaped(one.of)}</h2>${card(one.name, report)}${figures(pictures)}`,
  )
  .join('')}
${alone.map(({ name }) => `<h2>${escaped(titleOf(name))}</h2>${card(name, report)}`).join('')}`,
  )
  writeFileSync(join(folder, 'report.html'), html)
}

function card(name: Compared['name'], { statistics }: LabReport): string {
  if (name === 'ensemble') return ''
  const found = statistics.find(({ model }) => model === name)
  const rows = [
    ...cardRows(MODEL_CARDS[name]),
    ...(found === undefined ? [] : statisticsRows(found)),
  ]
  return `<section class="box">${rows.map(([head, text]) => `<p><b>${head}:</b> ${escaped(text)}</p>`).join('')}</section>`
}
