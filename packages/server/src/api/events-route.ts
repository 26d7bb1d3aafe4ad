import { EventInput, EventsResponse } from '@gatewatch/schema'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { isZone } from '../connectors/values/zone.ts'
import { fault } from '../errors.ts'
import { BODY_LIMIT, unpackBody } from './body.ts'
import { callerOf, SEND } from './caller.ts'
import type { Metrics } from './metrics.ts'
import type { ApiParts } from './parts.ts'
import { plainJson } from './plain-json.ts'
import { pubsubHook } from './pubsub-hook.ts'
import { takeBody } from './take-body.ts'
import { webhookHook } from './webhook-hook.ts'

/** `POST /v1/events` and `/v1/hooks/okta`: take many events at once and answer when they are durable. */
export function eventsRoute(app: FastifyInstance, parts: ApiParts, metrics: Metrics): void {
  const formats = ['auto', ...parts.intake.formats]
  // A scope of its own: only here is the body left as bytes, whatever it calls itself.
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    )
    scope.post<{
      Body: Buffer | null
      Querystring: { format?: string; backfill?: string; zone?: string }
    }>('/v1/events', {
      ...plainJson,
      bodyLimit: BODY_LIMIT,
      config: {
        access: SEND,
        budget: 'send',
      },
      schema: {
        tags: ['events'],
        summary: 'Send events',
        description:
          'A JSON array, one object, or one object a line (NDJSON); Content-Encoding: gzip is taken. Answers when what was accepted is durable. A line that cannot be understood is rejected with its reason, kept among the dead letters, and stops nothing. Sending the same again is safe.',
        consumes: ['application/json', 'application/x-ndjson'],
        querystring: z.object({
          format: z
            .enum(formats)
            .optional()
            .describe(
              'what the records are: canonical if not given, a vendor format, or auto to look',
            ),
          backfill: z
            .enum(['true', 'false'])
            .optional()
            .describe(
              'true: history, which teaches and raises no alerts; what is older than retention teaches without being stored',
            ),
          zone: z
            .string()
            .max(64)
            .optional()
            .describe(
              'where a log was written whose times name no zone, e.g. Europe/Oslo or +02:00; UTC if not given',
            ),
        }),
        body: z.union([z.array(EventInput), EventInput]),
        response: { 200: EventsResponse },
      },
      handler: async (request) => {
        const { tenant } = callerOf(request)
        const format = request.query.format ?? 'canonical'
        if (!formats.includes(format)) {
          throw fault(
            'invalid_request',
            `format: "${format}" is not known; use ${formats.join(', ')}.`,
          )
        }
        const backfill = request.query.backfill ?? 'false'
        if (backfill !== 'true' && backfill !== 'false') {
          throw fault('invalid_request', 'backfill: use true or false.')
        }
        const { zone } = request.query
        if (zone !== undefined && !isZone(zone)) {
          throw fault(
            'invalid_request',
            'zone: there is none of this name; use e.g. Europe/Oslo or +02:00.',
          )
        }
        if (request.body === null || request.body === undefined) throw fault('empty_body')
        const body = await unpackBody(request.body, request.headers['content-encoding'])
        const { answer } = await takeBody(
          parts,
          tenant,
          { format, history: backfill === 'true' ? Number.POSITIVE_INFINITY : 0, zone },
          body,
        )
        metrics.received(answer)
        return answer
      },
    })
    oktaHook(scope, parts, metrics)
    pubsubHook(scope, parts, metrics)
    webhookHook(scope, parts, metrics)
  })
}

const challenge = 'x-okta-verification-challenge'

/** An event hook of Okta: asked once with a challenge whether it is ours, then sent events. Either carries a key as every request does. */
function oktaHook(scope: FastifyInstance, parts: ApiParts, metrics: Metrics): void {
  const config = { access: SEND, budget: 'send' } as const
  scope.get('/v1/hooks/okta', {
    config,
    schema: {
      tags: ['events'],
      summary: 'Verify an event hook of Okta',
      description:
        'Okta asks once, with the header X-Okta-Verification-Challenge, whether a hook is ours.',
      response: { 200: z.object({ verification: z.string() }) },
    },
    handler: async (request) => {
      const said = request.headers[challenge]
      if (typeof said === 'string' && said !== '') return { verification: said }
      throw fault(
        'invalid_request',
        'The header X-Okta-Verification-Challenge is missing; Okta sends it.',
      )
    },
  })
  scope.post<{ Body: Buffer | null }>('/v1/hooks/okta', {
    ...plainJson,
    bodyLimit: BODY_LIMIT,
    config,
    schema: {
      tags: ['events'],
      summary: 'Take events from a hook of Okta',
      description: 'The body that Okta sends: its events stand in `data.events`.',
      consumes: ['application/json'],
      body: z.object({ data: z.object({ events: z.array(z.unknown()) }) }),
      response: { 200: EventsResponse },
    },
    handler: async (request) => {
      if (request.body === null || request.body === undefined) throw fault('empty_body')
      const body = await unpackBody(request.body, request.headers['content-encoding'])
      const { tenant } = callerOf(request)
      const { answer } = await takeBody(parts, tenant, { format: 'okta', history: 0 }, body)
      metrics.received(answer)
      return answer
    },
  })
}
