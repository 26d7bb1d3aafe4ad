import type {
  AlertSummary,
  EventSummary,
  Incident,
  IncidentChange,
  IncidentDetail,
  IncidentNote,
  IncidentPage,
  IncidentQuery,
  Notice,
  StoryEvent,
} from '@gatewatch/schema'
import { fault } from '../errors.ts'
import type { IncidentEdit, Incidents, StoredIncident } from '../ports/incidents.ts'
import type { Reader } from '../ports/reader.ts'
import type { TenantId } from '../ports/store.ts'
import { noticeOf } from './notices.ts'
import type { Pipeline } from './pipeline.ts'

/** How far (ms) around its alerts a story tells what the identity did besides, and how many events at most. */
const AROUND_MS = 30 * 60_000
const BESIDES = 100

/** What people may do about incidents. What names none is a fault. */
export interface IncidentDesk {
  list(tenant: TenantId, query: IncidentQuery): Promise<IncidentPage>
  /** One with its alerts, its history, and the events of its story; `since` (ms): only what happened later is in the history. */
  get(tenant: TenantId, id: string, since?: number): Promise<IncidentDetail>
  /** Closing gives the verdict to each of its alerts that nobody has judged, one transaction each. */
  change(tenant: TenantId, id: string, change: IncidentChange, by: string): Promise<IncidentDetail>
  comment(tenant: TenantId, id: string, text: string, by: string): Promise<IncidentDetail>
}

/** What the desk needs; `clock` in ms, UTC. */
export interface IncidentParts {
  readonly incidents: Incidents
  readonly reader: Pick<Reader, 'events'>
  readonly pipeline: Pick<Pipeline, 'feedback'>
  readonly clock: () => number
}

/** The desk over these parts. */
export function createIncidentDesk({
  incidents,
  reader,
  pipeline,
  clock,
}: IncidentParts): IncidentDesk {
  async function known(tenant: TenantId, id: string): Promise<StoredIncident> {
    const found = await incidents.get(tenant, id)
    if (found === null) throw unknown(id)
    return found
  }

  async function get(tenant: TenantId, id: string, since = 0): Promise<IncidentDetail> {
    const { incident, alerts, notes, events } = await known(tenant, id)
    const besides =
      incident.kind === 'campaign'
        ? []
        : await reader.events(tenant, {
            entity: incident.entity,
            from: incident.first_seen - AROUND_MS,
            to: incident.last_seen + AROUND_MS,
            limit: BESIDES,
          })
    return {
      ...incident,
      alert_list: [...alerts],
      storyline: storyOf(events, 'events' in besides ? besides.events : []),
      history: notes.filter(({ time }) => time > since),
    }
  }

  async function edit(
    tenant: TenantId,
    id: string,
    change: IncidentEdit,
    notes: readonly IncidentNote[],
    time: number,
  ): Promise<void> {
    const news = change.status === 'acknowledged' || change.status === 'in_progress'
    const changed = await incidents.edit(tenant, id, change, notes, (incident, alerts) =>
      news ? acknowledged(incident, alerts, time) : [],
    )
    if (changed === null) throw unknown(id)
  }

  return {
    list: (tenant, query) => incidents.list(tenant, query),
    get,
    async change(tenant, id, { status, verdict, assignee, comment }, by) {
      const time = clock()
      const before = await known(tenant, id)
      const note = (change: IncidentNote['change'], text: string) => ({ time, by, change, text })
      const moved = status !== undefined && status !== 'closed' && status !== before.incident.status
      const notes = [
        ...(moved ? [note('status', status)] : []),
        ...(assignee === undefined ? [] : [note('assignee', assignee ?? 'nobody')]),
        ...(comment === undefined ? [] : [note('comment', comment)]),
      ]
      const edited = {
        ...(moved ? { status, verdict: null } : {}),
        ...(assignee === undefined ? {} : { assignee }),
      }
      if (notes.length > 0) await edit(tenant, id, edited, notes, time)
      if (verdict !== undefined) {
        for (const alert of before.alerts) {
          if (alert.status === 'closed') continue
          await pipeline.feedback(tenant, alert.id, { verdict, by, time })
        }
        // nothing was left to be judged: it had been opened again by hand
        const after = await known(tenant, id)
        if (after.incident.status !== 'closed') {
          await incidents.edit(
            tenant,
            id,
            { status: 'closed', verdict },
            [note('status', `closed: ${verdict}`)],
            () => [],
          )
        }
      }
      return get(tenant, id)
    },
    async comment(tenant, id, text, by) {
      await edit(tenant, id, {}, [{ time: clock(), by, change: 'comment', text }], clock())
      return get(tenant, id)
    },
  }
}

/** That somebody took it up is told of its gravest alert. */
function acknowledged(
  { entity, severity }: Incident,
  alerts: readonly AlertSummary[],
  time: number,
): readonly Notice[] {
  const open = alerts.filter(({ status }) => status === 'open')
  const top = open.find((one) => one.severity === severity && one.entity === entity) ?? open[0]
  return top === undefined ? [] : [noticeOf('acknowledged', top, time)]
}

/** Events in order, those of alerts before the same ones without. */
function storyOf(events: StoredIncident['events'], besides: readonly EventSummary[]): StoryEvent[] {
  const nameOf = ({ uid, source, time }: EventSummary) => `${source} ${uid} ${time}`
  const told = new Set(events.map(nameOf))
  const others = besides
    .filter((one) => !told.has(nameOf(one)))
    .map((one) => ({ ...one, alert: null }))
  return [...events, ...others].sort((a, b) => a.time - b.time)
}

function unknown(id: string) {
  return fault('not_found', `There is no incident ${id}. GET /v1/incidents lists them.`)
}
