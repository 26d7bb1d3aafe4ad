import { validate } from '@scalar/openapi-parser'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { memoryStorage } from '../adapters/memory/memory.ts'
import { openNetworks } from '../adapters/networks/networks.ts'
import { createVault } from '../adapters/vault.ts'
import { assemble } from '../app.ts'
import { createLog } from '../app-database.ts'
import { createIntake } from '../app-intake.ts'
import { readConfig } from '../config.ts'

describe('the description of the API', () => {
  let api: FastifyInstance
  let close: () => Promise<void>

  beforeAll(async () => {
    const database = {
      storage: memoryStorage(Date.now),
      ping: async () => Date.now(),
      vault: createVault(Buffer.alloc(32)),
    }
    const networks = await openNetworks({}, Date.now, () => {})
    const intake = createIntake({ places: null, networks })
    const config = readConfig({}, {})
    const assembled = await assemble(config, database, intake, createLog('silent'), null)
    api = assembled.api
    close = assembled.close
  })
  afterAll(() => close())

  it('is a valid OpenAPI document', async () => {
    const answer = await api.inject('/openapi.json')
    const { valid, errors } = await validate(answer.body)
    expect(errors ?? []).toEqual([])
    expect(valid).toBe(true)
  })

  it('tells of every route, with a summary and what it answers', async () => {
    const { paths } = (await api.inject('/openapi.json')).json()
    expect(Object.keys(paths).sort()).toEqual([
      '/health',
      '/livez',
      '/metrics',
      '/predict',
      '/readyz',
      '/signin',
      '/v1/alerts',
      '/v1/alerts/{id}',
      '/v1/alerts/{id}/feedback',
      '/v1/alerts/{id}/feedback/effect',
      '/v1/alerts/{id}/questions',
      '/v1/assess',
      '/v1/assess/{uid}/outcome',
      '/v1/audit',
      '/v1/channels',
      '/v1/channels/{id}',
      '/v1/channels/{id}/deliveries',
      '/v1/channels/{id}/retry',
      '/v1/channels/{id}/test',
      '/v1/detections',
      '/v1/drift',
      '/v1/entities',
      '/v1/entities/{id}',
      '/v1/entities/{id}/risk',
      '/v1/events',
      '/v1/events/{uid}',
      '/v1/facets',
      '/v1/feedback',
      '/v1/hooks/okta',
      '/v1/hooks/pubsub/{tenant}/{name}',
      '/v1/hooks/webhook/{tenant}/{name}',
      '/v1/incidents',
      '/v1/incidents/{id}',
      '/v1/incidents/{id}/comments',
      '/v1/models',
      '/v1/models/rollback',
      '/v1/models/{version}',
      '/v1/models/{version}/compare',
      '/v1/models/{version}/promote',
      '/v1/overview',
      '/v1/quality',
      '/v1/session',
      '/v1/sources',
      '/v1/tuning',
      '/v1/tuning/preview',
      '/v1/tuning/proposals',
      '/v1/tuning/versions/{version}',
      '/was-this-you',
    ])
    for (const [path, methods] of Object.entries<Record<string, { summary?: string }>>(paths)) {
      for (const [method, { summary }] of Object.entries(methods)) {
        expect(summary, `${method} ${path}`).toBeTypeOf('string')
      }
    }
  })

  it('is read at /docs, whose scripts all come from here', async () => {
    const page = await api.inject('/docs/')
    expect(page.statusCode).toBe(200)
    const sources = [...page.body.matchAll(/<script[^>]+src="([^"]+)"/g)].map(
      ([, src]) => src ?? '',
    )
    expect(sources.length).toBeGreaterThan(0)
    for (const src of sources) {
      expect(src).not.toMatch(/^(https?:)?\/\//)
      const path = new URL(src, 'http://localhost/docs/').pathname
      expect((await api.inject(path)).statusCode).toBe(200)
    }
  })
})
