import type { EventsResponse } from '@gatewatch/schema'
import { isFault } from '../errors.ts'
import type { SourceNote } from '../ports/sources.ts'
import type { TenantId } from '../ports/store.ts'
import type { ApiParts } from './parts.ts'

const errorsShown = 100

/** What taking a body needs. */
export type TakingParts = Pick<ApiParts, 'intake' | 'deadLetters' | 'pipeline' | 'now'>

/** What became of a body: the answer about it, and the time (ms UTC) of its latest event; null where it has none. */
export interface Taken {
  readonly answer: EventsResponse
  readonly newest: number | null
}

/** What a source's note says of what was taken for it. */
export function noteOf({ answer, newest }: Taken): SourceNote {
  return {
    events: answer.accepted + answer.updated,
    unmapped: answer.unmapped,
    refused: answer.rejected,
    ...(newest === null ? {} : { last_event: newest }),
  }
}

/** What a body is: what happened before `history` (ms UTC) teaches and raises no alerts. */
export interface BodyKind {
  readonly format: string
  readonly history: number
  readonly zone?: string | undefined
  /** Each of its lines is a record. */
  readonly lines?: boolean
}

/**
 * Reads and publishes a body part by part, so that a large one neither fills the queue nor stops the others. Resolves when what was accepted
 * is durable; rejects with a fault where the body as a whole is refused.
 */
export async function takeBody(
  parts: TakingParts,
  tenant: TenantId,
  { format, history, zone, lines = false }: BodyKind,
  body: Buffer,
): Promise<Taken> {
  let newest: number | null = null
  const answer: EventsResponse = {
    accepted: 0,
    updated: 0,
    duplicate: 0,
    unmapped: 0,
    skipped: 0,
    rejected: 0,
    errors: [],
  }
  const refuse = (line: number, reason: string) => {
    answer.rejected++
    if (answer.errors.length < errorsShown) answer.errors.push({ line, reason })
  }
  try {
    for await (const read of parts.intake.read(body, { format, now: parts.now(), zone, lines })) {
      const { events, refused } = read
      answer.skipped += read.skipped
      for (const { line, reason } of refused) refuse(line, reason)
      if (refused.length > 0) {
        await parts.deadLetters.add(
          tenant,
          refused.map((one) => ({ source: format, ...one })),
        )
      }
      for (const { event } of events) newest = Math.max(newest ?? 0, event.time)
      if (events.length === 0) continue
      const published = await parts.pipeline.publish(
        tenant,
        events.map(({ line: _, ...event }) => ({
          ...event,
          ...parts.intake.enrich(event.event),
          backfill: event.event.time < history,
        })),
      )
      for (const [index, outcome] of published.entries()) {
        if ('reason' in outcome) {
          refuse(events[index]?.line ?? 0, outcome.reason)
          continue
        }
        if (outcome.kind === 'duplicate') {
          answer.duplicate++
          continue
        }
        if (outcome.kind === 'new' || outcome.kind === 'queued') answer.accepted++
        else answer.updated++
        if (events[index]?.event.class_uid === 0) answer.unmapped++
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
  return { answer, newest }
}
