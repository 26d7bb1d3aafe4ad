import type { Connector } from '../connector.ts'
import { reject } from '../outcome.ts'
import { isFields } from '../values/fields.ts'
import { eventFromInput } from './event-from-input.ts'
import { readInput } from './read-input.ts'

/** Gatewatch's own AccessEvent, whole or as little of it as `POST /v1/assess` takes. */
export const canonical: Connector = {
  format: 'canonical',
  title: "Gatewatch's own AccessEvent (whole, or as POST /v1/assess takes it)",
  recognise(record) {
    if (!isFields(record) || !isFields(record.actor)) return 0
    if (record.v === 1 && 'class_uid' in record) return 1
    // Okta has an actor too, and names the event otherwise.
    return 'time' in record && !('eventType' in record) && !('published' in record) ? 0.8 : 0
  },
  normalise(record, origin) {
    const parsed = readInput(record)
    if (!parsed.success) return reject(faults(parsed.error.issues))
    if (parsed.data.time === undefined && origin.mode === 'replay') {
      return reject('time: needed in a file, ms since 1970 or ISO 8601')
    }
    return eventFromInput(parsed.data, origin, origin.now)
  },
}

/** What is wrong with a record, field by field, in one line. */
export function faults(
  issues: readonly { path: readonly PropertyKey[]; message: string }[],
): string {
  const first = issues.slice(0, 3)
  const said = first.map(
    ({ path, message }) => `${path.map(String).join('.') || 'record'}: ${message}`,
  )
  return said.join('; ') + (issues.length > 3 ? `; and ${issues.length - 3} more` : '')
}
