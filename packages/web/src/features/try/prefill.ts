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

/** One change to a form each, for seeing what a single difference does to the judgement. */
export const variations = {
  place: (form: TryForm): TryForm => ({
    ...form,
    country: 'NG',
    city: 'Lagos',
    lat: '6.45',
    long: '3.39',
  }),
  night: (form: TryForm): TryForm => ({ ...form, time: `${lastSunday(Date.now())}T03:00` }),
  device: (form: TryForm): TryForm => ({
    ...form,
    device: 'a-device-never-seen',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
  }),
} as const

/** The date of the last Sunday before `now` in the reader's zone, YYYY-MM-DD. */
export function lastSunday(now: number): string {
  const day = new Date(now)
  day.setDate(day.getDate() - (day.getDay() || 7))
  const two = (part: number) => String(part).padStart(2, '0')
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`
}
