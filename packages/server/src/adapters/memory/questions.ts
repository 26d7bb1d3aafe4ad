import type { Questions } from '../../ports/questions.ts'
import type { Ledger } from './ledger.ts'

/** Questions in memory. */
export function memoryQuestions(ledger: Ledger): Questions {
  return {
    async add(tenant, question) {
      ledger.of(tenant).questions.set(question.id, question)
    },
    async get(tenant, id) {
      return ledger.of(tenant).questions.get(id) ?? null
    },
    async of(tenant, alert) {
      const all = [...ledger.of(tenant).questions.values()]
      return all.filter((one) => one.alert === alert).sort((a, b) => b.asked - a.asked)
    },
    async answer(tenant, id, given) {
      const { questions } = ledger.of(tenant)
      const known = questions.get(id)
      if (known === undefined || known.answer !== null) return false
      questions.set(id, { ...known, ...given })
      return true
    },
    async count(tenant, id) {
      const { questions } = ledger.of(tenant)
      const known = questions.get(id)
      if (known !== undefined) questions.set(id, { ...known, counted: true, why: null })
    },
  }
}
