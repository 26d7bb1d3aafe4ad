import type { Answer, Question } from '@gatewatch/schema'
import type { TenantId } from './store.ts'

/** Questions to identities about alerts. They go with their identity when it is erased. */
export interface Questions {
  add(tenant: TenantId, question: Question): Promise<void>
  get(tenant: TenantId, id: string): Promise<Question | null>
  /** Of one alert, newest first. */
  of(tenant: TenantId, alert: string): Promise<readonly Question[]>
  /** Takes the answer, once: false where there was one already, or no such question. */
  answer(
    tenant: TenantId,
    id: string,
    given: { readonly answer: Answer; readonly answered: number; readonly why: string | null },
  ): Promise<boolean>
  /** Notes that the answer was taken as a verdict. */
  count(tenant: TenantId, id: string): Promise<void>
}
