import { defaultPolicy } from '@gatewatch/engine'
import type { SimulatedEvent } from '@gatewatch/simulator'
import { commitBatch } from '../pipeline/batch.ts'
import { enrich, type Lookups } from '../pipeline/enrich.ts'
import { contentHash, eventKey } from '../pipeline/keys.ts'
import { createModelDesk, type ModelDesk } from '../pipeline/model-desk.ts'
import { outcomesOf } from '../pipeline/note-outcomes.ts'
import { createPopulations } from '../pipeline/populations.ts'
import { createProfileCache } from '../pipeline/profile-cache.ts'
import { createTrainer, type Trainer } from '../pipeline/trainer.ts'
import { fixedTuning } from '../pipeline/tuning/book.ts'
import { compileTuning } from '../pipeline/tuning/compile.ts'
import { ALERTS_PER_DAY } from '../ports/alert-quota.ts'
import type { Storage } from '../ports/storage.ts'
import type { ArrivingEvent, JudgedEvent, RaisedAlert, TenantId } from '../ports/store.ts'
import { SHIPPED_TUNING } from '../ports/tunings.ts'

/** One tenant's way of an event, and its models. */
export interface PlayedTenant {
  readonly tenant: TenantId
  readonly desk: ModelDesk
  readonly trainer: Trainer
  /** Events that were learned from. */
  readonly events: () => Promise<number>
  /** Judges, learns and stores events in one transaction; then the change of the models that is due, if any, is made. */
  readonly take: (
    events: readonly ArrivingEvent[],
  ) => Promise<{ readonly judged: readonly JudgedEvent[]; readonly alerts: readonly RaisedAlert[] }>
  readonly stop: () => Promise<void>
}

/**
 * Everything that judges a tenant on a storage, without lanes: what follows a batch follows it at once. Where a batch takes longer than
 * the trainer's timer, a change that is due may be made one batch earlier than in another run. Models are fitted with the head.
 */
export async function playTenant(
  storage: Storage,
  name: string,
  clock: () => number,
  onError: (error: unknown) => void,
): Promise<PlayedTenant> {
  const tenant = (await storage.accounts.ensureTenant(name, false)).id
  const { accounts, modelLog: log, store } = storage
  const populations = createPopulations({ log: storage.populationLog, accounts, clock, onError })
  const policy = defaultPolicy
  const trainer = createTrainer({ log, populations, policy, head: 'fitted', optional: [], onError })
  const parts = {
    store,
    populations,
    trainer,
    profiles: createProfileCache(20_000),
    tunings: fixedTuning(compileTuning(SHIPPED_TUNING, ALERTS_PER_DAY)),
    clock,
    keptFrom: () => 0,
  }
  return {
    tenant,
    desk: createModelDesk({ log, populations, trainer, policy }),
    trainer,
    events: async () => (await populations.of(tenant)).events,
    async take(events) {
      const items = events.map((arriving) => ({ arriving, kept: true }))
      const { judged, alerts } = await commitBatch(parts, tenant, items)
      for (const [version, outcomes] of outcomesOf(judged, policy))
        trainer.note(tenant, version, outcomes)
      await trainer.train(tenant)
      return { judged, alerts }
    },
    async stop() {
      await trainer.close()
      await populations.close()
    },
  }
}

/** An event of a made-up world as it arrives. */
export function arrivingOf({ event }: SimulatedEvent, lookups: Lookups): ArrivingEvent {
  return {
    ...enrich(event, lookups),
    key: eventKey(event.source, event.uid),
    content: contentHash(event),
    backfill: false,
  }
}
