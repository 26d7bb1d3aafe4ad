import { entityRisk } from '@gatewatch/engine'
import {
  Alert,
  AlertPage,
  AlertQuery,
  AuditList,
  BulkFeedback,
  BulkFeedbackRequest,
  EntityDetail,
  EntityList,
  EntityRisk,
  Erasure,
  EventDetail,
  EventFacets,
  EventPage,
  EventQuery,
  FacetQuery,
  FeedbackEffect,
  FeedbackEffectQuery,
  FeedbackRequest,
  Overview,
} from '@gatewatch/schema'
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { fault } from '../errors.ts'
import { ADMINISTER, callerOf, JUDGE, READ } from './caller.ts'
import type { ApiParts } from './parts.ts'

const DAY_MS = 86_400_000
const byId = z.object({ id: z.string().min(1).max(512) })

/** Alerts: the list, one with everything needed to understand it, and what a person says of it. */
export function alertRoutes(app: FastifyInstance, parts: ApiParts): void {
  const { reader, pipeline } = parts
  const typed = app.withTypeProvider<ZodTypeProvider>()

  typed.get('/v1/alerts', {
    config: { access: READ },
    schema: {
      tags: ['alerts'],
      summary: 'Alerts, newest first',
      querystring: AlertQuery,
      response: { 200: AlertPage },
    },
    handler: (request) => reader.alerts(callerOf(request).tenant, request.query),
  })

  typed.get('/v1/alerts/:id', {
    config: { access: READ },
    schema: {
      tags: ['alerts'],
      summary: 'One alert, with explanation, habits and raw record',
      params: byId,
      response: { 200: Alert },
    },
    handler: async (request) => {
      const { id } = request.params
      const alert = await pipeline.alert(callerOf(request).tenant, id)
      if (alert === null) throw fault('not_found', `There is no alert ${id}.`)
      return alert
    },
  })

  typed.post('/v1/alerts/:id/feedback', {
    config: { access: JUDGE },
    schema: {
      tags: ['alerts'],
      summary: 'Judge an alert',
      description:
        'compromised unlearns what the event taught, safe learns it at full weight, dismissed closes the alert and learns nothing.',
      params: byId,
      body: FeedbackRequest,
      response: { 200: Alert },
    },
    handler: async (request) => {
      const { tenant, name } = callerOf(request)
      const feedback = { ...request.body, by: name, time: parts.now() }
      const alert = await pipeline.feedback(tenant, request.params.id, feedback)
      if (alert === null) throw fault('not_found', `There is no alert ${request.params.id}.`)
      return alert
    },
  })
}

/** What people say of alerts: of many at once, and taken back. */
export function feedbackRoutes(app: FastifyInstance, { pipeline, now }: ApiParts): void {
  const typed = app.withTypeProvider<ZodTypeProvider>()

  typed.delete('/v1/alerts/:id/feedback', {
    config: { access: JUDGE },
    schema: {
      tags: ['alerts'],
      summary: 'Take back what was said of an alert',
      description:
        'As if it had not been said: what was learned or taken back for it is set right, and the alert is open again.',
      params: byId,
      response: { 200: Alert },
    },
    handler: async (request) => {
      const { id } = request.params
      const alert = await pipeline.takeBack(callerOf(request).tenant, id)
      if (alert === null) throw fault('not_found', `There is no alert ${id}.`)
      return alert
    },
  })

  typed.get('/v1/alerts/:id/feedback/effect', {
    config: { access: READ },
    schema: {
      tags: ['alerts'],
      summary: 'What a verdict on an alert changed, or would change',
      description:
        'Against no verdict at all: what is learned, the risk, alerts raised, withdrawn, prevented and hidden. Without `verdict`, of the one that was given; where none was, there is nothing here.',
      params: byId,
      querystring: FeedbackEffectQuery,
      response: { 200: FeedbackEffect },
    },
    handler: async (request) => {
      const { id } = request.params
      const asked = request.query.verdict ?? null
      const effect = await pipeline.feedbackEffect(callerOf(request).tenant, id, asked)
      if (effect === null) {
        throw fault(
          'not_found',
          `There is no alert ${id}, or nobody has judged it; ask with ?verdict=safe for what that would do.`,
        )
      }
      return effect
    },
  })

  typed.post('/v1/feedback', {
    config: { access: JUDGE },
    schema: {
      tags: ['alerts'],
      summary: 'Judge many alerts with one verdict',
      description:
        'One transaction each, in the order given; alerts that are not there are named in `missing`.',
      body: BulkFeedbackRequest,
      response: { 200: BulkFeedback },
    },
    handler: async (request) => {
      const { tenant, name: by } = callerOf(request)
      const { alerts, ...said } = request.body
      const judged: string[] = []
      const missing: string[] = []
      for (const id of new Set(alerts)) {
        const alert = await pipeline.feedback(tenant, id, { ...said, by, time: now() })
        if (alert === null) missing.push(id)
        else judged.push(id)
      }
      return { judged, missing }
    },
  })
}

