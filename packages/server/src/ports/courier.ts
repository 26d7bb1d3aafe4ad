import type { ChannelSettings, Notice } from '@gatewatch/schema'

/** What is to be told in one go: several notices are a digest. */
export interface Message {
  /** Names the message for good: a receiver that has seen it need not take it again. */
  readonly key: string
  readonly tenant: string
  readonly tenantId: number
  readonly time: number
  readonly notices: readonly [Notice, ...Notice[]]
}

/** What came of sending. */
export type Sent =
  | { readonly kind: 'sent' }
  /** Another attempt may work; after `retryAfterMs` where the receiver says so. */
  | { readonly kind: 'failed'; readonly why: string; readonly retryAfterMs?: number }
  /** The receiver will never take this message. */
  | { readonly kind: 'refused'; readonly why: string }
  /** The receiver will never take any: the channel is to be switched off. */
  | { readonly kind: 'gone'; readonly why: string }

/** Carries messages to where a channel leads. Never rejects. */
export type Courier = (settings: ChannelSettings, message: Message) => Promise<Sent>
