/** What the overview's address holds: the lowest risk that the live feed shows; absent: every event. */
export interface OverviewSearch {
  readonly risk?: number
}

/** Reads the address; whatever it does not understand counts as not said. */
export function parseOverviewSearch(search: Record<string, unknown>): OverviewSearch {
  const risk = Number(search.risk)
  return risk > 0 && risk <= 100 ? { risk } : {}
}
