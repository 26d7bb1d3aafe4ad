import { setImmediate } from 'node:timers/promises'
import type { PastEvent, PastQuery, Reader } from '../../ports/reader.ts'
import type { TenantId } from '../../ports/store.ts'

/** Events that are read at a time. */
const PAGE = 2_000

/** Past events, oldest first; `complete` false: there were more than `most`, and the oldest were left out. */
export interface Past<T> {
  readonly events: readonly T[]
  readonly complete: boolean
}

/** Reads the newest past events page by page, each as `take` leaves it. */
export async function readPast<T>(
  reader: Pick<Reader, 'past'>,
  tenant: TenantId,
  query: Pick<PastQuery, 'from' | 'to' | 'which'>,
  most: number,
  take: (event: PastEvent) => T,
): Promise<Past<T>> {
  const newestFirst: T[] = []
  let last: PastEvent | undefined
  for (;;) {
    const before =
      last === undefined ? {} : { before: { key: last.key, time: last.input.event.time } }
    const page = await reader.past(tenant, { ...query, ...before, limit: PAGE })
    newestFirst.push(...page.map(take))
    last = page.at(-1)
    if (page.length < PAGE || newestFirst.length > most) break
    await setImmediate()
  }
  return {
    events: newestFirst.slice(0, most).reverse(),
    complete: newestFirst.length <= most,
  }
}
