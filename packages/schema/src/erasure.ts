import { z } from 'zod'

/** What erasing an identity took out: counts of stored things that are gone, or in which it was named and is not any more. */
export const Erasure = z.object({
  events: z.number().int().describe('its events, with verdicts and records'),
  alerts: z.number().int().describe('alerts that were about it alone'),
  alerts_changed: z.number().int().describe('alerts about others too, which go on without it'),
  dead_letters: z.number().int().describe('refused records that name it'),
  blanked: z.number().int().describe('events and alerts of others in which its name was blanked'),
})
export type Erasure = z.infer<typeof Erasure>

/** Something an administrator did that others may have to account for. Time in ms, UTC. */
export const AuditNote = z.object({
  time: z.number(),
  by: z.string(),
  action: z.enum(['erase_entity', 'tune']),
  subject: z
    .string()
    .describe(
      'of an erasure: keyed hash of whom it concerned, so that whoever has the key can ask whether it was them; of tuning: the version it made',
    ),
})
export type AuditNote = z.infer<typeof AuditNote>

/** The newest notes first. */
export const AuditList = z.object({ notes: z.array(AuditNote) })
export type AuditList = z.infer<typeof AuditList>
