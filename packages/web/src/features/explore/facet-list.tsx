import { EVENT_FACETS, type EventFacet, type EventFacets } from '@gatewatch/schema'
import { Meter } from '../../components/meter.tsx'
import { formatCount } from '../../format.ts'
import { text } from '../../text.ts'
import type { ExploreSearch } from './explore-search.ts'
import { valueWords } from './value-words.ts'

interface FacetListProps {
  readonly counts: EventFacets
  readonly search: ExploreSearch
  readonly choose: (facet: EventFacet, value: string) => void
}

/** Each facet with its most frequent values; choosing one shows only events that have it. */
export function FacetList({ counts, search, choose }: FacetListProps) {
  return EVENT_FACETS.map((facet) => {
    const values = counts.facets[facet] ?? []
    const chosen = search[facet]
    if (values.length === 0) return null
    return (
      <section key={facet} className="facet">
        <h2>{text.explore.facets[facet]}</h2>
        <ul>
          {values.map(({ value, events }) => (
            <li key={value}>
              <button
                type="button"
                className="facet-value"
                aria-pressed={chosen === value}
                onClick={() => choose(facet, value)}
              >
                <span className="facet-name">{valueWords(facet, value)}</span>
                <span className="dim num">{formatCount(events)}</span>
                <Meter share={events / Math.max(1, counts.counted)} />
              </button>
            </li>
          ))}
        </ul>
      </section>
    )
  })
}
