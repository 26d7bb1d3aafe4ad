import type { AuditNote, EnrichedEvent, IncidentNote, Notice } from '@gatewatch/schema'
import {
  groupOf,
  grownAlert,
  hiddenBy,
  joinedBy,
  newAlert,
  settledAlert,
  shownAfter,
  shownAgain,
  shrunkAlert,
  wantsToBeTold,
  withdrawnAlert,
} from '../../ports/alert-growth.ts'
import { ALERTS_PER_DAY, ration } from '../../ports/alert-quota.ts'
import { type Precedent, precedentOf } from '../../ports/precedent.ts'
import {
  type ArrivingEvent,
  type Batch,
  type Checkpoint,
  type JudgedEvent,
  LATE_MS,
  type RaisedAlert,
  REVISION_WINDOW_MS,
  type Store,
} from '../../ports/store.ts'
import { storeFailure } from '../../ports/store-failure.ts'
import { eraseIdentity, eraseNews, type Gone } from './erase.ts'
import { gather } from './incidents.ts'
import type { AlertRow, EventRow, Ledger, TenantLedger } from './ledger.ts'

/** The store in memory: one transaction of a tenant at a time, staged and swapped in at its end. */
export function memoryStore(ledger: Ledger): Store {
  return {
    transact(tenant, work) {
      const own = ledger.of(tenant)
      const run = async () => {
        const demo = ledger.tenants.get(tenant)?.demo ?? false
        const { batch, commit } = stage(own, demo)
        const result = await work(batch)
        commit()
        return result
      }
      const turn = own.tail.then(run, run)
      own.tail = turn.catch(() => {})
      return turn
    },
    async firstReceived(tenant, keys, now) {
      const { firstReceived } = ledger.of(tenant)
      for (const key of keys) if (!firstReceived.has(key)) firstReceived.set(key, now)
      return new Map(keys.map((key) => [key, firstReceived.get(key) ?? now]))
    },
  }
}

