import {
  Channel,
  ChannelChange,
  ChannelCreated,
  ChannelList,
  ChannelRequest,
  ChannelTest,
  DeliveryList,
  DeliveryState,
} from '@gatewatch/schema'
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { ADMINISTER, callerOf, JUDGE } from './caller.ts'
import type { ApiParts } from './parts.ts'

const byId = z.object({ id: z.string().min(1).max(100) })
const tags = ['channels']

/** Channels: where alerts are told, what is on its way there, and what went wrong. Secrets go in and never come out. */
export function channelRoutes(app: FastifyInstance, { channels }: ApiParts): void {
  const typed = app.withTypeProvider<ZodTypeProvider>()

  typed.get('/v1/channels', {
    config: { access: JUDGE },
    schema: {
      tags,
      summary: 'Channels that alerts are told on, and how each fares',
      response: { 200: ChannelList },
    },
    handler: async (request) => ({
      channels: [...(await channels.list(callerOf(request).tenant))],
    }),
  })

  typed.post('/v1/channels', {
    config: { access: ADMINISTER },
    schema: {
      tags,
      summary: 'Add a channel',
      description: 'A webhook without a secret is given one, which is shown in this answer alone.',
      body: ChannelRequest,
      response: { 201: ChannelCreated },
    },
    handler: async (request, reply) => {
      const { channel, secret } = await channels.add(callerOf(request).tenant, request.body)
      return reply.code(201).send(secret === undefined ? channel : { ...channel, secret })
    },
  })

  typed.patch('/v1/channels/:id', {
    config: { access: ADMINISTER },
    schema: {
      tags,
      summary: 'Change a channel, or switch it on or off',
      description:
        'Secrets that are left out of settings stay as they are; where these lead elsewhere, they are to be given again.',
      params: byId,
      body: ChannelChange,
      response: { 200: Channel },
    },
    handler: (request) =>
      channels.change(callerOf(request).tenant, request.params.id, request.body),
  })

  typed.delete('/v1/channels/:id', {
    config: { access: ADMINISTER },
    schema: {
      tags,
      summary: 'Remove a channel and what is on its way to it',
      params: byId,
      response: { 204: z.null() },
    },
    handler: async (request, reply) => {
      await channels.remove(callerOf(request).tenant, request.params.id)
      return reply.code(204).send(null)
    },
  })

  typed.post('/v1/channels/:id/test', {
    config: { access: ADMINISTER },
    schema: {
      tags,
      summary: 'Send a test message now, and say what came of it',
      params: byId,
      response: { 200: ChannelTest },
    },
    handler: (request) => {
      const { tenant, name } = callerOf(request)
      return channels.test(tenant, request.params.id, name)
    },
  })

  typed.get('/v1/channels/:id/deliveries', {
    config: { access: JUDGE },
    schema: {
      tags,
      summary: 'Messages to a channel, newest first, kept for 30 days',
      params: byId,
      querystring: z.strictObject({
        state: DeliveryState.optional(),
        limit: z.coerce.number().int().min(1).max(500).default(50),
      }),
      response: { 200: DeliveryList },
    },
    handler: async (request) => {
      const { state, limit } = request.query
      const query = state === undefined ? { limit } : { state, limit }
      const { tenant } = callerOf(request)
      return { deliveries: await channels.deliveries(tenant, request.params.id, query) }
    },
  })

  typed.post('/v1/channels/:id/retry', {
    config: { access: ADMINISTER },
    schema: {
      tags,
      summary: 'Put messages that were given up on their way again',
      params: byId,
      response: { 200: z.object({ retried: z.number().int() }) },
    },
    handler: async (request) => ({
      retried: await channels.retry(callerOf(request).tenant, request.params.id),
    }),
  })
}
