import { createHmac, timingSafeEqual } from 'node:crypto'
import { EventsResponse } from '@gatewatch/schema'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { isPushed, type Webhook } from '../connectors/polling/source-settings.ts'
import { fault } from '../errors.ts'
import { unpackBody } from './body.ts'
import type { Metrics } from './metrics.ts'
import type { ApiParts } from './parts.ts'
import { plainJson } from './plain-json.ts'
import { noteOf, takeBody } from './take-body.ts'

/** Largest request: whoever signs it has proven nothing before it is read. */
const LONGEST = 8 * 1024 * 1024
/** How far (s) the time of a signed message may be from ours. */
const TOLERANCE_S = 300
const refused = 'The request does not prove what this source asks for.'
const Params = z.object({
  tenant: z.coerce.number().int().min(1).max(2_147_483_647),
  name: z.string().min(1).max(64),
})

/** Whose webhook it is, and until when (ms UTC) it is history. */
interface Sender extends z.infer<typeof Params> {
  readonly of: Webhook
  readonly history: number
}

/**
 * `POST /v1/hooks/webhook/:tenant/:name`: whoever sends over HTTP, e.g. an API destination of EventBridge. It proves itself as the source says, by
 * a secret in a header before its body is read, or by a signature over it.
 */
export function webhookHook(scope: FastifyInstance, parts: ApiParts, metrics: Metrics): void {
  async function senderOf(request: FastifyRequest): Promise<Sender> {
    const params = Params.safeParse(request.params)
    if (!params.success) throw fault('unauthenticated', refused)
    const { tenant, name } = params.data
    const source = await parts.sources.find(tenant, name)
    if (source?.kind !== 'webhook') throw fault('unauthenticated', refused)
    const settings = await parts.settingsOf(tenant, source)
    if (!isPushed(settings) || settings.source.kind !== 'webhook')
      throw fault('unauthenticated', refused)
    const of = settings.source
    if (of.proof === 'header' && !isSame(headerOf(request, of.header ?? ''), of.secret))
      throw fault('unauthenticated', refused)
    return { tenant, name, of, history: settings.alert_on_history ? 0 : source.added }
  }

  const senders = new WeakMap<FastifyRequest, Sender>()
  scope.post<{ Body: Buffer | null }>('/v1/hooks/webhook/:tenant/:name', {
    ...plainJson,
    bodyLimit: LONGEST,
    config: { access: 'open', budget: 'send' },
    onRequest: async (request) => {
      senders.set(request, await senderOf(request))
    },
    schema: {
      tags: ['events'],
      summary: 'Take records from a webhook',
      description:
        'The address of a source that was added with `gatewatch sources add`. What is sent twice is one event; a body that cannot be understood is kept among the dead letters.',
      consumes: ['application/json'],
      params: Params,
      body: z.unknown(),
      response: { 200: EventsResponse },
    },
    handler: async (request) => {
      const sender = senders.get(request)
      if (sender === undefined) throw fault('unauthenticated', refused)
      const body = request.body ?? Buffer.alloc(0)
      const { tenant, name, of, history } = sender
      if (!isProven(request, of, body, parts.now())) throw fault('unauthenticated', refused)
      if (body.length === 0) throw fault('empty_body')
      const plain = await unpackBody(body, request.headers['content-encoding'])
      const taken = await takeBody(parts, tenant, { format: of.format, history }, plain)
      await parts.sources.note(tenant, name, noteOf(taken))
      metrics.received(taken.answer)
      return taken.answer
    },
  })
}

/** Is what the body is signed with good? One without signature was proven before. `now` in ms UTC. */
function isProven(
  request: FastifyRequest,
  { proof, header, secret }: Webhook,
  body: Buffer,
  now: number,
): boolean {
  if (proof === 'header') return true
  if (proof === 'signature') {
    const given = headerOf(request, header ?? '').replace(/^(sha256|v1|v0)[=,]/, '')
    const mac = createHmac('sha256', secret).update(body)
    const bytes = mac.digest()
    return isSame(given, bytes.toString('hex')) || isSame(given, bytes.toString('base64'))
  }
  const [id, time] = [headerOf(request, 'webhook-id'), headerOf(request, 'webhook-timestamp')]
  if (!/^\d{1,12}$/.test(time) || Math.abs(now / 1000 - Number(time)) > TOLERANCE_S) return false
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const mac = createHmac('sha256', key).update(`${id}.${time}.`).update(body).digest('base64')
  // While a secret is replaced, a sender signs with the old one and the new one.
  return headerOf(request, 'webhook-signature')
    .split(' ', 10)
    .some((one) => isSame(one, `v1,${mac}`))
}

function headerOf(request: FastifyRequest, name: string): string {
  const value = request.headers[name.toLowerCase()]
  return typeof value === 'string' ? value : ''
}

/** In a time that does not tell how much of it is right. */
function isSame(given: string, secret: string): boolean {
  const digest = (text: string) => createHmac('sha256', 'compare').update(text).digest()
  return timingSafeEqual(digest(given), digest(secret))
}
