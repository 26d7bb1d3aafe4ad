import type { EventFacet } from '@gatewatch/schema'
import { Button, SegmentedControl } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { eventsQuery, facetsQuery } from '../../api/events.ts'
import { PauseIcon, PlayIcon } from '../../components/icons.tsx'
import { ListCard } from '../../components/list-card.tsx'
import { Empty, Failure, Loading } from '../../components/states.tsx'
import {
  type ExploreSearch,
  lookedAt,
  parseExploreSearch,
  RANGES,
} from '../../features/explore/explore-search.ts'
import { ExploredList } from '../../features/explore/explored-list.tsx'
import { FacetList } from '../../features/explore/facet-list.tsx'
import { FilterChips } from '../../features/explore/filter-chips.tsx'
import { HistogramCard } from '../../features/explore/histogram-card.tsx'
import { TimeFields } from '../../features/explore/time-fields.tsx'
import { ConnectionPill } from '../../features/live/connection-pill.tsx'
import { SavedViews } from '../../features/views/saved-views.tsx'
import { text } from '../../text.ts'
import { useTail } from '../use-tail.ts'
import { Page } from './page.tsx'
import '../../features/explore/explore.css'

/** Stored events by their values and over time; what is looked at is in the address. */
export function ExplorePage() {
  const search = useSearch({ from: '/explore' })
  const navigate = useNavigate({ from: '/explore' })
  const [open, setOpen] = useState(false)
  const counts = useQuery(facetsQuery(lookedAt(search)))
  const list = useInfiniteQuery(eventsQuery(lookedAt(search)))
  const events = useTail(
    search,
    list.data?.pages.flatMap((page) => page.events),
  )
  const choose = (change: ExploreSearch) =>
    navigate({ search: parseExploreSearch({ ...search, ...change }) })
  const remove = (names: readonly (keyof ExploreSearch)[]) =>
    navigate({ search: parseExploreSearch({ ...search, ...without(names) }) })
  const chooseFacet = (facet: EventFacet, value: string) =>
    search[facet] === value ? remove([facet]) : choose({ [facet]: value })
  return (
    <Page
      title={text.explore.title}
      aside={<ConnectionPill />}
      lead={<p className="page-lead">{text.explore.lead}</p>}
    >
      <div className="explore-bar">
        <SegmentedControl
          size="xs"
          aria-label={text.explore.range}
          value={search.from === undefined ? (search.range ?? '24h') : ''}
          onChange={(range) =>
            navigate({
              search: parseExploreSearch({ ...search, ...without(['from', 'to']), range }),
            })
          }
          data={Object.keys(RANGES).map((value) => ({
            value,
            label: text.explore.ranges[value as keyof typeof RANGES],
          }))}
        />
        <SegmentedControl
          size="xs"
          aria-label={text.feed.minRisk}
          value={String(search.min_risk ?? 0)}
          onChange={(risk) =>
            risk === '0' ? remove(['min_risk']) : choose({ min_risk: Number(risk) })
          }
          data={[0, 50, 75].map((risk) => ({
            value: String(risk),
            label: risk === 0 ? text.feed.all : text.feed.from(risk),
          }))}
        />
        <Button
          variant={search.tail ? 'filled' : 'default'}
          size="xs"
          aria-pressed={search.tail === true}
          title={text.explore.tailOn}
          leftSection={search.tail ? <PauseIcon /> : <PlayIcon />}
          onClick={() => (search.tail ? remove(['tail']) : choose({ tail: true }))}
        >
          {text.explore.tail}
        </Button>
        <Button
          className="explore-toggle"
          variant="default"
          size="xs"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          {text.explore.filters}
        </Button>
      </div>
      <FilterChips search={search} remove={remove} />
      <div className="explore">
        <aside
          className={open ? 'card explore-side explore-side-open' : 'card explore-side'}
          aria-label={text.explore.filters}
        >
          <SavedViews name="explore" search={search} parse={parseExploreSearch} />
          <TimeFields search={search} choose={choose} />
          {counts.data && <FacetList counts={counts.data} search={search} choose={chooseFacet} />}
          {!counts.data && !counts.error && <Loading lines={12} />}
        </aside>
        <div className="column">
          {counts.data && <HistogramCard counts={counts.data} choose={choose} />}
          {!counts.data && (
            <section className="card">
              {counts.error ? (
                <Failure error={counts.error} retry={() => counts.refetch()} />
              ) : (
                <Loading lines={7} />
              )}
            </section>
          )}
          <ListCard
            query={list}
            rows={events}
            more={text.explore.more}
            empty={<Empty title={text.explore.none}>{text.explore.noneBody}</Empty>}
          >
            {(rows) => <ExploredList events={rows} choose={choose} />}
          </ListCard>
        </div>
      </div>
    </Page>
  )
}

function without(names: readonly (keyof ExploreSearch)[]) {
  return Object.fromEntries(names.map((name) => [name, undefined]))
}
