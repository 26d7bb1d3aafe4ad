import { useQuery } from '@tanstack/react-query'
import { overviewQuery } from '../../api/overview.ts'
import { sourcesQuery } from '../../api/sources.ts'
import { Failure, Loading } from '../../components/states.tsx'
import { SourcesCard } from '../../features/overview/side-cards.tsx'
import { AskedCard } from '../../features/sources/asked-card.tsx'
import { text } from '../../text.ts'
import { Page } from './page.tsx'

/** Where logs come from: the vendors that are asked, and what arrived in which format. */
export function SourcesPage() {
  const sources = useQuery(sourcesQuery)
  const overview = useQuery(overviewQuery)
  return (
    <Page
      title={text.sources.title}
      lead={<p className="page-lead">{text.sources.lead}</p>}
      aside={<a href="/docs">{text.sources.docs}</a>}
    >
      <div className="columns">
        <div className="column">
          {sources.data && <AskedCard list={sources.data.sources} />}
          {!sources.data &&
            (sources.error ? (
              <Failure error={sources.error} retry={() => sources.refetch()} />
            ) : (
              <Loading lines={6} />
            ))}
        </div>
        <div className="column">
          {overview.data && <SourcesCard title={text.sources.arrived} overview={overview.data} />}
          {overview.error && <Failure error={overview.error} retry={() => overview.refetch()} />}
        </div>
      </div>
    </Page>
  )
}
