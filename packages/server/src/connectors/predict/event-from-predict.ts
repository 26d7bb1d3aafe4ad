import type { AccessEvent, AuthDetail, PredictRequest } from '@gatewatch/schema'
import { type Outcome, ok, reject } from '../outcome.ts'
import { readAddress } from '../values/address.ts'
import { identified } from '../values/derived-uid.ts'
import { known, knownOrNone } from '../values/fields.ts'
import { instantOf } from '../values/instant.ts'
import { vendorLocation } from '../values/location.ts'
import { boolOf, looksLikeEmail, textOf } from '../values/text.ts'
import { readTime } from '../values/time.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/**
 * The sign-in that a `POST /predict` body (already checked against `PredictRequest`) speaks of. Without `timestamp`,
 * `hour` or `login_hour` and `day_of_week` (0 Monday) give the most recent past moment with that hour and day, UTC, at
 * half past; without those, `now`. `user_encoded: 5` is the opaque identity `user_encoded:5`, `ip_encoded: 7` the opaque
 * address `ip_encoded:7`. A claimed new device and hour are kept as claims. Rejects a body that names nobody.
 */
export function eventFromPredict(body: PredictRequest, now: number): Outcome<AccessEvent> {
  const name =
    textOf(body.user_id, 320) ??
    (body.user_encoded === undefined ? undefined : `user_encoded:${body.user_encoded}`)
  if (name === undefined) return reject('user_id: say who signs in (or user_encoded)')
  const said = body.timestamp
  const when = instantOf(timeOf(body, now), said, { connector: 'predict', now, mode: 'replay' })
  if ('why' in when) return reject(when.why)
  const failed = boolOf(body.success) === false
  const event = identified(
    {
      v: 1,
      revision: 0,
      time: when.time,
      time_raw: typeof said === 'string' ? when.raw : undefined,
      observed_time: now,
      source: { vendor: 'gatewatch', product: 'predict', format: 'predict', connector: 'predict' },
      class_uid: 3002,
      activity_id: 1,
      activity: 'sign_in',
      status_id: failed ? 2 : 1,
      failure_class: failed ? 'bad_credentials' : undefined,
      actor: known({ name, email_addr: looksLikeEmail(name) ? name : undefined, type: 'user' }),
      src: { ...addressOf(body), ...locationOf(body.geo_location) },
      device: deviceOf(body.device_id),
      traffic: knownOrNone({ bytes_in: body.bytes_in, bytes_out: body.bytes_out }),
      auth: known<AuthDetail>({
        stage: 'primary',
        is_mfa: null,
        new_device: boolOf(body.is_new_device),
      }),
    },
    undefined,
  )
  return ok(event)
}

function timeOf(body: PredictRequest, now: number): number {
  if (typeof body.timestamp === 'number') return body.timestamp
  if (body.timestamp !== undefined) return readTime(body.timestamp)
  const hour = body.hour ?? body.login_hour
  if (hour === undefined && body.day_of_week === undefined) return now
  return mostRecent(hour ?? new Date(now).getUTCHours(), body.day_of_week, now)
}

/** The latest moment not after `now` at half past this hour (UTC) and, where given, on this day (0 Monday). */
function mostRecent(hour: number, day: number | undefined, now: number): number {
  const today = Math.floor(now / dayMs)
  // 1 January 1970 was a Thursday.
  const back = day === undefined ? 0 : (((today + 3 - day) % 7) + 7) % 7
  const moment = (today - back) * dayMs + Math.floor(hour) * hourMs + hourMs / 2
  if (moment <= now) return moment
  return moment - (day === undefined ? dayMs : 7 * dayMs)
}

function addressOf(body: PredictRequest): AccessEvent['src'] {
  if (body.ip_address !== undefined) return { ...readAddress(body.ip_address) }
  if (body.ip_encoded === undefined) return { ip_kind: 'missing' }
  return { ip_raw: `ip_encoded:${body.ip_encoded}`, ip_kind: 'invalid' }
}

/** `Oslo, NO`, `Oslo, Oslo, Norway`, `Norway` or `59.9,10.7`. */
function locationOf(text: string | undefined): Pick<AccessEvent['src'], 'location'> {
  if (text === undefined) return {}
  const parts = text.split(/[,;/|]/).map((part) => part.trim())
  const last = parts.at(-1)
  const isPair = parts.length === 2 && parts.every((part) => /^[+-]?\d+(\.\d+)?$/.test(part))
  const location = isPair
    ? vendorLocation({ lat: parts[0], long: parts[1] })
    : vendorLocation({
        country: last,
        city: parts.length > 1 ? parts[0] : undefined,
        region: parts.length > 2 ? parts[1] : undefined,
      })
  // A single word that is no country is a city.
  const found = location ?? vendorLocation({ city: text })
  return found === undefined ? {} : { location: found }
}

function deviceOf(id: string | undefined): AccessEvent['device'] {
  const uid = textOf(id, 512)
  return uid === undefined ? undefined : { uid }
}
