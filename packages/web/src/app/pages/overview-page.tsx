import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { overviewQuery } from '../../api/overview.ts'
import { Failure, Loading } from '../../components/states.tsx'
import { ConnectionPill } from '../../features/live/connection-pill.tsx'
import { FeedCard } from '../../features/live/feed-card.tsx'
import { HoursCard } from '../../features/overview/hours-card.tsx'
import { MapCard, SourcesCard, TopCard } from '../../features/overview/side-cards.tsx'
import { StartCard } from '../../features/overview/start-card.tsx'
import { Tiles } from '../../features/overview/tiles.tsx'
import { text } from '../../text.ts'
import { parseOverviewSearch } from './overview-search.ts'
import { Page } from './page.tsx'
import './overview-page.css'

/** What goes on: counts, live feed, hours, map, identities at risk, sources. */
export function OverviewPage() {
  const { data, error, refetch } = useQuery(overviewQuery)
  const { risk = 0 } = parseOverviewSearch(useSearch({ strict: false }))
  const navigate = useNavigate()
  const feed = (
    <FeedCard
      minRisk={risk}
      setMinRisk={(next) =>
        navigate({ to: '/', search: next > 0 ? { risk: next } : {}, replace: true })
      }
    />
  )
  return (
    <Page title={text.overview.title} aside={<ConnectionPill />}>
      {!data && (error ? <Failure error={error} retry={() => refetch()} /> : <Loading lines={6} />)}
      {data && (
        <div className="overview">
          <Tiles overview={data} />
          {data.events_total === 0 && <StartCard />}
          <div className="columns">
            <div className="column overview-left">
              <HoursCard hours={data.hours} />
              <MapCard places={data.places} />
              <SourcesCard title={text.overview.sourcesTitle} overview={data} />
            </div>
            <div className="column overview-right">
              {feed}
              <TopCard entities={data.top_entities} />
            </div>
          </div>
        </div>
      )}
    </Page>
  )
}
