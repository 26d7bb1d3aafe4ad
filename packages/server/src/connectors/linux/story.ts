import type { AccessEvent, AuthDetail, ChangeFact, FailureClass } from '@gatewatch/schema'

/** What a message of a Linux log tells. */
export interface Story {
  readonly class_uid: AccessEvent['class_uid']
  readonly activity_id: number
  readonly activity: string
  readonly status_id: AccessEvent['status_id']
  readonly failure?: FailureClass
  readonly user?: string
  /** Who acts as whom: the account switched to, or the account changed. */
  readonly target?: string
  readonly from?: string
  readonly port?: number
  readonly stage?: AuthDetail['stage']
  readonly factor?: NonNullable<AuthDetail['factors']>[number]
  /** Fingerprint of the key. */
  readonly key?: string
  readonly operation?: string
  readonly change?: ChangeFact
  /** Is every such message of one process an attempt of its own? */
  readonly isOwnAttempt?: boolean
}

/** A message that tells nothing new, and why; or one that nobody knows. */
export type Told = Story | { readonly skip: string } | 'unknown'
