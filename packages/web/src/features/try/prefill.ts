import type { EventDetail, EventSummary } from '@gatewatch/schema'
import { emptyTryForm, type TryForm } from './try-event.ts'

/** The most recent successful sign-in among an identity's events; where it has none, whatever is nearest to one. */
export function usualSignIn(recent: readonly EventSummary[]): EventSummary | undefined {
  const signIns = recent.filter((event) => event.kind === 'authentication')
  return signIns.find((event) => event.outcome === 'success') ?? signIns[0] ?? recent[0]
}

/** A form filled in as that event came, so that one thing at a time can be changed. */
export function prefilled(entity: string, usual: EventDetail | undefined): TryForm {
  if (!usual) return { ...emptyTryForm, who: entity }
  const { event, context } = usual
  const { country, city, lat, long } = context.place ?? {}
  return {
    ...emptyTryForm,
    who: entity,
    ip: event.src.ip ?? '',
    country: country ?? '',
    city: city ?? '',
    lat: lat === undefined || long === undefined ? '' : String(lat),
    long: lat === undefined || long === undefined ? '' : String(long),
    device: event.device?.uid ?? '',
    userAgent: event.user_agent ?? '',
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
