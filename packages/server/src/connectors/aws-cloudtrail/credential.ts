import type { AccessEvent } from '@gatewatch/schema'
import { at, type Fields, fieldsOf, knownOrNone } from '../values/fields.ts'
import { textOf } from '../values/text.ts'

/**
 * The credential that a successful call gave out or deleted. Nothing where the record does not know its caller: a call
 * across accounts has a record in the caller's account too.
 */
export function credentialOf(record: Fields): AccessEvent['credential'] {
  const { eventName, userIdentity, requestParameters, responseElements } = record
  const { type } = fieldsOf(userIdentity)
  if (type === 'AWSAccount' || type === 'AWSService' || type === undefined) return undefined
  switch (eventName) {
    case 'AssumeRole':
    case 'AssumeRoleWithSAML':
    case 'AssumeRoleWithWebIdentity':
    case 'GetFederationToken': {
      const given = fieldsOf(at(responseElements, 'credentials'))
      const session =
        at(responseElements, 'assumedRoleUser', 'assumedRoleId') ??
        at(responseElements, 'federatedUser', 'federatedUserId')
      const issued = knownOrNone({
        uid: textOf(given.accessKeyId, 512),
        session_uid: textOf(session, 512),
        expiration_time: expiryOf(given.expiration),
      })
      return issued === undefined ? undefined : { ...issued, state: 'temporary' }
    }
    case 'CreateAccessKey': {
      const uid = textOf(at(responseElements, 'accessKey', 'accessKeyId'), 512)
      return uid === undefined ? undefined : { uid, state: 'lasting' }
    }
    case 'DeleteAccessKey': {
      const uid = textOf(at(requestParameters, 'accessKeyId'), 512)
      return uid === undefined ? undefined : { uid, state: 'deleted' }
    }
    default:
      return undefined
  }
}

/** CloudTrail writes `Jul 30, 2024, 9:46:15 PM`, in UTC without saying so; some exports ISO 8601. */
function expiryOf(value: unknown): number | undefined {
  const text = textOf(value, 64)
  if (text === undefined) return undefined
  const isIso = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text)
  const time = isIso ? Date.parse(text) : Date.parse(`${text} UTC`)
  return time >= 0 ? time : undefined
}
