import uPlot from 'uplot'
import { riskBand } from '../../risk.ts'
import { text } from '../../text.ts'

type ReadColor = (name: string) => string
type ChartOptions = Omit<uPlot.Options, 'width' | 'height'>

/** Both charts share cursor and x axis: moving over one moves in the other. */
const SYNC: uPlot.Cursor = {
  sync: { key: 'overview-hours' },
  drag: { x: false, y: false },
  y: false,
  points: { show: false },
}
const AXIS_WIDTH = 44
const HOUR = 3600
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
export function eventsChart(color: ReadColor): ChartOptions {
  const bars = uPlot.paths.bars?.({ size: [0.7, 22], radius: 0.15 }) ?? null
  const series = (label: string, fill: string): uPlot.Series => ({
    label,
    fill,
    width: 0,
    points: { show: false },
    ...(bars && { paths: bars }),
  })
  return {
    cursor: SYNC,
    scales: { x: { range: padded }, y: { range: (_, __, max) => [0, Math.max(4, max * 1.08)] } },
    axes: [
      timeAxis(color),
      {
        ...valueAxis(color),
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 50_000, 100_000],
      },
    ],
    series: [
      {},
      series(text.overview.events, `${color('--gw-risk-0')}99`),
      series(text.overview.failures, color('--gw-risk-3')),
    ],
  }
}

function padded(_: uPlot, from: number, to: number): [number, number] {
  return [from - HOUR / 2, to + HOUR / 2]
}

function timeAxis(color: ReadColor): uPlot.Axis {
  return {
    stroke: color('--gw-text-3'),
    font: `11px ${color('--gw-font')}`,
    grid: { show: false },
    ticks: { show: false },
    size: 24,
    gap: 6,
    values: (_, splits) => splits.map(tick),
  }
}

function tick(seconds: number): string {
  const date = new Date(seconds * 1000)
  const midnight = date.getHours() === 0
  return new Intl.DateTimeFormat(
    'en-GB',
    midnight ? { day: 'numeric', month: 'short' } : { hour: '2-digit', minute: '2-digit' },
  ).format(date)
}

function valueAxis(color: ReadColor): uPlot.Axis {
  return {
    stroke: color('--gw-text-3'),
    font: `11px ${color('--gw-font')}`,
    grid: { stroke: color('--gw-line'), width: 1 },
    ticks: { show: false },
    size: AXIS_WIDTH,
    gap: 8,
  }
}

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
