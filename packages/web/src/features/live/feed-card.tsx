import { Button, SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useReducer } from 'react'
import { recentEventsQuery } from '../../api/events.ts'
import { Card } from '../../components/card.tsx'
import { EventRow } from '../../components/event-row.tsx'
import { PauseIcon, PlayIcon } from '../../components/icons.tsx'
import { Empty, Failure, Loading } from '../../components/states.tsx'
import { eventKey } from '../../event-key.ts'
import { formatCount } from '../../format.ts'
import { text } from '../../text.ts'
import { emptyFeed, type Feed, feedAfter } from './feed.ts'
import { useLiveListener } from './live-context.tsx'
import './feed-card.css'

/** Lowest risks that the feed can be limited to. */
const RISK_STEPS = [0, 25, 50, 75]

interface FeedCardProps {
  readonly minRisk: number
  readonly setMinRisk: (minRisk: number) => void
}

/** Events as they are judged, newest first; what was stored before the page opened fills it at the start. */
export function FeedCard({ minRisk, setMinRisk }: FeedCardProps) {
  const [feed, dispatch] = useReducer(feedAfter, minRisk, emptyFeed)
  const stored = useQuery(recentEventsQuery(minRisk))
  useEffect(() => dispatch({ type: 'filtered', minRisk }), [minRisk])
  useEffect(() => {
    if (stored.data) dispatch({ type: 'stored', events: stored.data.events })
  }, [stored.data])
  useLiveListener(
    useMemo(
      () => ({ events: (events, dropped) => dispatch({ type: 'arrived', events, dropped }) }),
      [],
    ),
  )
  return (
    <Card
      className="feed"
      title={text.feed.title}
      aside={
        <div className="feed-controls">
          <SegmentedControl
            size="xs"
            aria-label={text.feed.minRisk}
            value={String(minRisk)}
            onChange={(value) => setMinRisk(Number(value))}
            data={RISK_STEPS.map((risk) => ({
              value: String(risk),
              label: risk === 0 ? text.feed.all : text.feed.from(risk),
            }))}
          />
          <Button
            variant="default"
            size="compact-sm"
            leftSection={feed.paused ? <PlayIcon /> : <PauseIcon />}
            onClick={() => dispatch({ type: feed.paused ? 'resumed' : 'paused' })}
          >
            {feed.paused ? text.feed.resume : text.feed.pause}
          </Button>
        </div>
      }
    >
      {feed.paused && (
        <p className="feed-note num" role="status">
          {text.feed.waiting(formatCount(feed.waitingCount))}
        </p>
      )}
      {feed.dropped > 0 && (
        <p className="feed-note num">{text.feed.dropped(formatCount(feed.dropped))}</p>
      )}
      <FeedList feed={feed} query={stored} />
    </Card>
  )
}

interface FeedListProps {
  readonly feed: Feed
  readonly query: { readonly isPending: boolean; readonly error: Error | null; refetch(): unknown }
}

function FeedList({ feed, query }: FeedListProps) {
  if (feed.events.length === 0) {
    if (query.isPending) return <Loading lines={9} />
    if (query.error) return <Failure error={query.error} retry={() => query.refetch()} />
    const { minRisk } = feed
    return <Empty title={minRisk > 0 ? text.feed.emptyFiltered(minRisk) : text.feed.empty} />
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to be reachable by keyboard
    <ul className="feed-list" tabIndex={0} aria-label={text.feed.title}>
      {feed.events.map((event) => (
        <li key={eventKey(event)}>
          <EventRow event={event} who="named" />
        </li>
      ))}
    </ul>
  )
}
