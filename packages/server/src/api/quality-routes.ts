import { DetectionList, Quality, QualityQuery } from '@gatewatch/schema'
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { detectionsOf, qualityOf } from '../pipeline/quality.ts'
import { callerOf, READ } from './caller.ts'
import type { ApiParts } from './parts.ts'

const DAY_MS = 86_400_000

/** What is noticed, how often, and how right people found it. */
export function qualityRoutes(app: FastifyInstance, { reader, config, now }: ApiParts): void {
  const typed = app.withTypeProvider<ZodTypeProvider>()

  typed.get('/v1/detections', {
    config: { access: READ },
    schema: {
      tags: ['quality'],
      summary: 'Rules and habits, with what each noticed and what people said of it',
      querystring: QualityQuery,
      response: { 200: DetectionList },
    },
    handler: async (request) => {
      const { tenant } = callerOf(request)
      const { days } = request.query
      const since = now() - days * DAY_MS
      const found = await reader.findings(tenant, since)
      const alerts = await reader.alertsSince(tenant, since)
      return { days, events: found.events, detections: detectionsOf(found.codes, alerts) }
    },
  })

  typed.get('/v1/quality', {
    config: { access: READ },
    schema: {
      tags: ['quality'],
      summary: "Precision by people's verdicts, the alert budget, and the time to an answer",
      querystring: QualityQuery,
      response: { 200: Quality },
    },
    handler: async (request) => {
      const { tenant } = callerOf(request)
      const { days } = request.query
      const to = now()
      const from = to - (days - 1) * DAY_MS
      const since = Math.floor(from / DAY_MS) * DAY_MS
      const alerts = await reader.alertsSince(tenant, since)
      const answers = await reader.answers(tenant, since)
      return { days, ...qualityOf(alerts, answers, { from, to, perDay: config.alertsPerDay }) }
    },
  })
}
