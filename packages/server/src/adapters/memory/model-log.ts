import type { ModelVersion } from '@gatewatch/schema'
import {
  currentOf,
  type ModelChange,
  type ModelLog,
  noteOf,
  SHIPPED,
} from '../../ports/model-log.ts'
import type { TenantId } from '../../ports/store.ts'
import type { Ledger, TenantLedger } from './ledger.ts'

const NONE = { judged: 0, challenged: 0, alerted: 0 }

/** The registry of fitted models in memory; every version stays. */
export function memoryModelLog(ledger: Ledger, clock: () => number): ModelLog {
  const changing = new Set<TenantId>()
  const activeOf = (tenant: TenantId) =>
    ledger.of(tenant).models.find(({ row }) => row.state === 'active')
  return {
    async active(tenant) {
      return activeOf(tenant)?.stored ?? null
    },
    async activeVersion(tenant) {
      return activeOf(tenant)?.stored.version ?? SHIPPED
    },
    async at(tenant, version) {
      return ledger.of(tenant).models.find((one) => one.row.version === version)?.stored ?? null
    },
    async current(tenant) {
      return currentOf(rowsOf(ledger.of(tenant)))
    },
    async versions(tenant) {
      return rowsOf(ledger.of(tenant))
    },
    async notes(tenant, limit) {
      return ledger.of(tenant).modelNotes.toReversed().slice(0, limit)
    },
    async change(tenant, work) {
      if (changing.has(tenant)) return false
      changing.add(tenant)
      try {
        const own = ledger.of(tenant)
        const change = await work(currentOf(rowsOf(own)))
        if (change === null) return false
        apply(own, change, clock())
        own.modelNotes.push(noteOf(change, clock()))
        return true
      } finally {
        changing.delete(tenant)
      }
    },
    async count(tenant, version, outcomes) {
      const own = ledger.of(tenant)
      const row = own.models.find((one) => one.row.version === version)?.row
      if (row === undefined) return
      const { judged, challenged, alerted } = row.outcomes
      replace(own, version, {
        outcomes: {
          judged: judged + outcomes.judged,
          challenged: challenged + outcomes.challenged,
          alerted: alerted + outcomes.alerted,
        },
      })
    },
  }
}

function rowsOf({ models }: TenantLedger): readonly ModelVersion[] {
  return models.map(({ row }) => row).toSorted((a, b) => b.version - a.version)
}

function replace(own: TenantLedger, version: number, changed: Partial<ModelVersion>): ModelVersion {
  const at = own.models.findIndex(({ row }) => row.version === version)
  const known = own.models[at]
  if (known === undefined) throw new Error(`there is no version ${version}`)
  own.models[at] = { ...known, row: { ...known.row, ...changed } }
  return known.row
}

function retire(own: TenantLedger, state: 'active' | 'shadow', changed: Partial<ModelVersion>) {
  for (const { row } of own.models) {
    if (row.state === state) replace(own, row.version, { ...changed, state: 'retired' })
  }
}

function apply(own: TenantLedger, change: ModelChange, now: number): void {
  const { version, by, reason } = change
  const decided = { decided: now, by, reason }
  switch (change.kind) {
    case 'shadow': {
      if (own.models.some(({ row }) => row.version === version)) {
        throw new Error(`there is a version ${version} already`)
      }
      retire(own, 'shadow', { ...decided, reason: `overtaken by version ${version}` })
      const { parent, card, body } = change
      const row: ModelVersion = {
        version,
        created: now,
        state: 'shadow',
        parent,
        replaced: null,
        card,
        comparison: null,
        outcomes: NONE,
        ...decided,
      }
      own.models.push({ row, stored: { version, body: Uint8Array.from(body) } })
      return
    }
    case 'promote': {
      const replaced =
        own.models.find(({ row }) => row.state === 'active' && row.version !== version)?.row
          .version ?? SHIPPED
      retire(own, 'active', {})
      const { comparison } = change
      replace(own, version, { ...decided, state: 'active', replaced, comparison, outcomes: NONE })
      return
    }
    case 'refuse':
      replace(own, version, { ...decided, state: 'refused', comparison: change.comparison })
      return
    case 'roll_back': {
      const gone = replace(own, version, { ...decided, state: 'refused' })
      const target = gone.replaced ?? SHIPPED
      retire(own, 'active', {})
      for (const { row } of own.models) {
        if (row.replaced !== version) continue
        replace(own, row.version, { replaced: row.version === target ? SHIPPED : target })
      }
      if (!own.models.some(({ row }) => row.version === target)) return
      const again = `active again: version ${version} was rolled back`
      replace(own, target, { decided: now, by, reason: again, state: 'active' })
    }
  }
}
