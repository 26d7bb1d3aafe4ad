import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import './time-chart.css'

/** One chart over time. `data`: times in seconds, then one row per series, as uPlot wants them. */
interface TimeChartProps {
  readonly data: uPlot.AlignedData
  /** Everything but the size; called again when the colour scheme changes, with a reader of theme colours. */
  readonly options: (color: (name: string) => string) => Omit<uPlot.Options, 'width' | 'height'>
  readonly height: number
  /** What a reader who cannot see the picture should know. */
  readonly label: string
  /** The index under the cursor, or null when it leaves. */
  readonly onCursor: (index: number | null) => void
}

/** Draws with uPlot and follows the room it has. `options` and `onCursor` must not change between renders. */
export function TimeChart({ data, options, height, label, onCursor }: TimeChartProps) {
  const room = useRef<HTMLDivElement>(null)
  const chart = useRef<uPlot>(undefined)
  const latest = useRef(data)
  latest.current = data
  const scheme = useComputedColorScheme()

  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours come from the page, which follows `scheme`
  useEffect(() => {
    const element = room.current
    if (!element) return
    const style = getComputedStyle(document.documentElement)
    const drawn = new uPlot(
      {
        ...options((name) => style.getPropertyValue(name).trim()),
        width: element.clientWidth,
        height,
        hooks: { setCursor: [(self) => onCursor(self.cursor.idx ?? null)] },
      },
      latest.current,
      element,
    )
    chart.current = drawn
    const watcher = new ResizeObserver(() => drawn.setSize({ width: element.clientWidth, height }))
    watcher.observe(element)
    return () => {
      watcher.disconnect()
      drawn.destroy()
      chart.current = undefined
    }
  }, [scheme, options, height, onCursor])

  useEffect(() => chart.current?.setData(data), [data])

  return <div ref={room} className="time-chart" role="img" aria-label={label} />
}
