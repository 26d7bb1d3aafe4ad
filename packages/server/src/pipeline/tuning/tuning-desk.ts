import { randomUUID } from 'node:crypto'
import type { Models } from '@gatewatch/engine'
import type {
  NetworkProposals,
  Preview,
  PreviewRequest,
  TuningChange,
  TuningState,
  TuningVersion,
} from '@gatewatch/schema'
import { fault } from '../../errors.ts'
import type { Accounts } from '../../ports/accounts.ts'
import type { Reader } from '../../ports/reader.ts'
import type { TenantId } from '../../ports/store.ts'
import type { Tunings } from '../../ports/tunings.ts'
import { changed } from './changed.ts'
import { compileTuning } from './compile.ts'
import { previewOf } from './preview.ts'
import { proposalsOf } from './proposals.ts'

/** A suppression that hid nothing for so long (ms) may not be needed any more. */
const STALE_MS = 30 * 86_400_000
/** How often a change is made again that another was faster at. */
const TRIES = 8
/** Versions that a state names. */
const HISTORY = 100

/** What people tune, see and take back. What cannot be done is a fault that says why. */
export interface TuningDesk {
  state(tenant: TenantId): Promise<TuningState>
  version(tenant: TenantId, version: number): Promise<TuningVersion>
  proposals(tenant: TenantId): Promise<NetworkProposals>
  /** What a change would have done to the last 30 days; changes nothing. */
  preview(tenant: TenantId, request: PreviewRequest, by: string): Promise<Preview>
  change(tenant: TenantId, change: TuningChange, by: string): Promise<TuningState>
}

/** What the desk needs. `models` are asked for previews; `onChange` hears of a change that is in effect in the store; `clock` in ms, UTC. */
export interface TuningParts {
  readonly tunings: Tunings
  readonly reader: Pick<Reader, 'past' | 'compromised'>
  readonly accounts: Pick<Accounts, 'tenant'>
  readonly models: {
    of(tenant: TenantId): Promise<Models>
    at(tenant: TenantId, version: number): Promise<Models>
  }
  readonly onChange: (tenant: TenantId) => Promise<void>
  readonly alertsPerDay: number
  readonly clock: () => number
}

/** The desk over these parts. */
export function createTuningDesk(parts: TuningParts): TuningDesk {
  const { tunings, reader, accounts, models, onChange, alertsPerDay, clock } = parts

  async function find(tenant: TenantId, version: number): Promise<TuningVersion> {
    const found = await tunings.at(tenant, version)
    if (found === null) {
      throw fault('not_found', `There is no version ${version} of what is tuned.`)
    }
    return found
  }

  async function current(tenant: TenantId): Promise<TuningVersion> {
    return find(tenant, await tunings.newest(tenant))
  }

  async function after(tenant: TenantId, before: TuningVersion, change: TuningChange, by: string) {
    const target = change.kind === 'roll_back' ? await tunings.at(tenant, change.version) : null
    return changed(before, change, { by, now: clock(), id: randomUUID() }, target)
  }

  async function state(tenant: TenantId): Promise<TuningState> {
    const version = await current(tenant)
    const [hits, history] = [await tunings.hits(tenant), await tunings.history(tenant, HISTORY)]
    const now = clock()
    const suppressions = version.tuning.suppressions.map((one) => {
      const { hits: count, last_hit } = hits.get(one.id) ?? { hits: 0, last_hit: null }
      const expired = one.expires <= now
      const stale = !expired && (last_hit ?? one.created) < now - STALE_MS
      return { ...one, hits: count, last_hit, expired, stale }
    })
    return { ...version, suppressions, history: [...history] }
  }

  return {
    state,
    version: find,
    async proposals(tenant) {
      const tuned = compileTuning(await current(tenant), alertsPerDay)
      return proposalsOf(reader, tenant, tuned, clock())
    },
    async preview(tenant, request, by) {
      const before = await current(tenant)
      const active = await models.of(tenant)
      const is = { tuned: compileTuning(before, alertsPerDay), models: active }
      const previewParts = { reader, clock, hashKeyOf: (of: TenantId) => keyOf(accounts, of) }
      if (request.kind === 'models') {
        const candidate = await models.at(tenant, request.version)
        if (candidate.version !== request.version) {
          throw fault('not_found', `There is no version ${request.version} of the models.`)
        }
        return previewOf(previewParts, tenant, is, { ...is, models: candidate })
      }
      const { tuning } = await after(tenant, before, request, by)
      const tuned = compileTuning({ version: before.version + 1, tuning }, alertsPerDay)
      return previewOf(previewParts, tenant, is, { ...is, tuned })
    },
    async change(tenant, change, by) {
      for (let attempt = 1; attempt <= TRIES; attempt += 1) {
        const before = await current(tenant)
        const { tuning, words } = await after(tenant, before, change, by)
        const version = before.version + 1
        const next = { version, time: clock(), by, change: words, why: change.why, tuning }
        const subject = `version ${version}: ${change.kind}`
        const note = { time: next.time, by, action: 'tune' as const, subject }
        if (!(await tunings.add(tenant, next, note))) continue
        await onChange(tenant)
        return state(tenant)
      }
      throw fault('overloaded', 'Others are changing what is tuned just now; try again.')
    },
  }
}

async function keyOf(accounts: Pick<Accounts, 'tenant'>, tenant: TenantId): Promise<Uint8Array> {
  const owner = await accounts.tenant(tenant)
  if (owner === null) throw new Error(`there is no tenant ${tenant}`)
  return owner.hashKey
}
