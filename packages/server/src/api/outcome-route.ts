import {
  type AccessEvent,
  type Challenge,
  OutcomeRequest,
  OutcomeResponse,
} from '@gatewatch/schema'
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { fault } from '../errors.ts'
import { arriving } from './arriving.ts'
import { callerOf, SEND } from './caller.ts'
import type { ApiParts } from './parts.ts'

/** `POST /v1/assess/:uid/outcome`: what became of the challenge that an answer asked for. */
export function outcomeRoute(app: FastifyInstance, parts: ApiParts): void {
  app.withTypeProvider<ZodTypeProvider>().post('/v1/assess/:uid/outcome', {
    config: { access: SEND, budget: 'send' },
    schema: {
      tags: ['events'],
      summary: 'Say what became of a challenge',
      description:
        'passed with webauthn, passkey or cert: the event is learned at full weight and what came with it is trusted; passed otherwise: noted, and learned as before. failed, abandoned: what the event taught is taken back, and a failed second step is recorded as an event of its own. What a person said of its alert counts more. Telling the same twice changes nothing; the latest counts.',
      params: z.object({ uid: z.string().min(1).max(512) }),
      body: OutcomeRequest,
      response: { 200: OutcomeResponse },
    },
    handler: async (request) => {
      const { tenant } = callerOf(request)
      const { uid } = request.params
      const { outcome, factor } = request.body
      const challenge = { outcome, time: parts.now(), ...(factor === undefined ? {} : { factor }) }
      const answered = await parts.pipeline.challenge(tenant, uid, challenge)
      if (answered === null) {
        throw fault('not_found', `There is no event ${uid}; give the uid that /v1/assess answered.`)
      }
      const { input, verdict, learned } = answered
      if (verdict.challenge !== undefined && outcome !== 'passed') {
        const step = failedStep(input.event, verdict.challenge)
        await parts.pipeline.publish(tenant, [arriving(parts, step)])
      }
      return { ...verdict, learned }
    },
  })
}

/** The step on which an attempt ended, as an event; of one challenge always the same. */
function failedStep(event: AccessEvent, { outcome, factor, time }: Challenge): AccessEvent {
  const { v, uid, revision, source, actor, src, user_agent, device, app } = event
  return {
    v,
    uid: `${uid.slice(0, 500)}#challenge`,
    uid_kind: 'derived',
    revision,
    time: Math.max(time, event.time),
    observed_time: time,
    source,
    class_uid: 3002,
    activity_id: 1,
    activity: `challenge ${outcome}`,
    status_id: 2,
    failure_class: outcome === 'failed' ? 'mfa_failed' : 'mfa_timeout',
    actor,
    src,
    ...(user_agent === undefined ? {} : { user_agent }),
    ...(device === undefined ? {} : { device }),
    ...(app === undefined ? {} : { app }),
    auth: { stage: 'mfa', is_mfa: null, ...(factor === undefined ? {} : { factors: [factor] }) },
  }
}
