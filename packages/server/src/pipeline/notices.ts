import type { AlertSummary, Notice, NoticeChange } from '@gatewatch/schema'
import type { RaisedAlert } from '../ports/store.ts'

/** What people are to be told of alerts as a transaction changed them: no word of what merely grew. */
export function noticesOf(raised: readonly RaisedAlert[]): readonly Notice[] {
  return raised.flatMap(({ alert, tell }) => (tell === undefined ? [] : noticeOf(tell, alert)))
}

/**
 * One change of an alert's incident as news; its key is the same whenever the same is told again. `time` (ms): that of the last event,
 * or of the verdict, where nothing else is given.
 */
export function noticeOf(
  change: NoticeChange,
  alert: AlertSummary,
  time: number = timeOf(change, alert),
): Notice {
  return { about: 'alert', key: `${alert.id}.${stepOf(change, alert, time)}`, change, time, alert }
}

function timeOf(change: NoticeChange, { feedback, last_seen }: AlertSummary): number {
  return change === 'closed' ? (feedback?.time ?? last_seen) : last_seen
}

function stepOf(change: NoticeChange, { severity }: AlertSummary, time: number): string {
  if (change === 'graver') return `graver.${severity}`
  return change === 'closed' || change === 'acknowledged' ? `${change}.${time}` : change
}
