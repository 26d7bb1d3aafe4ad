import type { AccessEvent, VendorRisk } from '@gatewatch/schema'
import type { Origin } from '../connector.ts'
import { type Outcome, ok, reject } from '../outcome.ts'
import { readAddress } from '../values/address.ts'
import { begin } from '../values/begin.ts'
import { identified } from '../values/derived-uid.ts'
import { entryOf, fieldsOf, known, listOf, type Reader } from '../values/fields.ts'
import { instantOf } from '../values/instant.ts'
import { vendorLocation } from '../values/location.ts'
import { looksLikeEmail, textOf } from '../values/text.ts'
import { readTime } from '../values/time.ts'
import { directoryOf } from './directory.ts'

/** Does the record say what Identity Protection thinks of a person or of a sign-in, rather than tell of the sign-in itself? */
export function isRisk(get: Reader): boolean {
  if (get('risklevel') === undefined || get('riskstate') === undefined) return false
  return get('risklastupdateddatetime', 'detecteddatetime', 'riskeventtype') !== undefined
}

const levels: Readonly<Record<string, VendorRisk['level_id']>> = { low: 1, medium: 2, high: 3 }

/** A finding of Identity Protection: a person at risk (`RiskyUsers`), or one detection (`UserRiskEvents`). */
export function riskEvent(get: Reader, origin: Origin): Outcome<AccessEvent> {
  const name = textOf(get('userprincipalname'), 320)
  const user = textOf(get('userid'), 512)
  const id = textOf(get('id'), 255)
  const kind = textOf(get('riskeventtype', 'risktype'), 128)
  // A person's own record has the person's id, whatever happens to the risk.
  const uid = user ?? (kind === undefined ? id : undefined)
  if (name === undefined && uid === undefined)
    return reject('nobody is named: no userPrincipalName')
  const said = get('activitydatetime', 'risklastupdateddatetime', 'detecteddatetime', 'time')
  const when = instantOf(readTime(said), said, origin)
  if ('why' in when) return reject(when.why)
  const state = textOf(get('riskstate'), 64)
  const place = fieldsOf(get('location'))
  const level = entryOf(levels, textOf(get('risklevel'), 16)?.toLowerCase())
  return ok(
    identified(
      {
        ...begin(when, origin, {
          vendor: 'microsoft',
          product: 'entra_id',
          format: 'entra',
          log_name: 'risk',
        }),
        class_uid: 2004,
        activity_id: state === 'dismissed' || state === 'remediated' ? 3 : 1,
        activity: kind ?? 'riskyUser',
        status_id: 99,
        status_code: state,
        status_detail: textOf(get('riskdetail'), 1024),
        actor: known<AccessEvent['actor']>({
          uid,
          name: name ?? uid?.slice(0, 320),
          email_addr: name !== undefined && looksLikeEmail(name) ? name : undefined,
          type: 'user',
        }),
        src: known({
          ...readAddress(get('ipaddress')),
          location: vendorLocation({
            country: place.countryOrRegion,
            region: place.state,
            city: place.city,
          }),
        }),
        user_agent: userAgentOf(get),
        cloud: known<NonNullable<AccessEvent['cloud']>>({
          provider: 'azure',
          account_uid: directoryOf(get),
        }),
        vendor_risk: { level_id: level ?? 0, reasons: kind === undefined ? [] : [kind] },
      },
      kind === undefined && id !== undefined ? `${id}/${when.time}` : id,
    ),
  )
}

function userAgentOf(get: Reader): string | undefined {
  const pairs = listOf(get('additionalinfo')).map(fieldsOf)
  return textOf(pairs.find(({ Key }) => Key === 'userAgent')?.Value, 1024)
}
