import type { Sources, StoredSource } from '../../ports/sources.ts'
import type { TenantId } from '../../ports/store.ts'
import type { Ledger } from './ledger.ts'

/** Sources in memory. */
export function memorySources(ledger: Ledger): Sources {
  const change = (tenant: TenantId, name: string, to: Partial<StoredSource>, holder?: string) => {
    const { sources } = ledger.of(tenant)
    const row = sources.get(name)
    if (row === undefined) return
    sources.set(name, { source: { ...row.source, ...to }, holder: holder ?? row.holder })
  }
  const find = (tenant: TenantId, name: string) => ledger.of(tenant).sources.get(name)
  return {
    async tenants() {
      return [...ledger.tenants.keys()].filter((tenant) => ledger.of(tenant).sources.size > 0)
    },
    async add(tenant, source) {
      const { sources } = ledger.of(tenant)
      if (sources.has(source.name)) return false
      const nothing = { events: 0, unmapped: 0, refused: 0, held_until: 0, error: null }
      const stored = { ...source, ...nothing, positions: {}, last_read: null, last_event: null }
      sources.set(source.name, { source: stored, holder: '' })
      return true
    },
    async remove(tenant, name) {
      return ledger.of(tenant).sources.delete(name)
    },
    async list(tenant) {
      const rows = [...ledger.of(tenant).sources.values()].map(({ source }) => source)
      return rows.toSorted((a, b) => (a.name < b.name ? -1 : 1))
    },
    async find(tenant, name) {
      return find(tenant, name)?.source ?? null
    },
    async hold(tenant, name, by, now, until) {
      const row = find(tenant, name)
      if (row === undefined || (row.holder !== by && row.source.held_until > now)) return false
      change(tenant, name, { held_until: until }, by)
      return true
    },
    async keep(tenant, name, by, log, position) {
      const row = find(tenant, name)
      if (row?.holder !== by) return false
      const kept = new Map(Object.entries(row.source.positions)).set(log, position)
      change(tenant, name, { positions: Object.fromEntries(kept) })
      return true
    },
    async note(tenant, name, note) {
      const source = find(tenant, name)?.source
      if (source === undefined) return
      const { last_read = source.last_read, error = source.error } = note
      const latest = Math.max(note.last_event ?? -1, source.last_event ?? -1)
      change(tenant, name, {
        last_read,
        error,
        last_event: latest < 0 ? null : latest,
        events: source.events + (note.events ?? 0),
        unmapped: source.unmapped + (note.unmapped ?? 0),
        refused: source.refused + (note.refused ?? 0),
      })
    },
  }
}
