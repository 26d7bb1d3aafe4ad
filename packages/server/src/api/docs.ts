import { createHash } from 'node:crypto'
import swagger from '@fastify/swagger'
import apiReference from '@scalar/fastify-api-reference'
import type { FastifyInstance } from 'fastify'
import { jsonSchemaTransform } from 'fastify-type-provider-zod'

const description = `Gatewatch watches sign-ins and cloud activity and says how unusual an event is, why, and what to do.

Send \`Authorization: Bearer gw_...\` (make a key with \`gatewatch keys create\`), or sign in to the dashboard. Errors are \`{"error": {"code", "message", "details"}}\`; codes are stable. Every answer carries \`x-request-id\`.

\`WebSocket /v1/live\` tells of verdicts and alerts as they are committed, for the same callers as \`GET /v1/alerts\`; each message is a LiveMessage as JSON, the first a hello.`

/** Collects the routes registered after it for the OpenAPI document. */
export async function collectOpenApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Gatewatch', version, description },
      components: {
        securitySchemes: {
          key: { type: 'http', scheme: 'bearer', description: 'an API key, gw_...' },
          session: { type: 'apiKey', in: 'cookie', name: 'gatewatch_session' },
        },
      },
      security: [{ key: [] }, { session: [] }],
    },
    transform: jsonSchemaTransform,
  })
}

/** `/openapi.json`, and the same to read at `/docs`, which loads nothing from elsewhere. */
export async function docsRoutes(app: FastifyInstance): Promise<void> {
  app.get('/openapi.json', {
    config: { access: 'open' },
    schema: { hide: true },
    handler: async () => app.swagger(),
  })
  await app.register(async (scope) => {
    scope.addHook('onSend', async (_request, reply, payload) => {
      if (typeof payload !== 'string' || !isPage(reply.getHeader('content-type'))) return
      // The page starts itself with a script of its own, which is let in by its hash.
      const policy = String(reply.getHeader('content-security-policy'))
      const own = ["script-src 'self'", ...inlineScripts(payload)].join(' ')
      reply.header('content-security-policy', policy.replace("script-src 'self'", own))
    })
    await scope.register(apiReference, {
      routePrefix: '/docs',
      configuration: {
        url: '/openapi.json',
        withDefaultFonts: false,
        telemetry: false,
        favicon: '/favicon.svg',
        showDeveloperTools: 'never',
        hideClientButton: true,
        agent: { disabled: true },
        mcp: { disabled: true },
      },
    })
  })
}

function isPage(type: unknown): boolean {
  return String(type).startsWith('text/html')
}

/** CSP source expressions of the scripts written into a page. */
function inlineScripts(page: string): string[] {
  return [...page.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(
    ([, script = '']) => {
      return `'sha256-${createHash('sha256').update(script).digest('base64')}'`
    },
  )
}
