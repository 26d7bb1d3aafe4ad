import type { AlertSummary, Notice, NoticeChange } from '@gatewatch/schema'
import type { RaisedAlert } from '../ports/store.ts'

/** What people are to be told of alerts as a transaction changed them: no word of what merely grew. */
export function noticesOf(raised: readonly RaisedAlert[]): readonly Notice[] {
  return raised.flatMap(({ alert, isNew, isGraver }) => {
    if (alert.withdrawn !== undefined) return noticeOf('withdrawn', alert)
    if (isNew && alert.status === 'open') return noticeOf('raised', alert)
    return isGraver === true ? noticeOf('graver', alert) : []
  })
}

/** One change of an alert as news; its key is the same whenever the same is told again. Its time is that of the last event, or of the verdict. */
export function noticeOf(change: NoticeChange, alert: AlertSummary): Notice {
  const time = change === 'closed' ? (alert.feedback?.time ?? alert.last_seen) : alert.last_seen
  return { about: 'alert', key: `${alert.id}.${stepOf(change, alert)}`, change, time, alert }
}

function stepOf(change: NoticeChange, { severity, feedback }: AlertSummary): string {
  if (change === 'graver') return `graver.${severity}`
  if (change === 'closed') return `closed.${feedback?.time ?? 0}`
  return change
}
