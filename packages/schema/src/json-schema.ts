import { z } from 'zod'
import { AccessEvent } from './access-event.ts'
import { Alert, FeedbackRequest } from './alert.ts'
import { Context } from './context.ts'
import {
  AlertPage,
  AssessRequest,
  AssessResponse,
  EntityDetail,
  EntityList,
  EntityRisk,
  ErrorBody,
  EventDetail,
  EventInput,
  EventPage,
  EventsResponse,
  Health,
  LiveMessage,
  Overview,
  PredictRequest,
  PredictResponse,
  SessionInfo,
} from './http.ts'
import { Verdict, VerdictLine } from './verdict.ts'

const published = {
  AccessEvent,
  Context,
  EventInput,
  AssessRequest,
  AssessResponse,
  EventsResponse,
  PredictRequest,
  PredictResponse,
  Verdict,
  VerdictLine,
  Alert,
  AlertPage,
  FeedbackRequest,
  EventPage,
  EventDetail,
  EntityDetail,
  EntityList,
  EntityRisk,
  Overview,
  Health,
  SessionInfo,
  LiveMessage,
  ErrorBody,
}

/**
 * JSON Schema (draft 2020-12) of the words that other programs want (what is sent to the API and what it answers), as
 * text ending in a newline, by file name.
 */
export function jsonSchemas(): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(published).map(([name, word]) => {
      const schema = z.toJSONSchema(word, { io: 'input' })
      return [`${name}.json`, `${JSON.stringify({ title: name, ...schema }, null, 2)}\n`]
    }),
  )
}