function stage(own: TenantLedger, demo: boolean): { batch: Batch; commit: () => void } {
  const events = overlay(own.events)
  const profiles = overlay(own.profiles)
  const alerts = overlay(own.alerts)
  const checkpoints = overlay(own.checkpoints)
  const gone: Gone = { keys: new Set(), letters: new Set(), entities: new Set(), names: [] }
  const notes: AuditNote[] = []
  const incidents = overlay(own.incidents)
  const suppressionHits = overlay(own.suppressionHits)
  const incidentNotes: (IncidentNote & { readonly incident: string })[] = []
  const notices: Notice[] = []
  const deltas: Uint8Array[] = []
  const locked = new Map<string, number>()

  const batch: Batch = {
    async lock(cached) {
      return new Map(
        [...cached].map(([entity, held]) => {
          const row = profiles.get(entity)
          const revision = row?.revision ?? 0
          locked.set(entity, revision)
          const body = row === undefined || revision === held ? null : row.body
          const life = row?.life ?? own.audit.length
          return [entity, { entity, life, revision, body }]
        }),
      )
    },
    async claim(arriving) {
      return arriving.map((one) => {
        const row = events.get(one.key)
        if (row === undefined || Math.abs(row.time - one.event.time) > REVISION_WINDOW_MS) {
          return { kind: 'new', verdict: null }
        }
        const kind = row.content === one.content ? 'duplicate' : 'revision'
        return { kind, verdict: row.verdict }
      })
    },
    async writeEvents(judged) {
      for (const { arriving, verdict, learned } of judged) {
        if (events.get(arriving.key) !== undefined)
          throw storeFailure('conflict', 'the event exists')
        events.set(arriving.key, {
          key: arriving.key,
          time: arriving.event.time,
          content: arriving.content,
          input: inputOf(arriving),
          verdict,
          raw: arriving.raw ?? null,
          learned,
        })
      }
    },
    async amend(revised) {
      for (const arriving of revised) {
        const row = events.get(arriving.key)
        if (row === undefined) throw storeFailure('conflict', 'the event is gone')
        const { event, context } = inputOf(arriving)
        const input = { ...row.input, event: { ...event, time: row.time }, context }
        const raw = arriving.raw ?? null
        events.set(row.key, { ...row, content: arriving.content, input, raw })
      }
    },
    async writeProfiles(written) {
      for (const { entity, revision, body, lastTime } of written) {
        if (locked.get(entity.key) !== revision) throw storeFailure('conflict', 'not locked')
        const life = profiles.get(entity.key)?.life ?? own.audit.length
        profiles.set(entity.key, { entity, life, revision: revision + 1, body, lastTime })
      }
    },
    async appendDelta(delta) {
      deltas.push(delta)
      return { writer: 'memory', number: numberOf(own) + deltas.length }
    },
    async raise(judged, perDay = ALERTS_PER_DAY, ofGroups) {
      for (const [id, { hits, last_hit }] of hiddenBy(judged)) {
        const before = suppressionHits.get(id)
        const latest = Math.max(before?.last_hit ?? 0, last_hit)
        suppressionHits.set(id, { hits: (before?.hits ?? 0) + hits, last_hit: latest })
      }
      const raised = new Map<string, RaisedAlert>()
      for (const one of judged) {
        const { alert, isNew } = raiseOne(alerts, events, one, demo)
        raised.set(alert.id, { alert, isNew: isNew || raised.get(alert.id)?.isNew === true })
      }
      return tellByRank(alerts, [...raised.values()], perDay, ofGroups)
    },
    async unhide(inEffect, since, perDay = ALERTS_PER_DAY, ofGroups) {
      const hidden = alerts.values().filter(({ alert }) => {
        const { status, suppressed, last_seen } = alert
        if (status !== 'suppressed' || last_seen < since) return false
        return suppressed === undefined || !inEffect.includes(suppressed.id)
      })
      const raised = hidden.map((row): RaisedAlert => {
        const alert = shownAgain(row.alert)
        alerts.set(alert.id, { ...row, alert })
        return { alert, isNew: false }
      })
      return tellByRank(alerts, raised, perDay, ofGroups)
    },
    async gather(raised, drafts) {
      return gather({ alerts, incidents, notes: incidentNotes }, raised, drafts)
    },
    async notify(told) {
      for (const notice of told) notices.push(structuredClone(notice))
    },
    async checkpointsOf(entity) {
      return checkpoints.get(entity) ?? []
    },
    async addCheckpoints(added) {
      for (const { entity, time, body } of added) {
        const known = (checkpoints.get(entity) ?? []).filter((one) => one.time !== time)
        const spent = known.findLast((one) => one.time < time - LATE_MS)?.time ?? 0
        const kept = known.filter((one) => one.time >= spent)
        checkpoints.set(entity, sorted([...kept, { time, body }]))
      }
    },
    async replaceCheckpoints(entity, rows) {
      checkpoints.set(entity, sorted(rows))
    },
    async eventsAfter(entity, time, limit) {
      const joined = (key: string) => alerts.values().filter((row) => row.events.includes(key))
      return events
        .values()
        .filter((row) => row.input.entity.key === entity && row.time > time)
        .sort(
          (a, b) =>
            a.time - b.time ||
            a.input.event.observed_time - b.input.event.observed_time ||
            (a.key < b.key ? -1 : 1),
        )
        .slice(0, limit)
        .map(({ key, content, input, verdict, learned }) => ({
          key,
          content,
          input,
          verdict,
          learned,
          group: joined(key)[0]?.group ?? null,
          settled: joined(key).some(({ alert }) => alert.status === 'closed'),
        }))
    },
    async rejudge(judged) {
      const changed = new Map<string, AlertRow>()
      for (const { arriving, verdict, learned, alert } of judged) {
        const row = events.get(arriving.key)
        if (row === undefined) throw storeFailure('conflict', 'the event is gone')
        events.set(row.key, { ...row, verdict, learned })
        for (const own of alerts.values()) {
          if (own.alert.status === 'closed' || !own.events.includes(row.key)) continue
          const stays = alert !== null && groupOf(alert) === groupOf(own)
          const left = stays ? own.events : own.events.filter((key) => key !== row.key)
          changed.set(own.alert.id, { ...own, events: left })
          alerts.set(own.alert.id, { ...own, events: left })
        }
      }
      return [...changed.values()].map((row) => {
        const left = row.events.flatMap((key) => events.get(key) ?? [])
        const alert = shrunkAlert(
          row.alert,
          left.map(({ verdict }) => verdict),
        )
        const anew = (key: string) => judged.find(({ arriving }) => arriving.key === key)
        const verdicts = left.map(({ key, verdict }) => ({ ...verdict, key }))
        const top = shownAfter(verdicts, alert.risk, row.shown, (key) => anew(key) !== undefined)
        const shown = top?.key ?? row.shown
        const again = anew(shown)
        const profileBefore =
          again?.profileBefore ?? (shown === row.shown ? row.profileBefore : null)
        const caseFile =
          again?.caseFile?.body ??
          (again === undefined && shown === row.shown ? row.caseFile : null)
        alerts.set(alert.id, { ...row, alert, shown, profileBefore, caseFile })
        return alert
      })
    },
    async learnedOf(alertId) {
      const row = alerts.get(alertId)
      if (row === undefined) return null
      return row.events
        .flatMap((key) => events.get(key) ?? [])
        .sort((a, b) => a.time - b.time || (a.key < b.key ? -1 : 1))
        .map(({ key, input, learned, verdict }) => {
          return { key, input, learned, verdict, said: row.alert.feedback?.verdict ?? null }
        })
    },
    async eventOf(uid) {
      const found = events
        .values()
        .filter(({ input }) => input.event.uid === uid)
        .sort((a, b) => b.time - a.time || (a.key < b.key ? 1 : -1))[0]
      if (found === undefined) return null
      const { key, input, learned, verdict } = found
      const own = alerts.values().find((row) => row.events.includes(key))
      return { key, input, learned, verdict, said: own?.alert.feedback?.verdict ?? null }
    },
    async settleEvent({ key, verdict, learned }) {
      const row = events.get(key)
      if (row === undefined) throw storeFailure('conflict', 'the event is gone')
      events.set(key, { ...row, verdict, learned })
    },
    async undoOf(alertId) {
      return alerts.get(alertId)?.undo ?? null
    },
    async alertsAbout(entities, since, limit) {
      return alerts
        .values()
        .filter(({ alert }) => entities.includes(alert.entity))
        .filter(({ alert }) => alert.last_seen >= since && alert.withdrawn === undefined)
        .sort((a, b) => b.alert.last_seen - a.alert.last_seen || (a.alert.id < b.alert.id ? 1 : -1))
        .slice(0, limit)
        .flatMap(({ alert, group, shown, profileBefore }) => {
          const event = events.get(shown)
          if (event === undefined) return []
          return { alert, group, input: event.input, verdict: event.verdict, profileBefore }
        })
    },
    async withdraw(alertIds, withdrawn) {
      return alertIds.flatMap((id) => {
        const row = alerts.get(id)
        const alert = row === undefined ? null : withdrawnAlert(row.alert, withdrawn)
        if (row === undefined || alert === null) return []
        alerts.set(id, { ...row, alert })
        return alert
      })
    },
    async settle(alertId, feedback, learned, undo) {
      const row = alerts.get(alertId)
      if (row === undefined) throw new Error(`there is no alert ${alertId}`)
      for (const [key, weight] of learned) {
        const event = events.get(key)
        if (event !== undefined) events.set(key, { ...event, learned: weight })
      }
      const alert = settledAlert(row.alert, feedback)
      alerts.set(alertId, { ...row, alert, undo })
      return alert
    },
    async erase(entity, note) {
      notes.push(note)
      gone.entities.add(entity)
      const letters = own.deadLetters
      return eraseIdentity({ events, profiles, alerts, checkpoints, letters }, entity, gone)
    },
  }

  return {
    batch,
    commit() {
      events.commit()
      profiles.commit()
      alerts.commit()
      incidents.commit()
      suppressionHits.commit()
      own.incidentNotes.push(...incidentNotes)
      checkpoints.commit()
      for (const key of gone.keys) own.firstReceived.delete(key)
      const letters = own.deadLetters.filter(({ id }) => !gone.letters.has(id))
      own.deadLetters.splice(0, own.deadLetters.length, ...letters)
      own.audit.push(...notes)
      eraseNews(own, gone.entities, gone.names)
      for (const notice of notices) {
        if (!own.outbox.notices.has(notice.key)) own.outbox.notices.set(notice.key, notice)
      }
      for (const entity of gone.entities) own.links.forget(entity)
      for (const body of deltas) {
        own.deltas.push({ writer: 'memory', number: numberOf(own) + 1, body })
      }
    },
  }
}

