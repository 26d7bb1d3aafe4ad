import { formatCount } from '../format.ts'

/** 1 event, 12,480 events. */
export function events(count: number): string {
  return count === 1 ? '1 event' : `${formatCount(count)} events`
}
