import { AlertSummary } from '@gatewatch/schema'
import type { Bulletin, News } from '../ports/news.ts'
import type { Reader } from '../ports/reader.ts'
import type { TenantId } from '../ports/store.ts'
import { summarise } from '../ports/summary.ts'
import type { Committed } from './pipeline.ts'

/** How often (ms) other processes are told. */
const EVERY_MS = 100
/** Most events that are named at a time: whoever watches reads each. */
const MOST_EVENTS = 20

/** Somebody who watches commits of all processes. */
export interface Watcher {
  /** Is anybody watching this tenant? What nobody wants is not read. */
  wants(tenant: TenantId): boolean
  /** `more`: events that were committed too, and are not shown. */
  tell(committed: Pick<Committed, 'tenant' | 'events' | 'alerts'>, more: number): void
}

/** Tells other processes what this one commits, and watchers here what others do. */
export interface Bulletins {
  committed(committed: Committed): void
  watch(watcher: Watcher): () => void
  close(): Promise<void>
}

/** Bulletins over news; `onError` hears of what could not be told or read. */
export function createBulletins(
  news: News,
  reader: Pick<Reader, 'event' | 'alert'>,
  onError: (error: unknown) => void,
): Bulletins {
  const watchers = new Set<Watcher>()
  let waiting = new Map<TenantId, Collected>()
  let telling: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    if (waiting.size > 0) telling = telling.then(tellAll)
  }, EVERY_MS)
  timer.unref()

  async function tellAll(): Promise<void> {
    const told = waiting
    waiting = new Map()
    for (const [tenant, { uids, more, alerts }] of told) {
      const named = [...alerts].map(([id, isNew]) => ({ id, isNew }))
      await news.tell({ tenant, uids, more, alerts: named }).catch(onError)
    }
  }

  async function show({ tenant, uids, more, alerts }: Bulletin): Promise<void> {
    const wanting = [...watchers].filter((watcher) => watcher.wants(tenant))
    if (wanting.length === 0) return
    const [details, stored] = await Promise.all([
      Promise.all(uids.map((uid) => reader.event(tenant, uid))),
      Promise.all(alerts.map(({ id }) => reader.alert(tenant, id))),
    ])
    const events = details.flatMap((found) =>
      found === null ? [] : summarise(withEntity(found), found.verdict),
    )
    const raised = stored.flatMap((found, index) =>
      found === null
        ? []
        : { alert: AlertSummary.parse(found.alert), isNew: alerts[index]?.isNew ?? false },
    )
    for (const watcher of wanting) watcher.tell({ tenant, events, alerts: raised }, more)
  }

  const stopHearing = news.hear((bulletin) => {
    show(bulletin).catch(onError)
  })

  return {
    committed({ tenant, decisions, alerts, uids }) {
      const collected: Collected = waiting.get(tenant) ?? { uids: [], more: 0, alerts: new Map() }
      waiting.set(tenant, collected)
      const named = uids.slice(0, MOST_EVENTS - collected.uids.length)
      collected.uids.push(...named)
      for (const count of decisions.values()) collected.more += count
      collected.more -= named.length
      for (const { alert, isNew } of alerts) {
        collected.alerts.set(alert.id, isNew || collected.alerts.get(alert.id) === true)
      }
    },
    watch(watcher) {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    async close() {
      clearInterval(timer)
      await telling
      await tellAll()
      await stopHearing()
    },
  }
}

interface Collected {
  readonly uids: string[]
  more: number
  readonly alerts: Map<string, boolean>
}

function withEntity(found: NonNullable<Awaited<ReturnType<Reader['event']>>>) {
  const { entity, entity_name } = found.verdict
  return { ...found, entity: { key: entity, name: entity_name, class: 'human' as const } }
}
