import { setTimeout } from 'node:timers/promises'
import { gatesOf, type Policy } from '@gatewatch/engine'
import type {
  Comparison,
  DriftReport,
  ModelComparison,
  ModelDetail,
  ModelList,
  ModelVersion,
} from '@gatewatch/schema'
import { fault } from '../errors.ts'
import { type ModelChange, type ModelLog, SHIPPED } from '../ports/model-log.ts'
import type { TenantId } from '../ports/store.ts'
import { compared } from './next-change.ts'
import type { Populations } from './populations.ts'
import type { Trainer } from './trainer.ts'

/** A change waits this long (ms), and so many times, for another process that is at it: a fit takes seconds. */
const AGAIN_MS = 500
const TRIES = 40
/** Notes that a list shows. */
const NOTES = 100

/** What people see of models, and what they may do. Rejects with a fault that says why something cannot be done. */
export interface ModelDesk {
  list(tenant: TenantId): Promise<ModelList>
  /** One version with everything that is known of why it is where it is. */
  explain(tenant: TenantId, version: number): Promise<ModelDetail>
  /** A version beside another (default: the active one) on the sign-ins that are kept now. */
  compare(tenant: TenantId, version: number, active?: number): Promise<ModelComparison>
  /** Makes a version the active one, whatever the gates say: they and the reason are recorded. */
  promote(tenant: TenantId, version: number, by: string, reason: string): Promise<ModelDetail>
  /** Makes the version active again that the active one replaced, and refuses this one. Gives it as it is recorded. */
  rollBack(tenant: TenantId, by: string, reason: string): Promise<ModelDetail>
  drift(tenant: TenantId): Promise<DriftReport>
  /** The newest drift reports of this process's tenants, for metrics. */
  reports(): readonly DriftReport[]
  /** Changes of registries that this process made, for metrics. */
  changes(): ReadonlyMap<ModelChange['kind'], number>
}

/** The desk over a registry and the trainer that leads it. */
export function createModelDesk(parts: {
  readonly log: ModelLog
  readonly populations: Pick<Populations, 'of'>
  readonly trainer: Trainer
  readonly policy: Policy
}): ModelDesk {
  const { log, populations, trainer, policy } = parts

  async function find(tenant: TenantId, version: number): Promise<ModelVersion> {
    const found = (await log.versions(tenant)).find((one) => one.version === version)
    if (found !== undefined) return found
    const hint = 'GET /v1/models lists those that are kept'
    throw fault('not_found', `There is no version ${version} of the models; ${hint}.`)
  }

  async function explain(tenant: TenantId, version: number): Promise<ModelDetail> {
    const found = await find(tenant, version)
    const notes = await log.notes(tenant, 1_000)
    return {
      ...found,
      gates: found.comparison === null ? [] : [...gatesOf(found.comparison)],
      notes: notes.filter((note) => note.version === version),
    }
  }

  async function beside(
    tenant: TenantId,
    { version, card }: ModelVersion,
    active: number,
  ): Promise<Comparison> {
    const [population, before, candidate] = [
      await populations.of(tenant),
      await trainer.at(tenant, active),
      await trainer.at(tenant, version),
    ]
    if (candidate.version !== version) {
      throw fault('invalid_request', `Version ${version} is of another build and cannot be read.`)
    }
    return compared({ population, policy }, before, candidate, card?.window.until ?? null)
  }

  async function change(
    tenant: TenantId,
    work: (current: readonly ModelVersion[]) => Promise<ModelChange>,
  ): Promise<void> {
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      if (await trainer.change(tenant, work)) return
      await setTimeout(AGAIN_MS)
    }
    throw fault('overloaded', 'Models are being fitted just now; try again in a minute.')
  }

  return {
    explain,
    drift: (tenant) => trainer.drift(tenant),
    reports: () => trainer.reports(),
    changes: () => trainer.changes(),
    async list(tenant) {
      const [versions, notes] = [await log.versions(tenant), await log.notes(tenant, NOTES)]
      return {
        active: activeOf(versions),
        versions: versions.map(({ card, comparison: _, ...version }) => ({
          ...version,
          members: card?.members ?? null,
        })),
        notes: [...notes],
      }
    },
    async compare(tenant, version, active) {
      const candidate = await find(tenant, version)
      const to = active ?? (await log.activeVersion(tenant))
      if (to !== SHIPPED) await find(tenant, to)
      const comparison = await beside(tenant, candidate, to)
      return { active: to, candidate: version, comparison, gates: [...gatesOf(comparison)] }
    },
    async promote(tenant, version, by, reason) {
      const chosen = await find(tenant, version)
      await change(tenant, async (current) => {
        const active = activeOf(current)
        if (active === version) {
          throw fault('invalid_request', `Version ${version} is the active one already.`)
        }
        const comparison = await beside(tenant, chosen, active)
        return { kind: 'promote', version, comparison, by, reason }
      })
      return explain(tenant, version)
    },
    async rollBack(tenant, by, reason) {
      let version = SHIPPED
      await change(tenant, async (current) => {
        version = activeOf(current)
        if (version === SHIPPED) {
          throw fault('invalid_request', 'What ships is active; there is nothing to roll back to.')
        }
        return { kind: 'roll_back', version, by, reason }
      })
      return explain(tenant, version)
    },
  }
}

function activeOf(versions: readonly ModelVersion[]): number {
  return versions.find(({ state }) => state === 'active')?.version ?? SHIPPED
}
