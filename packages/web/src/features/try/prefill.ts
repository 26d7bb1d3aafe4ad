import type { EventSummary } from '@gatewatch/schema'
import { emptyTryForm, type TryForm } from './try-event.ts'

/** A form filled in as the identity's most recent successful sign-in came, so that one thing at a time can be changed. */
export function prefilled(entity: string, recent: readonly EventSummary[]): TryForm {
  const signIns = recent.filter((event) => event.kind === 'authentication')
  const usual = signIns.find((event) => event.outcome === 'success') ?? signIns[0]
  const placed = usual?.lat !== undefined && usual.long !== undefined
  return {
    ...emptyTryForm,
    who: entity,
    ip: usual?.ip ?? '',
    country: usual?.country ?? '',
    city: usual?.city ?? '',
    lat: placed ? String(usual.lat) : '',
    long: placed ? String(usual.long) : '',
  }
}
