import { useMemo, useState } from 'react'

/** Where a reader is in a list, and what is taken together. */
export interface Queue {
  /** The row with the focus, remembered by id, so that arrivals do not shift it. */
  readonly chosen: string | undefined
  readonly selected: ReadonlySet<string>
  /** What a key or button acts on: the selected rows that still show or, without any, the chosen one. */
  readonly targets: readonly string[]
  choose(id: string | undefined): void
  toggle(id: string): void
  clear(): void
}

/** The place and the selection in a list of these ids. */
export function useQueue(ids: readonly string[]): Queue {
  const [chosen, choose] = useState<string>()
  const [selected, select] = useState<ReadonlySet<string>>(new Set())
  return useMemo(() => {
    const picked = ids.filter((id) => selected.has(id))
    const alone = chosen !== undefined && ids.includes(chosen) ? [chosen] : []
    return {
      chosen,
      selected,
      targets: picked.length > 0 ? picked : alone,
      choose,
      toggle(id) {
        const next = new Set(selected)
        if (!next.delete(id)) next.add(id)
        select(next)
      },
      clear: () => select(new Set()),
    }
  }, [chosen, selected, ids])
}
