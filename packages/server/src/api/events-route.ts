import { setImmediate } from 'node:timers/promises'
import { type AccessEvent, EventInput, EventsResponse } from '@gatewatch/schema'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { recordsIn } from '../connectors/envelopes/records-in.ts'
import type { Outcome } from '../connectors/outcome.ts'
import { fault, isFault } from '../errors.ts'
import type { DeadLetter } from '../ports/dead-letters.ts'
import type { ArrivingEvent, TenantId } from '../ports/store.ts'
import { arriving } from './arriving.ts'
import { BODY_LIMIT, type BodyRecord, LINE_LIMIT, readRecords, unpackBody } from './body.ts'
import { callerOf, SEND } from './caller.ts'
import type { Metrics } from './metrics.ts'
import type { ApiParts } from './parts.ts'
import { plainJson } from './plain-json.ts'

const partSize = 1_000
const errorsShown = 100

/** `POST /v1/events`: takes many events at once and answers when they are durable. */
export function eventsRoute(app: FastifyInstance, parts: ApiParts, metrics: Metrics): void {
  const formats = ['auto', ...parts.intake.formats]
  // A scope of its own: only here is the body left as bytes, whatever it calls itself.
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    )
    scope.post<{ Body: Buffer | null; Querystring: { format?: string; backfill?: string } }>(
      '/v1/events',
      {
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
          if (request.body === null || request.body === undefined) throw fault('empty_body')
          const body = await unpackBody(request.body, request.headers['content-encoding'])
          const answer = await takeBody(
            parts,
            tenant,
            { format, backfill: backfill === 'true' },
            body,
          )
          metrics.received(answer)
          return answer
        },
      },
    )
  })
}

/** Reads, converts and publishes a body part by part, so that a large one neither fills the queue nor stops the others. */
async function takeBody(
  parts: ApiParts,
  tenant: TenantId,
  { format, backfill }: { readonly format: string; readonly backfill: boolean },
  body: Buffer,
): Promise<EventsResponse> {
  const answer: EventsResponse = {
    accepted: 0,
    updated: 0,
    duplicate: 0,
    skipped: 0,
    rejected: 0,
    errors: [],
  }
  const letters: DeadLetter[] = []
  let part: { line: number; event: ArrivingEvent }[] = []
  let seen = 0

  const refuse = (line: number, reason: string) => {
    answer.rejected++
    if (answer.errors.length < errorsShown) answer.errors.push({ line, reason })
  }
  const flush = async () => {
    const sent = part
    part = []
    if (letters.length > 0) await parts.deadLetters.add(tenant, letters.splice(0))
    if (sent.length === 0) return
    const published = await parts.pipeline.publish(
      tenant,
      sent.map(({ event }) => event),
    )
    for (const [index, outcome] of published.entries()) {
      if ('reason' in outcome) refuse(sent[index]?.line ?? 0, outcome.reason)
      else if (outcome.kind === 'new') answer.accepted++
      else if (outcome.kind === 'revision') answer.updated++
      else answer.duplicate++
    }
  }

  try {
    for (const record of readRecords(body, isOwn(format) ? 'json' : 'text')) {
      for (const outcome of convert(parts, format, record)) {
        if (outcome.kind === 'ok') {
          const raw = format === 'canonical' ? undefined : record.raw()
          part.push({
            line: record.line,
            event: { ...arriving(parts, outcome.value, raw), backfill },
          })
        } else if (outcome.kind === 'skip') answer.skipped++
        else {
          refuse(record.line, outcome.why)
          letters.push({
            source: format,
            line: record.line,
            reason: outcome.why,
            raw: record.raw(),
          })
        }
        if (++seen % 250 === 0) await setImmediate()
        if (part.length + letters.length >= partSize) await flush()
      }
    }
  } catch (error) {
    if (isFault(error) && error.code === 'malformed_json') {
      await parts.deadLetters.add(tenant, [
        { source: format, line: null, reason: error.message, raw: body },
      ])
    }
    throw error
  }
  await flush()
  return answer
}

/** Formats that are written for Gatewatch, and come in nothing else. */
function isOwn(format: string): boolean {
  return format === 'canonical' || format === 'predict'
}

function convert(
  parts: ApiParts,
  format: string,
  record: BodyRecord,
): readonly Outcome<AccessEvent>[] {
  if ('broken' in record) return [{ kind: 'reject', why: record.broken }]
  // A canonical record is checked field by field and not kept raw, so its length needs no look.
  if (format !== 'canonical' && record.raw().length > LINE_LIMIT) {
    return [{ kind: 'reject', why: 'the record is longer than 1 MB' }]
  }
  const { intake, now } = parts
  const records = isOwn(format) ? [record.value] : recordsIn(record.value)
  return records.map((one) => intake.fromRecord(format, one, now()))
}
