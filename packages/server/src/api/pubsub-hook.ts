import { EventsResponse } from '@gatewatch/schema'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { createRemoteJWKSet, errors, jwtVerify } from 'jose'
import { z } from 'zod'
import { isPushed, type PubSub } from '../connectors/polling/source-settings.ts'
import { fault } from '../errors.ts'
import { BODY_LIMIT, unpackBody } from './body.ts'
import type { Metrics } from './metrics.ts'
import type { ApiParts } from './parts.ts'
import { plainJson } from './plain-json.ts'
import { noteOf, takeBody } from './take-body.ts'

const issuers = ['https://accounts.google.com', 'accounts.google.com']
const refused = 'The token is not one of the sender that this source names.'
const Params = z.object({
  tenant: z.coerce.number().int().min(1).max(2_147_483_647),
  name: z.string().min(1).max(64),
})
type Params = z.infer<typeof Params>

/** Who has proven to be allowed to send, what, and until when (ms UTC) it is history. */
interface Proven extends Params {
  readonly of: PubSub
  readonly history: number
}

/**
 * `POST /v1/hooks/pubsub/:tenant/:name`: a push subscription of Google Cloud. It proves itself by a token that Google has signed for the
 * audience and service account of the source, before its body is read.
 */
export function pubsubHook(scope: FastifyInstance, parts: ApiParts, metrics: Metrics): void {
  const keys = new Map<string, ReturnType<typeof createRemoteJWKSet>>()
  const keysOf = (url: string) => {
    const known = keys.get(url) ?? createRemoteJWKSet(new URL(url), { timeoutDuration: 5_000 })
    keys.set(url, known)
    return known
  }

  async function provenSource(request: FastifyRequest): Promise<Proven> {
    const params = Params.safeParse(request.params)
    const token = /^Bearer\s+(\S{1,8000})$/i.exec(request.headers.authorization ?? '')?.[1]
    if (!params.success || token === undefined) throw fault('unauthenticated', refused)
    const { tenant, name } = params.data
    const source = await parts.sources.find(tenant, name)
    if (source?.kind !== 'pubsub') throw fault('unauthenticated', refused)
    const settings = await parts.settingsOf(tenant, source)
    if (!isPushed(settings) || settings.source.kind !== 'pubsub')
      throw fault('unauthenticated', refused)
    const of = settings.source
    const { payload } = await jwtVerify(token, keysOf(of.keys_url), {
      issuer: issuers,
      audience: of.audience,
      algorithms: ['RS256'],
      requiredClaims: ['exp', 'email'],
      clockTolerance: 60,
    }).catch((error: unknown) => {
      if (isOfToken(error)) throw fault('unauthenticated', refused)
      throw fault('overloaded', 'The keys that sign tokens cannot be fetched; send again later.')
    })
    if (payload.email !== of.email || payload.email_verified !== true)
      throw fault('unauthenticated', refused)
    return { tenant, name, of, history: settings.alert_on_history ? 0 : source.added }
  }

  const proven = new WeakMap<FastifyRequest, Proven>()
  scope.post<{ Body: Buffer | null }>('/v1/hooks/pubsub/:tenant/:name', {
    ...plainJson,
    bodyLimit: BODY_LIMIT,
    config: { access: 'open', budget: 'send' },
    onRequest: async (request) => {
      proven.set(request, await provenSource(request))
    },
    schema: {
      tags: ['events'],
      summary: 'Take messages from a push subscription of Google Cloud Pub/Sub',
      description:
        'The address of a source that was added with `gatewatch sources add`. The subscription is set to authenticate: its token is verified against Google’s keys, the audience and the service account of the source.',
      consumes: ['application/json'],
      params: Params,
      body: z.object({ message: z.object({ data: z.string() }), subscription: z.string() }),
      response: { 200: EventsResponse },
    },
    handler: async (request) => {
      const sender = proven.get(request)
      if (sender === undefined) throw fault('unauthenticated', refused)
      if (request.body === null || request.body === undefined) throw fault('empty_body')
      const { tenant, name, of, history } = sender
      const body = await unpackBody(request.body, request.headers['content-encoding'])
      const taken = await takeBody(parts, tenant, { format: of.format, history }, body)
      await parts.sources.note(tenant, name, noteOf(taken))
      metrics.received(taken.answer)
      return taken.answer
    },
  })
}

/** Is the token at fault, rather than the place that has the keys? */
function isOfToken(error: unknown): boolean {
  if (!(error instanceof errors.JOSEError)) return false
  return !['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID'].includes(error.code)
}
