import type { AccessEvent } from '@gatewatch/schema'
import type { Origin } from '../connector.ts'
import { known } from './fields.ts'
import type { Instant } from './instant.ts'
import { textOf } from './text.ts'

/** The vendor's log: product and account, not the way by which a record came. */
export type Log = Omit<AccessEvent['source'], 'connector' | 'tenant_uid' | 'log_name'> & {
  readonly tenant_uid?: string | undefined
  readonly log_name?: string | undefined
}

/** What every event begins with: when it happened, when it was observed, and which log says so. */
export function begin(when: Exclude<Instant, { why: string }>, origin: Origin, log: Log) {
  return {
    v: 1 as const,
    revision: 0,
    time: when.time,
    time_raw: when.raw,
    observed_time: origin.now,
    source: known({
      ...log,
      connector: origin.connector,
      tenant_uid: textOf(log.tenant_uid, 255),
      log_name: textOf(log.log_name, 128),
    }) as AccessEvent['source'],
    warnings: when.warnings,
  }
}
