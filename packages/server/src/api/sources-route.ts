import { SourceList } from '@gatewatch/schema'
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { sourceStatus } from '../connectors/polling/source-status.ts'
import { callerOf, READ } from './caller.ts'
import type { ApiParts } from './parts.ts'

/** The configured sources and how they do; credentials are never among it. */
export function sourcesRoute(app: FastifyInstance, { sources, now }: ApiParts): void {
  app.withTypeProvider<ZodTypeProvider>().get('/v1/sources', {
    config: { access: READ },
    schema: {
      tags: ['events'],
      summary: 'Configured sources: state, last event, lag, what was not understood, last error',
      response: { 200: SourceList },
    },
    handler: async (request) => {
      const stored = await sources.list(callerOf(request).tenant)
      return { sources: stored.map((source) => sourceStatus(source, now())) }
    },
  })
}
