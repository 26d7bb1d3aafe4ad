import {
  NetworkProposals,
  Preview,
  PreviewRequest,
  TuningChange,
  TuningState,
  TuningVersion,
} from '@gatewatch/schema'
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { fault } from '../errors.ts'
import type { Caller } from '../ports/accounts.ts'
import { callerOf, JUDGE, READ } from './caller.ts'
import type { ApiParts } from './parts.ts'

const tags = ['tuning']

/** What analysts may change themselves: what is hidden from them. The rest decides over others, and is for administrators. */
const OF_ANALYSTS: readonly TuningChange['kind'][] = ['suppress', 'lift', 'reject']

/** Tuning: policy, suppressions, the organisation's own networks, what a change would do, and the way back. */
export function tuningRoutes(app: FastifyInstance, { tuning }: ApiParts): void {
  const typed = app.withTypeProvider<ZodTypeProvider>()

  typed.get('/v1/tuning', {
    config: { access: READ },
    schema: {
      tags,
      summary: 'What is tuned, how often suppressions were met, and who changed what, when and why',
      response: { 200: TuningState },
    },
    handler: (request) => tuning.state(callerOf(request).tenant),
  })

  typed.get('/v1/tuning/versions/:version', {
    config: { access: READ },
    schema: {
      tags,
      summary: 'What was tuned in an earlier version; 0 is what ships',
      params: z.object({ version: z.coerce.number().int().min(0).max(2_147_483_647) }),
      response: { 200: TuningVersion },
    },
    handler: (request) => tuning.version(callerOf(request).tenant, request.params.version),
  })

  typed.get('/v1/tuning/proposals', {
    config: { access: JUDGE },
    schema: {
      tags,
      summary: 'Networks that seem to be the organisation’s own, and what speaks for each',
      response: { 200: NetworkProposals },
    },
    handler: (request) => tuning.proposals(callerOf(request).tenant),
  })

  typed.post('/v1/tuning/preview', {
    config: { access: JUDGE },
    schema: {
      tags,
      summary: 'What a change would have done to the last 30 days; changes nothing',
      description:
        'Policy, budgets and suppressions are tried on stored scores; networks and versions of the models by judging stored events again. `exactness` says how far the answer holds.',
      body: PreviewRequest,
      response: { 200: Preview },
    },
    handler: (request) => {
      const { tenant, name } = callerOf(request)
      return tuning.preview(tenant, request.body, name)
    },
  })

  typed.post('/v1/tuning', {
    config: { access: JUDGE },
    schema: {
      tags,
      summary: 'Change what is tuned: a new version, which can be rolled back',
      description:
        'Analysts may suppress, lift and reject; policy, trusted networks and rolling back need the role admin.',
      body: TuningChange,
      response: { 200: TuningState },
    },
    handler: (request) => {
      const caller = callerOf(request)
      mayChange(caller, request.body)
      return tuning.change(caller.tenant, request.body, caller.name)
    },
  })
}

function mayChange({ role }: Caller, { kind }: TuningChange): void {
  if (role === 'admin' || OF_ANALYSTS.includes(kind)) return
  throw fault('forbidden', `${kind} needs the role admin; yours is ${role}.`)
}
