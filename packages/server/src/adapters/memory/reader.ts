import { entityRisk, STATED_RISK } from '@gatewatch/engine'
import type { AlertSummary, FacetQuery, Overview } from '@gatewatch/schema'
import { fault } from '../../errors.ts'
import { CONTRIBUTES_MS, confirmedContribution, contributionOf } from '../../ports/contribution.ts'
import { type Cursor, readCursor, writeCursor } from '../../ports/cursor.ts'
import { eventFacets, FACETED, facetsOf, stepOf, wantedFacets } from '../../ports/facets.ts'
import { holdsText, queuePlace } from '../../ports/queue-order.ts'
import { COUNTED_ALERTS, type Reader } from '../../ports/reader.ts'
import type { TenantId } from '../../ports/store.ts'
import { summarise } from '../../ports/summary.ts'
import type { EventRow, Ledger, TenantLedger } from './ledger.ts'
import { memoryOverview } from './overview.ts'

/** How many of an identity's newest events are read for the names of what it learned. */
const RECENT = 200
const HOUR_MS = 3_600_000

/** Reads what the memory store committed. */
export function memoryReader(ledger: Ledger, clock: () => number): Reader {
  const newestEvents = (own: TenantLedger, entity?: string): EventRow[] =>
    [...own.events.values()]
      .filter((row) => entity === undefined || row.input.entity.key === entity)
      .sort((a, b) => newestFirst(a.time, a.key, b.time, b.key))

  const fittingEvents = (tenant: TenantId, query: FacetQuery): EventRow[] => {
    const { entity, min_risk, from, to, ip } = query
    const wanted = wantedFacets(query)
    return newestEvents(ledger.of(tenant), entity).filter(({ time, input, verdict }) => {
      const facets = facetsOf(input, verdict)
      return (
        (min_risk === undefined || verdict.risk >= min_risk) &&
        (from === undefined || time >= from) &&
        (to === undefined || time < to) &&
        (ip === undefined || input.event.src.ip === ip) &&
        wanted.every(([facet, value]) => facets[facet] === value)
      )
    })
  }

  /** What raises an identity's risk: its events but those that were found safe, and what was called compromised. */
  const contributions = (own: TenantLedger, entity: string) => {
    const since = clock() - CONTRIBUTES_MS
    const judged = [...own.alerts.values()].filter(({ alert }) => alert.feedback !== undefined)
    const safe = new Set(
      judged.flatMap(({ alert, events }) => (alert.feedback?.verdict === 'safe' ? events : [])),
    )
    const found = newestEvents(own, entity)
      .filter((row) => row.time >= since && !safe.has(row.key))
      .flatMap((row) => contributionOf(summarise(row.input, row.verdict)) ?? [])
    const confirmed = judged
      .filter(({ alert }) => alert.entity === entity)
      .flatMap(({ alert, shown }) => {
        const uid = own.events.get(shown)?.input.event.uid ?? alert.id
        return confirmedContribution(alert, uid) ?? []
      })
      .filter(({ time }) => time >= since)
    return [...found, ...confirmed].sort((a, b) => b.time - a.time)
  }

  return {
    async alerts(tenant, query) {
      const { limit, cursor, status, severity, entity, search, sort = 'newest' } = query
      const all = [...ledger.of(tenant).alerts.values()].map(({ alert }) => alert)
      const fitting = all
        .filter((alert) => status === undefined || alert.status === status)
        .filter((alert) => severity === undefined || alert.severity === severity)
        .filter((alert) => entity === undefined || alert.entity === entity)
        .filter((alert) => search === undefined || holdsText(alert, search))
        .sort((a, b) => newestFirst(queuePlace(a, sort), a.id, queuePlace(b, sort), b.id))
      const place = (alert: AlertSummary) => ({ time: queuePlace(alert, sort), id: alert.id })
      const { rows, next } = page(fitting, place, limit, cursor)
      const of = (status: AlertSummary['status']) =>
        all.filter((alert) => alert.status === status).length
      const counts = {
        total_open: of('open'),
        total_kept_back: of('kept_back'),
        total_suppressed: of('suppressed'),
      }
      return { alerts: rows, ...counts, ...next }
    },
    async alert(tenant, id) {
      const own = ledger.of(tenant)
      const row = own.alerts.get(id)
      const shown = own.events.get(row?.shown ?? '')
      if (row === undefined || shown === undefined) return null
      const { event, context } = shown.input
      const related = row.events
        .flatMap((key) => (key === row.shown ? [] : (own.events.get(key) ?? [])))
        .sort((a, b) => newestFirst(a.time, a.key, b.time, b.key))
        .slice(0, 50)
        .map(({ verdict }) => verdict)
      return {
        alert: {
          ...row.alert,
          event,
          context,
          verdict: shown.verdict,
          ...rawText(shown),
          related,
          runbook: row.runbook,
        },
        profileBefore: row.profileBefore,
        caseFile: row.caseFile,
      }
    },
    async events(tenant, query) {
      const place = (row: EventRow) => ({ time: row.time, id: row.key })
      const { rows, next } = page(fittingEvents(tenant, query), place, query.limit, query.cursor)
      return { events: rows.map((row) => summarise(row.input, row.verdict)), ...next }
    },
    async facets(tenant, query) {
      const rows = fittingEvents(tenant, query).slice(0, FACETED)
      const step = stepOf(query.from, query.to)
      const buckets = Map.groupBy(rows, ({ time }) => time - (time % step))
      return eventFacets(query, {
        values: rows.map(({ input, verdict }) => ({ facets: facetsOf(input, verdict), events: 1 })),
        times: [...buckets].map(([time, own]) => ({
          time,
          events: own.length,
          high_risk: own.filter(({ verdict }) => verdict.risk >= 75).length,
        })),
      })
    },
    async event(tenant, uid) {
      const row = newestEvents(ledger.of(tenant)).find(({ input }) => input.event.uid === uid)
      if (row === undefined) return null
      const { event, context } = row.input
      return { event, context, verdict: row.verdict, ...rawText(row) }
    },
    async entity(tenant, key) {
      const own = ledger.of(tenant)
      const row = own.profiles.get(key)
      if (row === undefined) return null
      const recent = newestEvents(own, key)
        .slice(0, RECENT)
        .map(({ input }) => input)
      return { entity: row.entity, profile: row.body, recent, openAlerts: openAlerts(own, key) }
    },
    async entities(tenant, { search, limit }) {
      const own = ledger.of(tenant)
      const wanted = (search ?? '').toLowerCase()
      return [...own.profiles.values()]
        .filter(
          ({ entity }) =>
            entity.key.toLowerCase().includes(wanted) || entity.name.toLowerCase().includes(wanted),
        )
        .sort((a, b) => newestFirst(a.lastTime, b.entity.key, b.lastTime, a.entity.key))
        .slice(0, limit)
        .map(({ entity, lastTime }) => ({
          entity,
          lastSeen: lastTime,
          openAlerts: openAlerts(own, entity.key),
        }))
    },
    async riskContributions(tenant, entity) {
      return contributions(ledger.of(tenant), entity)
    },
    async past(tenant, { from, to, which, before, limit }) {
      const own = ledger.of(tenant)
      const alerted = new Set([...own.alerts.values()].flatMap(({ events }) => events))
      return newestEvents(own)
        .filter(({ time }) => time >= from && time < to)
        .filter(({ key, verdict }) => {
          if (which === 'sign_ins') return verdict.kind === 'authentication'
          return which === 'all' || verdict.risk >= STATED_RISK || alerted.has(key)
        })
        .filter((row) => {
          if (before === undefined) return true
          const isAfter = newestFirst(before.time, before.key, row.time, row.key) < 0
          return isAfter && row.key !== before.key
        })
        .slice(0, limit)
        .map(({ key, input, verdict }) => ({ key, input, verdict }))
    },
    async compromised(tenant, since) {
      return [...ledger.of(tenant).alerts.values()]
        .filter(({ alert }) => alert.feedback?.verdict === 'compromised')
        .filter(({ alert }) => alert.last_seen >= since)
        .map(({ alert, events }) => ({ alert, events }))
    },
    async audit(tenant, limit) {
      return ledger.of(tenant).audit.toReversed().slice(0, limit)
    },
    async alertsSince(tenant, since) {
      return [...ledger.of(tenant).alerts.values()]
        .map(({ alert }) => alert)
        .filter((alert) => alert.first_seen >= since)
        .sort((a, b) => newestFirst(a.last_seen, a.id, b.last_seen, b.id))
        .slice(0, COUNTED_ALERTS)
    },
    async findings(tenant, since) {
      const own = ledger.of(tenant)
      const hour = Math.floor(since / HOUR_MS) * HOUR_MS
      const found = newestEvents(own)
        .filter(({ time }) => time >= since)
        .flatMap((row) => {
          const contribution = contributionOf(summarise(row.input, row.verdict))
          return contribution === null ? [] : [{ ...contribution, entity: row.input.entity.key }]
        })
      const codes = [...Map.groupBy(found, ({ code }) => code)].map(([code, all]) => ({
        code,
        events: all.length,
        entities: new Set(all.map(({ entity }) => entity)).size,
      }))
      return {
        events: newestEvents(own).filter(({ time }) => time >= hour).length,
        codes: codes.sort((a, b) => (a.code < b.code ? -1 : 1)),
      }
    },
    async answers(tenant, since) {
      const own = ledger.of(tenant)
      return [...own.incidents.values()]
        .map(({ incident }) => incident)
        .filter(({ hidden, first_seen }) => !hidden && first_seen >= since)
        .sort((a, b) => a.first_seen - b.first_seen)
        .map(({ id, first_seen }) => {
          const answers = own.incidentNotes.flatMap(({ incident, by, time }) =>
            incident === id && by !== 'gatewatch' ? [time] : [],
          )
          return { raised: first_seen, answered: answers.length > 0 ? Math.min(...answers) : null }
        })
    },
    async overview(tenant, now) {
      const own = ledger.of(tenant)
      return { ...memoryOverview(own, now), top_entities: topEntities(own, now) }
    },
  }

  function topEntities(own: TenantLedger, now: number): Overview['top_entities'] {
    return [...own.profiles.values()]
      .map(({ entity }) => ({
        entity: entity.key,
        entity_name: entity.name,
        risk: entityRisk(contributions(own, entity.key), now).risk,
        alerts: openAlerts(own, entity.key),
      }))
      .filter(({ risk }) => risk > 0)
      .sort((a, b) => b.risk - a.risk)
      .slice(0, 10)
  }
}

