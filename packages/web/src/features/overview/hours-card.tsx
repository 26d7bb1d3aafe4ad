import type { Overview } from '@gatewatch/schema'
import { useMemo, useState } from 'react'
import { TimeChart } from '../../charts/time-chart.tsx'
import { Card } from '../../components/card.tsx'
import { RiskMark } from '../../components/marks.tsx'
import { Empty } from '../../components/states.tsx'
import { formatCount, formatDateTime } from '../../format.ts'
import { text } from '../../text.ts'
import { eventsChart, riskChart } from './hour-charts.ts'
import './hours-card.css'

type Hour = Overview['hours'][number]

/** The highest risk and the number of events of each hour, one above the other, with the values under the cursor. */
export function HoursCard({ hours }: { readonly hours: readonly Hour[] }) {
  const [index, setIndex] = useState<number | null>(null)
  const times = useMemo(() => hours.map((hour) => hour.time / 1000), [hours])
  const risks = useMemo(() => [times, hours.map((hour) => hour.max_risk)], [times, hours])
  const counts = useMemo(
    () => [times, hours.map((hour) => hour.events), hours.map((hour) => hour.failures)],
    [times, hours],
  )
  const shown = hours[index ?? hours.length - 1]
  return (
    <Card title={text.overview.hoursTitle} note={text.overview.riskLines}>
      {shown ? (
        <>
          <Readout hour={shown} />
          <TimeChart
            data={risks as [number[], number[]]}
            options={riskChart}
            height={150}
            label={text.overview.maxRisk}
            onCursor={setIndex}
          />
          <TimeChart
            data={counts as [number[], number[], number[]]}
            options={eventsChart}
            height={150}
            label={text.overview.events}
            onCursor={setIndex}
          />
        </>
      ) : (
        <Empty title={text.overview.hoursEmpty} />
      )}
    </Card>
  )
}

function Readout({ hour }: { readonly hour: Hour }) {
  return (
    <p className="readout num">
      <span className="readout-time">{formatDateTime(hour.time)}</span>
      <span>
        {text.overview.maxRisk} <RiskMark risk={hour.max_risk} />
      </span>
      <span>
        <strong>{formatCount(hour.high_risk)}</strong> {text.overview.highRisk}
      </span>
      <span className="key key-events">
        {text.overview.events} <strong>{formatCount(hour.events)}</strong>
      </span>
      <span className="key key-failures">
        {text.overview.failures} <strong>{formatCount(hour.failures)}</strong>
      </span>
    </p>
  )
}
