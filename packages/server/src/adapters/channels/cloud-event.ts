import type { Message } from '../../ports/courier.ts'

/** A message as a CloudEvent 1.0 in structured JSON; its `id` is the message's key, `source` says where it comes from. */
export function cloudEventOf(message: Message, source: string): Readonly<Record<string, unknown>> {
  const [first] = message.notices
  const isDigest = message.notices.length > 1
  const one = first.about === 'alert' ? { subject: first.alert.id } : {}
  return {
    specversion: '1.0',
    id: message.key,
    source,
    type: `io.gatewatch.${isDigest ? 'digest' : typeOf(first)}.v1`,
    time: new Date(message.time).toISOString(),
    ...(isDigest ? {} : one),
    datacontenttype: 'application/json',
    data: isDigest
      ? { tenant: message.tenant, notices: message.notices }
      : { tenant: message.tenant, notice: first },
  }
}

function typeOf(notice: Message['notices'][0]): string {
  return notice.about === 'alert' ? `alert.${notice.change}` : notice.about
}
