import type uPlot from 'uplot'
import {
  type ChartOptions,
  padded,
  type ReadColor,
  timeAxis,
  valueAxis,
} from '../../charts/axes.ts'
import { barsChart } from '../../charts/bars-chart.ts'
import { riskBand } from '../../risk.ts'
import { text } from '../../text.ts'

/** Both charts share cursor and x axis: moving over one moves in the other. */
const SYNC: uPlot.Cursor = {
  sync: { key: 'overview-hours' },
  drag: { x: false, y: false },
  y: false,
  points: { show: false },
}
const BANDS = [0, 1, 2, 3] as const

/** The highest risk of each hour as a lollipop in the colour of its band, with lines at 50 and 75. */
export function riskChart(color: ReadColor): ChartOptions {
  return {
    cursor: SYNC,
    scales: { x: { range: padded }, y: { range: [0, 104] } },
    axes: [
      { ...timeAxis(color), values: (_, splits) => splits.map(() => ''), size: 8 },
      { ...valueAxis(color), splits: () => [0, 25, 50, 75, 100] },
    ],
    series: [{}, { label: text.overview.maxRisk, paths: () => null, points: { show: false } }],
    plugins: [{ hooks: { draw: (chart) => drawLollipops(chart, color) } }],
  }
}

/** Events of each hour as bars, with the failed ones in front. */
export const eventsChart = barsChart([text.overview.events, text.overview.failures], SYNC)

function drawLollipops(chart: uPlot, color: ReadColor): void {
  const { ctx, data } = chart
  const ratio = devicePixelRatio
  const [times, risks] = data
  const zero = chart.valToPos(0, 'y', true)
  const fills = BANDS.map((band) => color(`--gw-risk-${band}`))
  ctx.save()
  ctx.lineWidth = 1 * ratio
  ctx.setLineDash([3 * ratio, 4 * ratio])
  for (const [risk, band] of [
    [50, 1],
    [75, 2],
  ] as const) {
    const y = chart.valToPos(risk, 'y', true)
    ctx.strokeStyle = fills[band] ?? ''
    ctx.beginPath()
    ctx.moveTo(chart.bbox.left, y)
    ctx.lineTo(chart.bbox.left + chart.bbox.width, y)
    ctx.stroke()
  }
  ctx.setLineDash([])
  times.forEach((time, i) => {
    const risk = risks?.[i]
    if (risk === null || risk === undefined) return
    const x = chart.valToPos(time, 'x', true)
    const y = chart.valToPos(risk, 'y', true)
    const fill = fills[riskBand(risk)] ?? ''
    ctx.strokeStyle = fill
    ctx.fillStyle = fill
    ctx.lineWidth = 2 * ratio
    ctx.beginPath()
    ctx.moveTo(x, zero)
    ctx.lineTo(x, y)
    ctx.stroke()
    ctx.beginPath()
    ctx.arc(x, y, (riskBand(risk) > 0 ? 4 : 2.5) * ratio, 0, Math.PI * 2)
    ctx.fill()
  })
  ctx.restore()
}
