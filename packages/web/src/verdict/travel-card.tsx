import type { TravelLeg } from '@gatewatch/schema'
import { RouteMap } from '../charts/maps.tsx'
import { Card } from '../components/card.tsx'
import { Moment } from '../components/times.tsx'
import { formatDuration, formatKm, formatPlace, formatSpeed } from '../format.ts'
import { text } from '../text.ts'
import './travel.css'

/** The place before and the place of this event on a map, with distance, time and the speed that the way would need. */
export function TravelCard({ travel }: { readonly travel: TravelLeg }) {
  const { from, to } = travel
  const fromName = formatPlace(from) ?? text.travel.unknown
  const toName = formatPlace(to) ?? text.travel.unknown
  return (
    <Card title={text.travel.title}>
      <RouteMap from={from} to={to} label={text.travel.map(fromName, toName)} />
      <dl className="travel-facts">
        <Fact name={text.travel.from} mark="from" value={fromName}>
          <Moment time={from.time} as="full" />
        </Fact>
        <Fact name={text.travel.to} mark="to" value={toName}>
          <Moment time={to.time} as="full" />
        </Fact>
        <Fact name={text.travel.distance} value={formatKm(travel.distance_km)}>
          {travel.min_distance_km < travel.distance_km &&
            text.travel.atLeast(formatKm(travel.min_distance_km))}
        </Fact>
        <Fact name={text.travel.time} value={formatDuration(Math.abs(to.time - from.time))} />
        <Fact name={text.travel.speed} value={formatSpeed(travel.speed_kmh)}>
          {travel.speed_kmh > 900 && text.travel.airliner}
        </Fact>
      </dl>
    </Card>
  )
}

interface FactProps {
  readonly name: string
  readonly value: string
  readonly mark?: 'from' | 'to'
  readonly children?: React.ReactNode
}

function Fact({ name, value, mark, children }: FactProps) {
  return (
    <div>
      <dt>
        {mark && <span className={`place-mark place-${mark}`} aria-hidden="true" />}
        {name}
      </dt>
      <dd className="num">{value}</dd>
      {children && <dd className="travel-more">{children}</dd>}
    </div>
  )
}
