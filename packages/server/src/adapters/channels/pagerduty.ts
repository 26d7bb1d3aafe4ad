import type { ChannelSettings, Notice, Severity } from '@gatewatch/schema'
import type { Message, Sent } from '../../ports/courier.ts'
import type { HostGuard } from './guard.ts'
import { post } from './post.ts'
import { cut, tellingOf } from './telling.ts'

const severities: Readonly<Record<Severity, string>> = {
  low: 'info',
  medium: 'warning',
  high: 'error',
  critical: 'critical',
}

/** Sends each notice of a message to PagerDuty (Events API v2): an incident triggers one there, and is acknowledged and resolved with it. */
export async function sendPagerDuty(
  guard: HostGuard,
  { routing_key, url, ca }: Extract<ChannelSettings, { kind: 'pagerduty' }>,
  message: Message,
  source: string,
): Promise<Sent> {
  for (const notice of message.notices) {
    const body = JSON.stringify({ routing_key, ...pagerDutyEvent(notice, message.tenant, source) })
    const sent = await post(guard, {
      url,
      ca,
      headers: { 'content-type': 'application/json' },
      body,
    })
    // the same event again changes nothing there, so the whole message may be tried again
    if (sent.kind !== 'sent') return sent
  }
  return { kind: 'sent' }
}

/** A notice as an event of PagerDuty, without the routing key. */
export function pagerDutyEvent(notice: Notice, tenant: string, source: string): object {
  const { title, facts, reasons, link } = tellingOf(notice, source)
  const isAlert = notice.about === 'alert'
  const dedup_key = isAlert ? (notice.alert.incident ?? notice.alert.id) : notice.key
  if (isAlert && notice.change === 'acknowledged') return { event_action: 'acknowledge', dedup_key }
  if (isAlert && (notice.change === 'closed' || notice.change === 'withdrawn')) {
    return { event_action: 'resolve', dedup_key }
  }
  return {
    event_action: 'trigger',
    dedup_key,
    client: 'Gatewatch',
    ...(link === null
      ? {}
      : { client_url: link, links: [{ href: link, text: 'Open in Gatewatch' }] }),
    payload: {
      summary: cut(title, 1_024),
      source: `gatewatch ${tenant}`,
      severity: isAlert ? severities[notice.alert.severity] : 'info',
      timestamp: new Date(notice.time).toISOString(),
      ...(isAlert ? { class: notice.alert.reasons[0]?.code ?? 'unusual' } : {}),
      custom_details: { ...Object.fromEntries(facts), reasons },
    },
  }
}
