import { AssessResponse, type EventInput } from '@gatewatch/schema'
import { request } from './request.ts'

/** Judges an event against what is known now. Nothing is stored or learned. */
export function assessWithoutRecording(event: EventInput): Promise<AssessResponse> {
  return request('/v1/assess', AssessResponse, { body: { event, record: false } })
}
