import {
  DriftReport,
  ModelComparison,
  ModelDecision,
  ModelDetail,
  ModelList,
} from '@gatewatch/schema'
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { ADMINISTER, callerOf, READ } from './caller.ts'
import type { ApiParts } from './parts.ts'

const number = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER)
const byVersion = z.object({ version: number })

/** The models that judge: versions and why they are where they are, promotion, rollback, and drift. */
export function modelRoutes(app: FastifyInstance, { pipeline }: ApiParts): void {
  const { models } = pipeline
  const typed = app.withTypeProvider<ZodTypeProvider>()

  typed.get('/v1/models', {
    config: { access: READ },
    schema: {
      tags: ['models'],
      summary: 'Versions of the fitted models, newest first, and what happened to them',
      response: { 200: ModelList },
    },
    handler: (request) => models.list(callerOf(request).tenant),
  })

  typed.get('/v1/models/:version', {
    config: { access: READ },
    schema: {
      tags: ['models'],
      summary: 'One version: what it was made of, its comparison, gates, outcomes and notes',
      params: byVersion,
      response: { 200: ModelDetail },
    },
    handler: (request) => models.explain(callerOf(request).tenant, request.params.version),
  })

  typed.get('/v1/models/:version/compare', {
    config: { access: READ },
    schema: {
      tags: ['models'],
      summary: 'A version beside the active one, or another, on the sign-ins that are kept now',
      params: byVersion,
      querystring: z.strictObject({
        with: number.optional().describe('default: the active version'),
      }),
      response: { 200: ModelComparison },
    },
    handler: (request) =>
      models.compare(callerOf(request).tenant, request.params.version, request.query.with),
  })

  typed.post('/v1/models/:version/promote', {
    config: { access: ADMINISTER },
    schema: {
      tags: ['models'],
      summary: 'Make a version the active one, whatever the gates say',
      params: byVersion,
      body: ModelDecision,
      response: { 200: ModelDetail },
    },
    handler: (request) => {
      const { tenant, name } = callerOf(request)
      return models.promote(tenant, request.params.version, name, request.body.reason)
    },
  })

  typed.post('/v1/models/rollback', {
    config: { access: ADMINISTER },
    schema: {
      tags: ['models'],
      summary: 'Make the version active again that the active one replaced',
      description: 'Answers the version that was rolled back, which is refused from now on.',
      body: ModelDecision,
      response: { 200: ModelDetail },
    },
    handler: (request) => {
      const { tenant, name } = callerOf(request)
      return models.rollBack(tenant, name, request.body.reason)
    },
  })

  typed.get('/v1/drift', {
    config: { access: READ },
    schema: {
      tags: ['models'],
      summary: 'How far what comes now is from what the active version was fitted on',
      response: { 200: DriftReport },
    },
    handler: (request) => models.drift(callerOf(request).tenant),
  })
}
