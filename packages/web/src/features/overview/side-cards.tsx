import type { Overview } from '@gatewatch/schema'
import { Link } from '@tanstack/react-router'
import { type MapPlace, WorldMap } from '../../charts/maps.tsx'
import { Card } from '../../components/card.tsx'
import { BandGlyph, RiskMark } from '../../components/marks.tsx'
import { Empty } from '../../components/states.tsx'
import { Moment } from '../../components/times.tsx'
import { formatCount, formatPlace } from '../../format.ts'
import { wholeRisk } from '../../risk.ts'
import { text } from '../../text.ts'
import './side-cards.css'

/** Where events came from in the last 24 hours. */
export function MapCard({ places }: { readonly places: Overview['places'] }) {
  const marks = places.map((place) => ({
    lat: place.lat,
    long: place.long,
    events: place.events,
    risk: place.max_risk,
    name: formatPlace(place) ?? text.overview.unnamedPlace,
    detail: text.overview.placeEvents(place.events, wholeRisk(place.max_risk)),
  }))
  return (
    <Card title={text.overview.mapTitle} note={text.overview.mapNote} aside={<BandKey />}>
      {marks.length === 0 ? (
        <Empty title={text.overview.mapEmpty} />
      ) : (
        <>
          <WorldMap places={marks} label={text.overview.mapLabel(marks.length)} />
          <PlaceList places={marks} />
        </>
      )}
    </Card>
  )
}

/** The same as the map in words, riskiest first: for keyboards, screen readers and small screens. */
function PlaceList({ places }: { readonly places: readonly MapPlace[] }) {
  return (
    <details className="place-list">
      <summary>{text.overview.mapList}</summary>
      <ul>
        {places
          .toSorted((a, b) => b.risk - a.risk || b.events - a.events)
          .map((place) => (
            <li key={`${place.lat} ${place.long}`}>
              <RiskMark risk={place.risk} /> <span>{place.name}</span>{' '}
              <span className="dim num">{text.events(place.events)}</span>
            </li>
          ))}
      </ul>
    </details>
  )
}

/** What the four symbols mean. */
function BandKey() {
  return (
    <ul className="band-key">
      {([0, 1, 2, 3] as const).map((band) => (
        <li key={band} className={`band-${band}`}>
          <BandGlyph band={band} /> {text.risk.bands[band]}
        </li>
      ))}
    </ul>
  )
}

/** Identities with the highest risk now. */
export function TopCard({ entities }: { readonly entities: Overview['top_entities'] }) {
  return (
    <Card title={text.overview.topTitle}>
      {entities.length === 0 ? (
        <Empty title={text.overview.topEmpty} />
      ) : (
        <ul className="rows">
          {entities.map(({ entity, entity_name, risk, alerts }) => (
            <li key={entity}>
              <Link className="row" to="/identities/$key" params={{ key: entity }}>
                <RiskMark risk={risk} />
                <span className="row-name">{entity_name}</span>
                <span className="dim num">{text.overview.topAlerts(alerts)}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

/** What each source sent and when it was last heard. */
export function SourcesCard(props: { readonly title: string; readonly overview: Overview }) {
  const { sources, dead_letters } = props.overview
  return (
    <Card
      title={props.title}
      note={
        dead_letters > 0
          ? text.overview.deadLetters(formatCount(dead_letters))
          : text.overview.noDeadLetters
      }
    >
      {sources.length === 0 ? (
        <Empty title={text.overview.sourcesEmpty} />
      ) : (
        <ul className="rows">
          {sources.map((source) => (
            <li key={source.format} className="row row-source">
              <span className="row-name">{source.format}</span>
              <span className="num">{text.events(source.events)}</span>
              <span className="dim">
                {text.overview.lastEvent} <Moment time={source.last_event} as="ago" />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}
