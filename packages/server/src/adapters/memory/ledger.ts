import type {
  AlertSummary,
  AuditNote,
  Delivery,
  EnrichedEvent,
  Incident,
  IncidentNote,
  ModelNote,
  ModelVersion,
  Notice,
  Question,
  SuppressionHits,
  TuningVersion,
  Verdict,
} from '@gatewatch/schema'
import type { StoredDeadLetter } from '../../ports/dead-letters.ts'
import { createLinkTable, type LinkRef, type LinkTable } from '../../ports/links.ts'
import type { StoredModels } from '../../ports/model-log.ts'
import type { Plan, StoredChannel } from '../../ports/outbox.ts'
import type { PopulationSnapshot, StoredDelta } from '../../ports/population-log.ts'
import type { StoredSource } from '../../ports/sources.ts'
import type { Checkpoint, EventKey, TenantId } from '../../ports/store.ts'

/** A stored event. */
export interface EventRow {
  readonly key: EventKey
  readonly time: number
  readonly content: string
  readonly input: EnrichedEvent
  readonly verdict: Verdict
  readonly raw: Uint8Array | null
  readonly learned: number
}

/** A stored profile. */
export interface ProfileRow {
  readonly entity: EnrichedEvent['entity']
  readonly life: number
  readonly revision: number
  readonly body: Uint8Array
  readonly lastTime: number
}

/** A stored alert with the keys of its events, in the order they came. */
export interface AlertRow {
  readonly alert: AlertSummary
  readonly group: string
  readonly runbook: string
  /** Key of the strangest event, which the alert shows. */
  readonly shown: EventKey
  readonly profileBefore: Uint8Array | null
  readonly caseFile: Uint8Array | null
  /** What takes the verdict back that was given of it. */
  readonly undo?: string | null
  readonly events: readonly EventKey[]
}

/** An incident with the keys that lead to it. */
export interface IncidentRow {
  readonly incident: Incident
  readonly keys: readonly string[]
}

/** What is to be told, and what is on its way to whom. */
export interface OutboxRows {
  readonly channels: Map<
    string,
    { readonly channel: StoredChannel; readonly readyAt: number; readonly lease: number }
  >
  readonly notices: Map<string, Notice>
  deliveries: readonly (Delivery & Plan & { readonly channel: string })[]
}

/** A stored source with who reads it, and until when (ms). */
export interface SourceRow {
  readonly source: StoredSource
  readonly holder: string
}

/** Everything of one tenant. Rows are replaced, never changed, so that a copy of the maps is a snapshot. */
export interface TenantLedger {
  readonly events: Map<EventKey, EventRow>
  readonly profiles: Map<string, ProfileRow>
  readonly checkpoints: Map<string, readonly Checkpoint[]>
  readonly alerts: Map<string, AlertRow>
  readonly firstReceived: Map<EventKey, number>
  readonly deltas: StoredDelta[]
  readonly deadLetters: StoredDeadLetter[]
  readonly audit: AuditNote[]
  readonly links: LinkTable
  /** When each link was last learned (ms). */
  readonly linksLearned: Map<LinkRef, number>
  snapshot: PopulationSnapshot | null
  readonly outbox: OutboxRows
  readonly incidents: Map<string, IncidentRow>
  readonly incidentNotes: (IncidentNote & { readonly incident: string })[]
  readonly models: { readonly row: ModelVersion; readonly stored: StoredModels }[]
  readonly modelNotes: ModelNote[]
  readonly sources: Map<string, SourceRow>
  readonly tunings: TuningVersion[]
  readonly suppressionHits: Map<string, SuppressionHits>
  readonly questions: Map<string, Question>
  /** The end of the last transaction: one at a time. */
  tail: Promise<unknown>
}

/** A tenant as accounts know it. */
export interface TenantRow {
  readonly name: string
  readonly hashKey: Uint8Array
  readonly demo: boolean
}

/** What the memory adapters share: the "database" of one process. */
export interface Ledger {
  readonly tenants: Map<TenantId, TenantRow>
  /** The tenant's rows; empty at first. */
  of(tenant: TenantId): TenantLedger
}

/** An empty ledger. Everything in it is gone with the process. */
export function createLedger(): Ledger {
  const ledgers = new Map<TenantId, TenantLedger>()
  return {
    tenants: new Map(),
    of(tenant) {
      let ledger = ledgers.get(tenant)
      if (ledger === undefined) {
        ledger = {
          events: new Map(),
          profiles: new Map(),
          checkpoints: new Map(),
          alerts: new Map(),
          firstReceived: new Map(),
          deltas: [],
          deadLetters: [],
          audit: [],
          links: createLinkTable(),
          linksLearned: new Map(),
          snapshot: null,
          incidents: new Map(),
          incidentNotes: [],
          outbox: { channels: new Map(), notices: new Map(), deliveries: [] },
          models: [],
          modelNotes: [],
          sources: new Map(),
          tunings: [],
          suppressionHits: new Map(),
          questions: new Map(),
          tail: Promise.resolve(),
        }
        ledgers.set(tenant, ledger)
      }
      return ledger
    },
  }
}
