import { createHmac } from 'node:crypto'
import type { ChannelSettings } from '@gatewatch/schema'
import type { Message, Sent } from '../../ports/courier.ts'
import { cloudEventOf } from './cloud-event.ts'
import type { HostGuard } from './guard.ts'
import { post } from './post.ts'

/** Posts a message as a CloudEvent, signed as Standard Webhooks has it. `now` in ms, UTC; `source` names this installation. */
export function sendWebhook(
  guard: HostGuard,
  { url, ca, secret }: Extract<ChannelSettings, { kind: 'webhook' }>,
  message: Message,
  source: string,
  now: number,
): Promise<Sent> {
  const body = JSON.stringify(cloudEventOf(message, source))
  const signed = secret === undefined ? {} : signatureOf(secret, message.key, now, body)
  const headers = { 'content-type': 'application/cloudevents+json', ...signed }
  return post(guard, { url, ca, headers, body })
}

/**
 * Headers of Standard Webhooks (https://www.standardwebhooks.com): HMAC-SHA256 over id, time in seconds and body, parted by
 * dots. `secret`: whsec_ and the key as base64; `now` in ms.
 */
export function signatureOf(
  secret: string,
  id: string,
  now: number,
  body: string,
): Readonly<Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>> {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const timestamp = String(Math.floor(now / 1_000))
  const mac = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${mac}`,
  }
}
