import { UNREADABLE_TIME } from '@gatewatch/schema'
import type { ArrivingEvent, Store, TenantId } from '../ports/store.ts'
import { contentHash } from './keys.ts'

/** Had the event's record no usable time? */
export function isTimeless({ event }: ArrivingEvent): boolean {
  return event.warnings?.includes(UNREADABLE_TIME) === true
}

/**
 * The events with a time that is theirs for good: a record without a usable one keeps the time (ms) at which it was
 * first received, so that sending it again finds the same event.
 */
export async function timed(
  store: Pick<Store, 'firstReceived'>,
  tenant: TenantId,
  events: readonly ArrivingEvent[],
  now: number,
): Promise<readonly ArrivingEvent[]> {
  const keys = events.filter(isTimeless).map(({ key }) => key)
  const received = await store.firstReceived(tenant, keys, now)
  return events.map((arriving) => {
    const time = received.get(arriving.key)
    if (time === undefined) return arriving
    const event = { ...arriving.event, time }
    const { json: _, ...rest } = arriving
    return { ...rest, event, content: contentHash(event) }
  })
}
