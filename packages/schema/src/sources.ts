import { z } from 'zod'

/** `new`: not read yet; `reading`: a process reads it now; `waiting`: until the next time; `failing`: the last reading failed; `listening`: it is sent to us. */
export const SourceState = z.enum(['new', 'reading', 'waiting', 'failing', 'listening'])
export type SourceState = z.infer<typeof SourceState>

/** A configured source as it is shown, without its credentials. Times in ms, UTC. */
export const SourceStatus = z.object({
  name: z.string(),
  kind: z.string().describe('the vendor, e.g. okta'),
  state: SourceState,
  added: z.number(),
  last_read: z.number().nullable().describe('when it was last read to its end'),
  lag_seconds: z.number().nullable().describe('since then'),
  last_event: z.number().nullable().describe('time of the latest event it gave'),
  events: z.number().int().describe('accepted, new or changed, since it was added'),
  unmapped: z.number().int().describe('of these, of a type that no mapping knows'),
  dead_letters: z.number().int().describe('records that could not be understood'),
  error: z.string().nullable().describe('why the last reading failed, in words'),
})
export type SourceStatus = z.infer<typeof SourceStatus>

/** Answer of `GET /v1/sources`. */
export const SourceList = z.object({ sources: z.array(SourceStatus) })
export type SourceList = z.infer<typeof SourceList>
