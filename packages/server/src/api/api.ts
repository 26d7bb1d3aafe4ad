import { randomUUID } from 'node:crypto'
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import websocket from '@fastify/websocket'
import Fastify, { type FastifyInstance, LogController } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { answerErrors } from './answer-errors.ts'
import { assessRoute } from './assess-route.ts'
import { guard } from './caller.ts'
import { channelRoutes } from './channels-routes.ts'
import { dashboard } from './dashboard.ts'
import { collectOpenApi, docsRoutes } from './docs.ts'
import { eventsRoute } from './events-route.ts'
import { healthRoutes } from './health-routes.ts'
import { incidentRoutes } from './incidents-routes.ts'
import { liveRoute } from './live-route.ts'
import { metricsRoute } from './metrics.ts'
import { modelRoutes } from './models-routes.ts'
import { outcomeRoute } from './outcome-route.ts'
import type { ApiParts } from './parts.ts'
import { predictRoute } from './predict-route.ts'
import { qualityRoutes } from './quality-routes.ts'
import { questionRoutes } from './questions-routes.ts'
import {
  alertRoutes,
  entityRoutes,
  erasureRoutes,
  eventRoutes,
  feedbackRoutes,
} from './reading-routes.ts'
import { sessionRoutes } from './session-routes.ts'
import { sourcesRoute } from './sources-route.ts'
import { tuningRoutes } from './tuning-routes.ts'

/** The HTTP and WebSocket interface over the given parts, of a worker health and metrics alone, ready to listen or to be asked by `inject`. */
export async function createApi(parts: ApiParts): Promise<FastifyInstance> {
  const { trustProxy } = parts.config
  const app: FastifyInstance = Fastify({
    loggerInstance: parts.log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: 1024 * 1024,
    onProtoPoisoning: 'remove',
    onConstructorPoisoning: 'remove',
    requestTimeout: 120_000,
    forceCloseConnections: 'idle',
    ...(trustProxy === undefined
      ? {}
      : { trustProxy: trustProxy.split(',').map((part) => part.trim()) }),
    routerOptions: { maxParamLength: 2_048 },
  })
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  answerErrors(app)
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
  app.addHook('onResponse', async (request, reply) => {
    // The path alone: a query may hold a sign-in token.
    const path = request.url.split('?', 1)[0]
    request.log.info(
      { method: request.method, path, status: reply.statusCode, ms: reply.elapsedTime },
      'answered',
    )
  })

  await app.register(helmet, securityHeaders(parts.config.publicUrl))
  await app.register(cookie)
  await app.register(rateLimit, { global: false })
  await app.register(websocket, { options: { maxPayload: 4_096 } })
  await collectOpenApi(app, parts.version)
  const door = guard(app, parts)

  await app.register(async (routes) => {
    const metrics = metricsRoute(routes, parts)
    healthRoutes(routes, parts)
    if (parts.config.role === 'worker') return
    sessionRoutes(routes, parts, door.forget)
    assessRoute(routes, parts, metrics)
    outcomeRoute(routes, parts)
    eventsRoute(routes, parts, metrics)
    predictRoute(routes, parts)
    alertRoutes(routes, parts)
    feedbackRoutes(routes, parts)
    eventRoutes(routes, parts)
    entityRoutes(routes, parts)
    erasureRoutes(routes, parts)
    modelRoutes(routes, parts)
    channelRoutes(routes, parts)
    sourcesRoute(routes, parts)
    incidentRoutes(routes, parts)
    qualityRoutes(routes, parts)
    tuningRoutes(routes, parts)
    questionRoutes(routes, parts)
    liveRoute(routes, parts, metrics)
  })
  await door.letIn(async () => {
    if (parts.config.role === 'worker') return
    await docsRoutes(app)
    await dashboard(app, parts.dashboard)
  })
  await app.ready()
  return app
}

function securityHeaders(publicUrl: string | undefined) {
  const secure = publicUrl?.startsWith('https:') ?? false
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        // The component library sets style attributes.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: secure,
    referrerPolicy: { policy: 'no-referrer' as const },
    xFrameOptions: { action: 'deny' as const },
  }
}
