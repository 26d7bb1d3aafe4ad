import { expect, test } from 'vitest'
import { evaluateWorld } from '../evaluate/evaluate-world.ts'
import { tell } from '../evaluate/tell.ts'
import { evaluationHtml } from './evaluation-report.ts'

test('the report holds every table and picture in one page that loads and runs nothing', () => {
  const evaluation = evaluateWorld({ seed: 5, people: 120, days: 14, warmUp: 5 })
  const sections = tell([evaluation])
  const html = evaluationHtml(
    [evaluation],
    [...sections, { title: '<b>x</b>', lines: [], table: [] }],
  )
  for (const { name } of evaluation.contenders) expect(html).toContain(`<td>${name}</td>`)
  expect(html.match(/<svg /g)?.length).toBe(8)
  expect(html).toContain('&lt;b&gt;x')
  expect(html).not.toMatch(/<script|src=|href=|url\(|NaN|undefined/)
}, 60_000)
