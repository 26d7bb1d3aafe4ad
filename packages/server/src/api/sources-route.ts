import { SourceList, type SourceStatus } from '@gatewatch/schema'
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { StoredSource } from '../ports/sources.ts'
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

/** A stored source as it is shown at a moment (ms UTC). */
export function sourceStatus(source: StoredSource, now: number): SourceStatus {
  const { name, kind, added, last_read, last_event, events, unmapped, refused, error } = source
  return {
    name,
    kind,
    state: stateOf(source, now),
    added,
    last_read,
    lag_seconds: last_read === null ? null : Math.max(0, Math.round((now - last_read) / 1000)),
    last_event,
    events,
    unmapped,
    dead_letters: refused,
    error,
  }
}

function stateOf(source: StoredSource, now: number): SourceStatus['state'] {
  if (source.error !== null) return 'failing'
  if (source.kind === 'pubsub') return 'listening'
  if (source.held_until > now) return 'reading'
  return source.last_read === null ? 'new' : 'waiting'
}
