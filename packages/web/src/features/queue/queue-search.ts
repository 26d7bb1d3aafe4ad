import { QueueSort } from '@gatewatch/schema'

/** What the address of every queue holds; newest first is what one sees without saying anything. */
export interface QueueSearch {
  readonly search?: string | undefined
  readonly sort?: QueueSort | undefined
}

/** Reads the address; what it does not understand counts as not said. */
export function parseQueueSearch(search: Record<string, unknown>): QueueSearch {
  const sort = QueueSort.exclude(['newest']).safeParse(search.sort).data
  const typed = typeof search.search === 'number' ? String(search.search) : search.search
  return {
    ...(typeof typed === 'string' && typed !== '' && { search: typed.slice(0, 200) }),
    ...(sort && { sort }),
  }
}
