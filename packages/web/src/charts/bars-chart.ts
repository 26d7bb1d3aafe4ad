import uPlot from 'uplot'
import { type ChartOptions, padded, type ReadColor, timeAxis, valueAxis } from './axes.ts'

/** Counts of each bucket as bars, with those of the second series in front of the first. `labels` name the two. */
export function barsChart(labels: readonly [string, string], cursor: uPlot.Cursor) {
  return (color: ReadColor): ChartOptions => {
    const bars = uPlot.paths.bars?.({ size: [0.7, 22], radius: 0.15 }) ?? null
    const series = (label: string, fill: string): uPlot.Series => ({
      label,
      fill,
      width: 0,
      points: { show: false },
      ...(bars && { paths: bars }),
    })
    return {
      cursor,
      legend: { show: false },
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
        series(labels[0], `${color('--gw-risk-0')}99`),
        series(labels[1], color('--gw-risk-3')),
      ],
    }
  }
}