function tellByRank(
  alerts: Overlay<AlertRow>,
  raised: readonly RaisedAlert[],
  perDay: number,
  ofGroups?: ReadonlyMap<string, number>,
): readonly RaisedAlert[] {
  const wanting = raised.filter(wantsToBeTold)
  if (wanting.length === 0) return raised
  const ids = new Set(wanting.map(({ alert }) => alert.id))
  const told = alerts
    .values()
    .map(({ alert }) => alert)
    .filter(({ id, status }) => status !== 'kept_back' && status !== 'suppressed' && !ids.has(id))
  const { rationed, displaced } = ration(
    wanting.map(({ alert }) => alert),
    told,
    perDay,
    ofGroups,
  )
  for (const alert of [...rationed.map((one) => one.alert), ...displaced]) {
    const row = alerts.get(alert.id)
    if (row !== undefined) alerts.set(alert.id, { ...row, alert })
  }
  const news = new Map(rationed.map(({ alert, isNews }) => [alert.id, { alert, isNew: isNews }]))
  return [
    ...raised.map((one) => news.get(one.alert.id) ?? one),
    ...displaced.map((alert) => ({ alert, isNew: false })),
  ]
}

function raiseOne(
  alerts: Overlay<AlertRow>,
  events: Overlay<EventRow>,
  judged: JudgedEvent,
  demo: boolean,
): RaisedAlert {
  const { arriving, alert: draft, profileBefore } = judged
  const caseFile = judged.caseFile?.body ?? null
  if (draft === null) throw new Error('an event without a draft raises no alert')
  const open = joinedBy(
    alerts.values().filter((row) => row.group === draft.group && row.alert.status !== 'closed'),
    (row) => row.alert,
    arriving.event.time,
  )
  const closed =
    open === undefined ? precedentOf(closedOf(alerts, events, groupOf(draft)), judged) : undefined
  if (closed !== undefined) {
    const alert = grownAlert(closed.alert, judged)
    alerts.set(alert.id, { ...closed.row, alert, events: [...closed.row.events, arriving.key] })
    return { alert, isNew: false }
  }
  if (open === undefined) {
    const alert = newAlert(judged, demo)
    const own = [arriving.key]
    const { group, runbook } = draft
    const shown = arriving.key
    alerts.set(alert.id, { alert, group, runbook, shown, profileBefore, caseFile, events: own })
    return { alert, isNew: alert.status === 'open' }
  }
  const alert = grownAlert(open.alert, judged)
  const own = [...open.events, arriving.key]
  const stranger = judged.verdict.risk > open.alert.risk
  const shown = stranger ? { shown: arriving.key, profileBefore, caseFile } : {}
  alerts.set(alert.id, { ...open, ...shown, alert, events: own })
  return { alert, isNew: false }
}

