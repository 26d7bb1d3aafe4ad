import type { EventFacets } from '@gatewatch/schema'
import { useMemo, useRef, useState } from 'react'
import { barsChart } from '../../charts/bars-chart.ts'
import { TimeChart } from '../../charts/time-chart.tsx'
import { Card } from '../../components/card.tsx'
import { formatCount, formatDateTime } from '../../format.ts'
import { text } from '../../text.ts'
import '../overview/hours-card.css'

const chart = barsChart([text.overview.events, text.explore.highRisk], {
  drag: { x: false, y: false },
  y: false,
  points: { show: false },
})

interface HistogramCardProps {
  readonly counts: EventFacets
  /** Looks at one bucket alone; times in ms. */
  readonly choose: (time: { from: number; to: number }) => void
}

/** When the events were, with those of high risk in front; a bar is a time to choose. */
export function HistogramCard({ counts, choose }: HistogramCardProps) {
  const [index, setIndex] = useState<number | null>(null)
  const under = useRef<number>(null)
  const onCursor = useMemo(
    () => (at: number | null) => {
      under.current = at
      setIndex(at)
    },
    [],
  )
  const data = useMemo(
    () =>
      [
        counts.times.map(({ time }) => time / 1000),
        counts.times.map(({ events }) => events),
        counts.times.map(({ high_risk }) => high_risk),
      ] as [number[], number[], number[]],
    [counts],
  )
  const shown = counts.times[index ?? counts.times.length - 1]
  const chooseBar = () => {
    const bucket = under.current === null ? undefined : counts.times[under.current]
    if (bucket) choose({ from: bucket.time, to: bucket.time + counts.step })
  }
  const said = counts.complete ? text.explore.counted : text.explore.countedMost
  return (
    <Card
      title={text.explore.histogram}
      note={`${said(text.events(counts.counted))} ${text.explore.bucket}`}
    >
      <p className="readout num">
        <span className="readout-time">{shown && formatDateTime(shown.time)}</span>
        <span className="key key-events">
          {text.overview.events} <strong>{formatCount(shown?.events ?? 0)}</strong>
        </span>
        <span className="key key-failures">
          {text.explore.highRisk} <strong>{formatCount(shown?.high_risk ?? 0)}</strong>
        </span>
      </p>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the fields of a fixed time do the same by keyboard */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the fields of a fixed time do the same by keyboard */}
      <div className="explore-chart" onClick={chooseBar}>
        <TimeChart
          data={data}
          options={chart}
          height={130}
          label={text.explore.histogram}
          onCursor={onCursor}
        />
      </div>
    </Card>
  )
}
