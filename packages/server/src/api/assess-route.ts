import { setTimeout as delay } from 'node:timers/promises'
import {
  AssessRequest,
  AssessResponse,
  type EnrichedEvent,
  eventKind,
  eventOutcome,
  type NotAssessedCode,
} from '@gatewatch/schema'
import type { FastifyInstance } from 'fastify'
import type { Config } from '../config.ts'
import { fault, isFault } from '../errors.ts'
import { failureKind } from '../ports/store-failure.ts'
import { arriving } from './arriving.ts'
import { ANYONE, callerOf, SEND } from './caller.ts'
import type { Metrics } from './metrics.ts'
import type { ApiParts } from './parts.ts'
import { plainJson } from './plain-json.ts'
import { describeIssues } from './validation.ts'

/** Milliseconds after which policy answers where the caller names no deadline. */
const standardDeadline = 10_000

/** `POST /v1/assess`: one event, one verdict, after it is recorded. */
export function assessRoute(app: FastifyInstance, parts: ApiParts, metrics: Metrics): void {
  app.post('/v1/assess', {
    ...plainJson,
    config: {
      access: ANYONE,
      budget: 'send',
    },
    schema: {
      tags: ['events'],
      summary: 'Ask about one event',
      description:
        'Judges one event and answers when event, verdict and what was learned are durable; the same uid gives the same answer. Where deadline_ms (10,000 if not given) passes or the database is away, the configured fallback decides, recorded is false and not_assessed says why; asking again with the same uid is safe. record: false judges only, and any role may ask; recording needs admin or ingest.',
      body: AssessRequest,
      response: { 200: AssessResponse },
    },
    handler: async (request): Promise<AssessResponse> => {
      const caller = callerOf(request)
      const parsed = AssessRequest.safeParse(request.body)
      if (!parsed.success) {
        const details = parsed.error.issues.map((issue) => ({
          path: issue.path.join('.'),
          message: issue.message,
        }))
        throw fault('invalid_request', describeIssues(parsed.error), details)
      }
      const { event: input, deadline_ms: deadline = standardDeadline, record = true } = parsed.data
      if (record && !SEND.includes(caller.role)) {
        throw fault(
          'forbidden',
          `Recording needs the role admin or ingest; yours is ${caller.role}. Ask with record: false.`,
        )
      }
      const event = parts.intake.fromInput(input, parts.now())
      if (event.kind !== 'ok') throw fault('invalid_request', event.why)
      const coming = arriving(parts, event.value)
      const started = performance.now()
      const answer = await withDeadline(deadline, async (): Promise<AssessResponse> => {
        if (!record) {
          const { verdict, habits } = await parts.pipeline.peek(caller.tenant, coming)
          return { ...verdict, recorded: false, habits }
        }
        return { ...(await parts.pipeline.assess(caller.tenant, coming)), recorded: true }
      })
      const response =
        typeof answer === 'string'
          ? answerByPolicy(coming, parts.config.fallbackDecision, answer)
          : answer
      metrics.assessed(response, performance.now() - started)
      return response
    },
  })
}

/** The answer of `work`, or why there is none: the deadline (ms) passed first, or the store is away. */
async function withDeadline<T>(
  deadline: number,
  work: () => Promise<T>,
): Promise<T | 'deadline_passed' | 'store_unavailable'> {
  const stop = new AbortController()
  const late = delay(deadline, 'deadline_passed' as const, { signal: stop.signal })
  late.catch(() => undefined)
  const answer = work().catch((error: unknown) => {
    const away = isFault(error) && error.code === 'store_unavailable'
    if (away || failureKind(error) === 'unavailable') return 'store_unavailable' as const
    throw error
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    stop.abort()
    answer.catch(() => undefined)
  }
}

/** What is answered without a judgement: the configured decision, score and risk 0, and the code that says why. */
function answerByPolicy(
  { event, entity }: EnrichedEvent,
  decision: Config['fallbackDecision'],
  why: NotAssessedCode,
): AssessResponse {
  return {
    uid: event.uid,
    time: event.time,
    entity: entity.key,
    entity_name: entity.name,
    kind: eventKind(event),
    outcome: eventOutcome(event),
    activity: event.activity,
    score: 0,
    risk: 0,
    probability: 0,
    decision,
    reasons: [],
    not_assessed: [why],
    recorded: false,
  }
}