function openAlerts(own: TenantLedger, entity: string): number {
  return [...own.alerts.values()].filter(
    ({ alert }) => alert.status === 'open' && alert.entity === entity,
  ).length
}

function rawText({ raw }: EventRow): { raw?: string } {
  return raw === null ? {} : { raw: new TextDecoder().decode(raw) }
}

/** Order of lists: by time, then id, both descending. */
export function newestFirst(timeA: number, idA: string, timeB: number, idB: string): number {
  return timeB - timeA || (idA < idB ? 1 : -1)
}

/** One page of sorted rows, and where the next begins; a cursor that is none is a fault. */
export function page<Row>(
  sorted: readonly Row[],
  place: (row: Row) => Cursor,
  limit: number,
  cursor: string | undefined,
): { rows: Row[]; next: { next_cursor?: string } } {
  const after = cursor === undefined ? null : readCursor(cursor)
  if (cursor !== undefined && after === null) throw fault('invalid_request', BAD_CURSOR)
  const rest = sorted.filter((row) => {
    if (after === null) return true
    const { time, id } = place(row)
    return time < after.time || (time === after.time && id < after.id)
  })
  const rows = rest.slice(0, limit)
  const last = rows.at(-1)
  const next = rest.length > limit && last !== undefined ? writeCursor(place(last)) : undefined
  return { rows, next: next === undefined ? {} : { next_cursor: next } }
}

const BAD_CURSOR = 'cursor is not one that a page before gave; leave it out for the first page'
