import { Health } from '@gatewatch/schema'
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ApiParts } from './parts.ts'

const alive = z.object({ status: z.literal('alive') })
const ready = z.object({ status: z.enum(['ready', 'not_ready']) })

/** Is it running, and can it work? No key needed; nothing is said about tenants. */
export function healthRoutes(app: FastifyInstance, parts: ApiParts): void {
  const typed = app.withTypeProvider<ZodTypeProvider>()
  const started = parts.now()

  typed.get('/health', {
    config: { access: 'open' },
    schema: { tags: ['health'], summary: 'State of the parts', response: { 200: Health } },
    handler: async () => {
      const up = await databaseAnswers(parts)
      return {
        status: up ? ('healthy' as const) : ('degraded' as const),
        version: parts.version,
        uptime_seconds: Math.round((parts.now() - started) / 1000),
        database: up ? ('up' as const) : ('down' as const),
        demo: parts.config.demo,
      }
    },
  })

  typed.get('/livez', {
    config: { access: 'open', budget: 'none' },
    schema: { tags: ['health'], summary: 'Is the process alive?', response: { 200: alive } },
    handler: async () => ({ status: 'alive' as const }),
  })

  typed.get('/readyz', {
    config: { access: 'open', budget: 'none' },
    schema: {
      tags: ['health'],
      summary: 'Can it take work? 503 while the database is away',
      response: { 200: ready, 503: ready },
    },
    handler: async (_request, reply) => {
      if (await databaseAnswers(parts)) return { status: 'ready' as const }
      return reply.code(503).send({ status: 'not_ready' as const })
    },
  })
}

async function databaseAnswers({ pingDatabase }: ApiParts): Promise<boolean> {
  try {
    await pingDatabase()
    return true
  } catch {
    return false
  }
}
