import type uPlot from 'uplot'

/** Reads a colour of the theme by the name of its variable. */
export type ReadColor = (name: string) => string
/** What a chart is made of, but for its size. */
export type ChartOptions = Omit<uPlot.Options, 'width' | 'height'>

const AXIS_WIDTH = 44
const HOUR = 3600

/** The range of an x axis of buckets (seconds): half a bucket more on either side. */
export function padded(chart: uPlot, from: number, to: number): [number, number] {
  const [first = 0, second = first + HOUR] = chart.data[0]
  const half = (second - first) / 2
  return [from - half, to + half]
}

/** Times along the bottom, in the reader's zone; midnight is its day. */
export function timeAxis(color: ReadColor): uPlot.Axis {
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
  const midnight = date.getHours() === 0 && date.getMinutes() === 0
  return new Intl.DateTimeFormat(
    'en-GB',
    midnight ? { day: 'numeric', month: 'short' } : { hour: '2-digit', minute: '2-digit' },
  ).format(date)
}

/** Values along the side, with lines across. */
export function valueAxis(color: ReadColor): uPlot.Axis {
  return {
    stroke: color('--gw-text-3'),
    font: `11px ${color('--gw-font')}`,
    grid: { stroke: color('--gw-line'), width: 1 },
    ticks: { show: false },
    size: AXIS_WIDTH,
    gap: 8,
  }
}
