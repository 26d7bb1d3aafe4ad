import type { AccessEvent, AuthDetail } from '@gatewatch/schema'
import type { Connector } from '../connector.ts'
import { ok, reject } from '../outcome.ts'
import { readAddress } from '../values/address.ts'
import { identified } from '../values/derived-uid.ts'
import { type Fields, isFields, known, knownOrNone } from '../values/fields.ts'
import { instantOf } from '../values/instant.ts'
import { vendorLocation } from '../values/location.ts'
import { boolOf, countOf, textOf } from '../values/text.ts'
import { readIso } from '../values/time.ts'

const needed = ['Login Timestamp', 'User ID', 'IP Address', 'Login Successful']

/**
 * The 16-column CSV of the RBA data set (Wiefling et al., 2022). Its last two columns, `Is Attack IP` and
 * `Is Account Takeover`, are labels: no line of this connector reads them.
 */
export const rba: Connector = {
  format: 'rba',
  title: 'RBA data set (CSV with 16 columns)',
  recognise(record) {
    return isFields(record) && needed.every((name) => Object.hasOwn(record, name)) ? 1 : 0
  },
  normalise(record, origin) {
    if (!isFields(record)) return reject('not a row of the RBA data set')
    const user = textOf(record['User ID'], 320)
    if (user === undefined) return reject('User ID is empty')
    const said = record['Login Timestamp']
    const ms = typeof said === 'string' ? readIso(said.trim()) : Number.NaN
    const when = instantOf(ms, said, origin)
    if ('why' in when) return reject(when.why)
    const success = boolOf(record['Login Successful'])
    return ok(
      identified(
        {
          v: 1,
          revision: 0,
          time: when.time,
          time_raw: when.raw,
          observed_time: origin.now,
          source: {
            vendor: 'rba',
            product: 'rba_dataset',
            format: 'rba',
            connector: origin.connector,
          },
          class_uid: 3002,
          activity_id: 1,
          activity: 'login',
          status_id: success === undefined ? 0 : success ? 1 : 2,
          failure_class: success === false ? 'bad_credentials' : undefined,
          actor: { uid: user, type: 'user' },
          src: sourceOf(record),
          user_agent: textOf(record['User Agent String'], 1024),
          device: deviceOf(record),
          auth: known<AuthDetail>({ stage: 'primary', is_mfa: null }),
          warnings: when.warnings,
        },
        record.index,
      ),
    )
  },
}

function sourceOf(record: Fields): AccessEvent['src'] {
  const asn = countOf(record.ASN)
  const { Country: country, Region: region, City: city } = record
  return known({
    ...readAddress(record['IP Address']),
    location: vendorLocation({ country, region, city }),
    autonomous_system: asn === undefined ? undefined : { number: asn },
  })
}

function deviceOf(record: Fields): AccessEvent['device'] {
  const type = textOf(record['Device Type'], 20)
  const isKnown = type === 'desktop' || type === 'mobile' || type === 'tablet'
  return knownOrNone({
    type: isKnown ? type : type === undefined ? undefined : ('other' as const),
    os: textOf(record['OS Name and Version'], 128),
    browser: textOf(record['Browser Name and Version'], 128),
  })
}
