import type { EventSummary } from '@gatewatch/schema'
import { useEffect, useMemo, useReducer } from 'react'
import { eventKey } from '../event-key.ts'
import { type ExploreSearch, isLookedAt } from '../features/explore/explore-search.ts'
import { emptyFeed, feedAfter } from '../features/live/feed.ts'
import { useLiveListener } from '../features/live/live-context.tsx'

/** The events of a list with those before them that fit and were judged while it shows, at most 150; none where the tail is off. */
export function useTail(search: ExploreSearch, stored: readonly EventSummary[] | undefined) {
  const [feed, dispatch] = useReducer(feedAfter, 0, emptyFeed)
  const address = JSON.stringify(search)
  // biome-ignore lint/correctness/useExhaustiveDependencies: what fitted another address is no longer looked at
  useEffect(() => dispatch({ type: 'filtered', minRisk: 0 }), [address])
  useLiveListener(
    useMemo(
      () => ({
        events(events: readonly EventSummary[], dropped: number) {
          if (!search.tail) return
          const fitting = events.filter((event) => isLookedAt(event, search))
          dispatch({ type: 'arrived', events: fitting, dropped })
        },
      }),
      [search],
    ),
  )
  return useMemo(() => {
    if (!stored || !search.tail) return stored
    const known = new Set(stored.map(eventKey))
    return [...feed.events.filter((event) => !known.has(eventKey(event))), ...stored]
  }, [feed.events, stored, search.tail])
}
