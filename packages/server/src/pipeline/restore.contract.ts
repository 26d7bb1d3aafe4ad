import { defaultPolicy, encodeModels, encodePopulation, type Policy } from '@gatewatch/engine'
import { beforeAll, describe, expect, test } from 'vitest'
import { NOON } from '../ports/samples.contract.ts'
import type { Storage } from '../ports/storage.ts'
import type { ArrivingEvent, TenantId } from '../ports/store.ts'
import { SHIPPED_TUNING } from '../ports/tunings.ts'
import { type BatchParts, commitBatch } from './batch.ts'
import { settleAlert } from './feedback.ts'
import { chunks, profilesOf, visitedHistory } from './history.contract.ts'
import { createPopulations } from './populations.ts'
import { createProfileCache } from './profile-cache.ts'
import { createTrainer } from './trainer.ts'
import { fixedTuning } from './tuning/book.ts'
import { compileTuning } from './tuning/compile.ts'

const HASH_KEY = Uint8Array.from({ length: 16 }, (_, n) => n * n)
const policy: Policy = { ...defaultPolicy, alertAt: 40 }

/** Everything that judges, without lanes, so that batches and fits follow one another in a known order. */
interface Judge {
  readonly parts: BatchParts
  /** Commits one batch, and fits whatever is due after it. */
  take(events: readonly ArrivingEvent[]): Promise<void>
  fitWhatIsDue(): Promise<void>
  state(): Promise<{ readonly population: string; readonly models: string }>
  stop(): Promise<void>
  /** Ends without leaving a snapshot; gives what is left to close. */
  kill(): Promise<() => Promise<void>>
}

function startJudge(storage: Storage, tenant: TenantId): Judge {
  const onError = (error: unknown) => expect.unreachable(String(error))
  const accounts = { tenant: async () => ({ name: 'any', hashKey: HASH_KEY, demo: false }) }
  const log = storage.populationLog
  const populations = createPopulations({ log, accounts, clock: () => NOON, onError })
  const trainer = createTrainer({
    log: storage.modelLog,
    populations,
    policy,
    head: 'fitted',
    optional: [],
    onError,
  })
  const parts = {
    store: storage.store,
    populations,
    trainer,
    profiles: createProfileCache(1_000),
    tunings: fixedTuning({ ...compileTuning(SHIPPED_TUNING, 100), policyOf: () => policy }),
    clock: () => NOON,
    keptFrom: () => 0,
  }
  async function fitWhatIsDue(): Promise<void> {
    const changes = async () => (await storage.modelLog.notes(tenant, 1_000)).length
    for (let before = -1; before !== (await changes()); ) {
      before = await changes()
      await trainer.train(tenant)
    }
  }
  return {
    parts,
    fitWhatIsDue,
    async take(events) {
      await commitBatch(
        parts,
        tenant,
        events.map((arriving) => ({ arriving, kept: true })),
      )
      await fitWhatIsDue()
    },
    async state() {
      const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
      return {
        population: hex(encodePopulation(await populations.of(tenant))),
        models: hex(encodeModels(await trainer.of(tenant))),
      }
    },
    async stop() {
      await trainer.close()
      await populations.close()
    },
    async kill() {
      await trainer.close()
      return populations.close
    },
  }
}

/** What a restart promises, over any storage. */
export function testRestore(
  name: string,
  open: () => Promise<{ storage: Storage; close: () => Promise<void> }>,
): void {
  describe(`a restart on ${name}`, () => {
    let storage: Storage
    beforeAll(async () => {
      const opened = await open()
      storage = opened.storage
      return async () => opened.close()
    })

    async function play(
      purpose: string,
      restartsAt: readonly number[],
      how: 'stopped' | 'killed' = 'stopped',
    ) {
      const { id } = await storage.accounts.ensureTenant(purpose, false)
      let judge = startJudge(storage, id)
      const left: (() => Promise<void>)[] = []
      let count = 0
      for (const chunk of chunks(visitedHistory(), 150)) {
        await judge.take(chunk)
        count += 1
        if (count === 20) {
          // a person's verdict makes members of the ensemble due
          const { alerts } = await storage.reader.alerts(id, { limit: 1 })
          const feedback = { verdict: 'safe' as const, by: 'me', time: NOON }
          await settleAlert(judge.parts, id, alerts[0]?.id ?? '', feedback, NOON)
          await judge.fitWhatIsDue()
        }
        if (!restartsAt.includes(count)) continue
        if (how === 'stopped') await judge.stop()
        else left.push(await judge.kill())
        judge = startJudge(storage, id)
      }
      const state = await judge.state()
      const profiles = await profilesOf(storage, id)
      const { members, version } = await judge.parts.trainer.of(id)
      await judge.stop()
      for (const close of left) await close()
      const verdicts = []
      for (const { event } of visitedHistory().slice(2_000)) {
        verdicts.push((await storage.reader.event(id, event.uid))?.verdict)
      }
      return { ...state, profiles, verdicts, members: members.length, version }
    }

    test('in the middle of a stream leaves profiles, verdicts, population and models as if there had been none, to the bit', async () => {
      const undisturbed = await play('undisturbed', [])
      const restarted = await play('restarted', [7, 14, 20])
      expect(undisturbed.members).toBeGreaterThan(1)
      const versions = new Set(undisturbed.verdicts.map((verdict) => verdict?.models))
      // a version is in shadow for a while before it judges
      expect(versions.size).toBeGreaterThan(1)
      expect(restarted.verdicts).toEqual(undisturbed.verdicts)
      expect(restarted.profiles).toEqual(undisturbed.profiles)
      expect(restarted.version).toBe(undisturbed.version)
      expect(restarted.models === undisturbed.models).toBe(true)
      expect(restarted.population === undisturbed.population).toBe(true)
    }, 120_000)

    test('after a process that left no snapshot is as exact: what it committed is added up in the same order', async () => {
      const undisturbed = await play('alive', [])
      const killed = await play('killed', [9, 20], 'killed')
      expect(killed).toEqual(undisturbed)
    }, 120_000)
  })
}
