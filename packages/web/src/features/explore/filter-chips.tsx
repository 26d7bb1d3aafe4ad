import { EVENT_FACETS } from '@gatewatch/schema'
import { CrossIcon } from '../../components/icons.tsx'
import { formatDateTime } from '../../format.ts'
import { text } from '../../text.ts'
import { printable } from '../../verdict/printable.ts'
import type { ExploreSearch } from './explore-search.ts'
import { valueWords } from './value-words.ts'

interface FilterChipsProps {
  readonly search: ExploreSearch
  /** Takes these fields out of the address. */
  readonly remove: (names: readonly (keyof ExploreSearch)[]) => void
}

/** What is filtered by, each to be taken away again. */
export function FilterChips({ search, remove }: FilterChipsProps) {
  const chips = chipsOf(search)
  if (chips.length === 0) return <p className="dim explore-chips">{text.explore.noFilters}</p>
  return (
    <ul className="explore-chips" aria-label={text.explore.filters}>
      {chips.map(({ names, label }) => (
        <li key={label}>
          <button
            type="button"
            className="chip"
            onClick={() => remove(names)}
            aria-label={text.explore.remove(label)}
          >
            {label} <CrossIcon />
          </button>
        </li>
      ))}
      {chips.length > 1 && (
        <li>
          <button
            type="button"
            className="chip chip-clear"
            onClick={() => remove(chips.flatMap(({ names }) => names))}
          >
            {text.explore.clear}
          </button>
        </li>
      )}
    </ul>
  )
}

interface Chip {
  readonly names: readonly (keyof ExploreSearch)[]
  readonly label: string
}

function chipsOf(search: ExploreSearch): readonly Chip[] {
  const { entity, ip, min_risk, from, to } = search
  const chips: Chip[] = []
  if (from !== undefined || to !== undefined) {
    const [begin, end] = [from, to].map((time) => (time === undefined ? '…' : formatDateTime(time)))
    chips.push({ names: ['from', 'to'], label: `${begin} – ${end}` })
  }
  if (entity !== undefined)
    chips.push({ names: ['entity'], label: `${text.explore.entity}: ${printable(entity)}` })
  if (ip !== undefined) chips.push({ names: ['ip'], label: `${text.explore.ip}: ${printable(ip)}` })
  if (min_risk !== undefined)
    chips.push({ names: ['min_risk'], label: `${text.explore.minRisk} ${min_risk}` })
  for (const facet of EVENT_FACETS) {
    const value = search[facet]
    if (value !== undefined)
      chips.push({
        names: [facet],
        label: `${text.explore.facets[facet]}: ${valueWords(facet, value)}`,
      })
  }
  return chips
}