/** Stored events with their verdicts, and the numbers of the first screen. */
export function eventRoutes(app: FastifyInstance, { reader, now }: ApiParts): void {
  const typed = app.withTypeProvider<ZodTypeProvider>()

  typed.get('/v1/overview', {
    config: { access: READ },
    schema: {
      tags: ['events'],
      summary: 'What the first screen shows',
      response: { 200: Overview },
    },
    handler: async (request) => {
      const { tenant, demo } = callerOf(request)
      return { demo, ...(await reader.overview(tenant, now())) }
    },
  })

  typed.get('/v1/events', {
    config: { access: READ },
    schema: {
      tags: ['events'],
      summary: 'Events with their verdicts, newest first',
      querystring: EventQuery,
      response: { 200: EventPage },
    },
    handler: (request) => reader.events(callerOf(request).tenant, request.query),
  })

  typed.get('/v1/facets', {
    config: { access: READ },
    schema: {
      tags: ['events'],
      summary: 'How many events have which values, and when they were',
      description:
        'Of the events that GET /v1/events lists with the same query. Counts at most the 200,000 newest of them and says so.',
      querystring: FacetQuery,
      response: { 200: EventFacets },
    },
    handler: (request) => {
      const { to = now(), from = to - DAY_MS, ...query } = request.query
      if (from >= to) throw fault('invalid_request', 'from must be before to')
      return reader.facets(callerOf(request).tenant, { ...query, from, to })
    },
  })

  typed.get('/v1/events/:uid', {
    config: { access: READ },
    schema: {
      tags: ['events'],
      summary: 'One event with context and full explanation',
      params: z.object({ uid: z.string().min(1).max(512) }),
      response: { 200: EventDetail },
    },
    handler: async (request) => {
      const detail = await reader.event(callerOf(request).tenant, request.params.uid)
      if (detail === null) throw fault('not_found', `There is no event ${request.params.uid}.`)
      return detail
    },
  })
}

/** Identities: search, habits, and risk with what raised it. Ids are URL-encoded keys such as user%3Aada%40example.com. */
export function entityRoutes(app: FastifyInstance, parts: ApiParts): void {
  const { reader, pipeline, now } = parts
  const typed = app.withTypeProvider<ZodTypeProvider>()

  typed.get('/v1/entities', {
    config: { access: READ },
    schema: {
      tags: ['entities'],
      summary: 'Identities, last seen first',
      querystring: z.strictObject({
        search: z.string().max(320).optional().describe('part of the name or key'),
        limit: z.coerce.number().int().min(1).max(500).default(50),
      }),
      response: { 200: EntityList },
    },
    handler: async (request) => {
      const { search, limit } = request.query
      const query = search === undefined ? { limit } : { search, limit }
      const entities = await reader.entities(callerOf(request).tenant, query)
      return {
        entities: entities.map(({ entity, lastSeen, openAlerts }) => ({
          ...entity,
          last_seen: lastSeen,
          open_alerts: openAlerts,
        })),
      }
    },
  })

  typed.get('/v1/entities/:id', {
    config: { access: READ },
    schema: {
      tags: ['entities'],
      summary: 'What one identity usually does',
      params: byId,
      response: { 200: EntityDetail },
    },
    handler: async (request) => {
      const { tenant } = callerOf(request)
      const key = request.params.id
      const [known, contributions, page] = await Promise.all([
        pipeline.entity(tenant, key),
        reader.riskContributions(tenant, key),
        reader.events(tenant, { entity: key, limit: 50 }),
      ])
      if (known === null) throw unknownEntity(key)
      return {
        entity: known.entity,
        risk: entityRisk(contributions, now()).risk,
        habits: known.habits,
        open_alerts: known.openAlerts,
        recent: page.events,
      }
    },
  })

  typed.get('/v1/entities/:id/risk', {
    config: { access: READ },
    schema: {
      tags: ['entities'],
      summary: 'Risk 0-100 of one identity, with what raised it',
      params: byId,
      response: { 200: EntityRisk },
    },
    handler: async (request) => {
      const { tenant } = callerOf(request)
      const key = request.params.id
      if ((await reader.entity(tenant, key)) === null) throw unknownEntity(key)
      const contributions = await reader.riskContributions(tenant, key)
      const asOf = now()
      const { contributions: decayed, ...risk } = entityRisk(contributions, asOf)
      return { entity: key, as_of: asOf, ...risk, contributions: [...decayed] }
    },
  })
}

/** Erasing an identity, and who did. */
export function erasureRoutes(app: FastifyInstance, { reader, pipeline }: ApiParts): void {
  const typed = app.withTypeProvider<ZodTypeProvider>()

  typed.delete('/v1/entities/:id', {
    config: { access: ADMINISTER },
    schema: {
      tags: ['entities'],
      summary: 'Erase one identity from everything that is stored',
      description:
        'Takes out its habits, events, records, alerts and risk, its part in what the organisation knows, and its name in what is stored of others. Cannot be undone. Its next event begins anew.',
      params: byId,
      response: { 200: Erasure },
    },
    handler: async (request) => {
      const { tenant, name } = callerOf(request)
      const key = request.params.id
      const erasure = await pipeline.erase(tenant, key, name)
      if (erasure === null) throw unknownEntity(key)
      return erasure
    },
  })

  typed.get('/v1/audit', {
    config: { access: ADMINISTER },
    schema: {
      tags: ['entities'],
      summary: 'What was erased, without saying whom, and what was tuned, newest first',
      querystring: z.strictObject({ limit: z.coerce.number().int().min(1).max(500).default(50) }),
      response: { 200: AuditList },
    },
    handler: async (request) => {
      const notes = await reader.audit(callerOf(request).tenant, request.query.limit)
      return { notes: [...notes] }
    },
  })
}

function unknownEntity(key: string) {
  return fault('not_found', `There is no identity ${key}. GET /v1/entities?search= finds its key.`)
}
