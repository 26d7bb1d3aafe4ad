import { EventInput } from '@gatewatch/schema'
import { text } from '../../text.ts'

/** The form as it stands, every field as the text that was typed. */
export interface TryForm {
  readonly who: string
  readonly ip: string
  readonly country: string
  readonly city: string
  readonly lat: string
  readonly long: string
  readonly device: string
  readonly userAgent: string
  readonly time: string
  readonly outcome: 'success' | 'failure'
}

/** A form with nothing filled in. */
export const emptyTryForm: TryForm = {
  who: '',
  ip: '',
  country: '',
  city: '',
  lat: '',
  long: '',
  device: '',
  userAgent: '',
  time: '',
  outcome: 'success',
}

/** What is wrong with a form, by field; empty when it can be sent. */
export function tryFormErrors(form: TryForm): Partial<Record<keyof TryForm, string>> {
  const errors: Partial<Record<keyof TryForm, string>> = {}
  if (!form.who.trim()) errors.who = text.try.whoMissing
  if (form.country.trim() && !/^[a-z]{2}$/i.test(form.country.trim())) {
    errors.country = text.try.countryWrong
  }
  if (!within(form.lat, 90)) errors.lat = text.try.numberWrong(-90, 90)
  if (!within(form.long, 180)) errors.long = text.try.numberWrong(-180, 180)
  if (Boolean(form.lat.trim()) !== Boolean(form.long.trim())) errors.long = text.try.pair
  if (form.time && Number.isNaN(Date.parse(form.time))) errors.time = text.try.timeWrong
  return errors
}

function within(value: string, limit: number): boolean {
  return value.trim() === '' || Math.abs(Number(value)) <= limit
}

/** The event that a form describes; fields left empty are left out, never sent as empty. */
export function eventOf(form: TryForm): EventInput {
  const who = form.who.trim()
  const location = locationOf(form)
  const ip = form.ip.trim()
  const src = { ...(ip && { ip }), ...(location && { location }) }
  return {
    actor: actorOf(who),
    class_uid: 3002,
    activity_id: 1,
    status_id: form.outcome === 'success' ? 1 : 2,
    ...(form.time && { time: Date.parse(form.time) }),
    ...((ip || location) && { src }),
    ...(form.device.trim() && { device: { uid: form.device.trim() } }),
    ...(form.userAgent.trim() && { user_agent: form.userAgent.trim() }),
  }
}

function actorOf(who: string): EventInput['actor'] {
  const named = /^[a-z_]+:/.test(who)
  if (named) return { key: who, name: who.slice(who.search(/[^:/]+$/)) }
  return who.includes('@') ? { email_addr: who } : { name: who }
}

function locationOf(form: TryForm): NonNullable<EventInput['src']>['location'] {
  const country = form.country.trim().toUpperCase()
  const city = form.city.trim()
  const placed = form.lat.trim() !== '' && form.long.trim() !== ''
  if (!country && !city && !placed) return undefined
  return {
    provider: 'vendor',
    ...(country && { country }),
    ...(city && { city }),
    ...(placed && { lat: Number(form.lat), long: Number(form.long) }),
  }
}

/** Reads what was typed as JSON: the event, or what is wrong with it in words. */
export function eventFromJson(
  typed: string,
): { readonly event: EventInput } | { readonly error: string } {
  let value: unknown
  try {
    value = JSON.parse(typed)
  } catch (error) {
    return { error: text.try.jsonBroken + (error instanceof Error ? error.message : '') }
  }
  const parsed = EventInput.safeParse(value)
  if (parsed.success) return { event: parsed.data }
  const issues = parsed.error.issues.slice(0, 3)
  return { error: issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n') }
}