/** Closed alerts of a group by their strangest events. */
function closedOf(
  alerts: Overlay<AlertRow>,
  events: Overlay<EventRow>,
  group: string,
): (Precedent & { readonly row: AlertRow })[] {
  return alerts.values().flatMap((row) => {
    const event = events.get(row.shown)
    if (row.group !== group || row.alert.status !== 'closed' || event === undefined) return []
    return { alert: row.alert, input: event.input, verdict: event.verdict, row }
  })
}

function sorted(checkpoints: readonly Checkpoint[]): readonly Checkpoint[] {
  return [...checkpoints].sort((a, b) => a.time - b.time)
}

/** A copy, as a database would give: what the caller does to its own afterwards is not stored. */
function inputOf({ event, context, entity }: ArrivingEvent): EnrichedEvent {
  return structuredClone({ event, context, entity })
}

function numberOf(own: TenantLedger): number {
  return own.deltas.at(-1)?.number ?? own.snapshot?.marks.get('memory') ?? 0
}

/** Rows that are set apart until the commit. */
export interface Overlay<Row> {
  get(key: string): Row | undefined
  set(key: string, row: Row): void
  delete(key: string): void
  values(): Row[]
  commit(): void
}

function overlay<Row>(base: Map<string, Row>): Overlay<Row> {
  const staged = new Map<string, Row | null>()
  const get = (key: string) => (staged.has(key) ? staged.get(key) : base.get(key)) ?? undefined
  return {
    get,
    set: (key, row) => {
      staged.set(key, row)
    },
    delete: (key) => {
      staged.set(key, null)
    },
    values: () => [...new Set([...base.keys(), ...staged.keys()])].flatMap((key) => get(key) ?? []),
    commit: () => {
      for (const [key, row] of staged) {
        if (row === null) base.delete(key)
        else base.set(key, row)
      }
    },
  }
}
