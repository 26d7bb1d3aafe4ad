import type { PopulationLog } from '../../ports/population-log.ts'
import type { Ledger } from './ledger.ts'

/** Deltas and snapshots in memory. Folded deltas go at once: there is no other process that could lag. */
export function memoryPopulationLog(ledger: Ledger): PopulationLog {
  return {
    async snapshot(tenant) {
      return ledger.of(tenant).snapshot
    },
    async since(tenant, marks) {
      const { deltas, snapshot } = ledger.of(tenant)
      const beyond = deltas.filter(({ writer, number }) => number > (marks.get(writer) ?? 0))
      for (const writer of new Set([...(snapshot?.marks.keys() ?? []), ...marks.keys()])) {
        const from = (marks.get(writer) ?? 0) + 1
        const first = beyond.find((delta) => delta.writer === writer)?.number
        if ((snapshot?.marks.get(writer) ?? 0) >= from && first !== from) return null
      }
      return beyond
    },
    async save(tenant, snapshot, keepMs) {
      const own = ledger.of(tenant)
      for (const [writer, number] of own.snapshot?.marks ?? []) {
        if ((snapshot.marks.get(writer) ?? 0) < number) return false
      }
      own.snapshot = { body: Uint8Array.from(snapshot.body), marks: new Map(snapshot.marks) }
      if (keepMs > 0) return true
      const kept = own.deltas.filter(
        ({ writer, number }) => number > (snapshot.marks.get(writer) ?? 0),
      )
      own.deltas.splice(0, own.deltas.length, ...kept)
      return true
    },
  }
}
