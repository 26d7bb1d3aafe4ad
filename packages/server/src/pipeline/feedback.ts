import type { AlertSummary, Feedback } from '@gatewatch/schema'
import type { TenantId } from '../ports/store.ts'
import { type BatchParts, tell } from './batch.ts'
import { settleEvents } from './settle-events.ts'

/**
 * Takes a person's verdict on an alert, in one transaction: `compromised` takes back what its events taught, of the histogram
 * of the ordinary too, `safe` teaches and counts them whole, `dismissed` goes back to what they taught unasked; all close it.
 * The first two are what the trainer fits feedback on. Judging again goes from what was judged before. `feedback` null takes back what was
 * said, at `time` (ms), as if it had not been. Null where there is no such alert.
 */
export function settleAlert(
  parts: BatchParts,
  tenant: TenantId,
  alertId: string,
  feedback: Feedback | null,
  time: number,
): Promise<AlertSummary | null> {
  return settleEvents(
    parts,
    tenant,
    time,
    (batch) => batch.learnedOf(alertId),
    ({ verdict }) => ({ verdict, said: feedback?.verdict ?? null }),
    async (batch, learned) => {
      const alert = await batch.settle(alertId, feedback, learned)
      const [gathered] = await tell(batch, [{ alert, isNew: false }], [])
      return gathered?.alert ?? alert
    },
  )
}
