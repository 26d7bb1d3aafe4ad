import {
  IncidentChange,
  IncidentComment,
  IncidentDetail,
  IncidentPage,
  IncidentQuery,
} from '@gatewatch/schema'
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { callerOf, JUDGE, READ } from './caller.ts'
import type { ApiParts } from './parts.ts'

const byId = z.object({ id: z.string().min(1).max(512) })
const tags = ['incidents']

/** Incidents: alerts that belong together, with their story, and what people do about them. */
export function incidentRoutes(app: FastifyInstance, { incidents }: ApiParts): void {
  const typed = app.withTypeProvider<ZodTypeProvider>()

  typed.get('/v1/incidents', {
    config: { access: READ },
    schema: {
      tags,
      summary: 'Incidents, newest first',
      querystring: IncidentQuery,
      response: { 200: IncidentPage },
    },
    handler: (request) => incidents.list(callerOf(request).tenant, request.query),
  })

  typed.get('/v1/incidents/:id', {
    config: { access: READ },
    schema: {
      tags,
      summary: 'One incident: its alerts, its events in order across sources, its history',
      params: byId,
      querystring: z.strictObject({
        since: z.coerce.number().optional().describe('only history after this time, ms'),
      }),
      response: { 200: IncidentDetail },
    },
    handler: (request) =>
      incidents.get(callerOf(request).tenant, request.params.id, request.query.since),
  })

  typed.patch('/v1/incidents/:id', {
    config: { access: JUDGE },
    schema: {
      tags,
      summary: 'Take an incident up, hand it to somebody, or close it with a verdict',
      description:
        'Closing judges every alert of it that nobody has judged, with all that follows.',
      params: byId,
      body: IncidentChange,
      response: { 200: IncidentDetail },
    },
    handler: (request) => {
      const { tenant, name } = callerOf(request)
      return incidents.change(tenant, request.params.id, request.body, name)
    },
  })

  typed.post('/v1/incidents/:id/comments', {
    config: { access: JUDGE },
    schema: {
      tags,
      summary: 'Say something about an incident',
      params: byId,
      body: IncidentComment,
      response: { 200: IncidentDetail },
    },
    handler: (request) => {
      const { tenant, name } = callerOf(request)
      return incidents.comment(tenant, request.params.id, request.body.text, name)
    },
  })
}
