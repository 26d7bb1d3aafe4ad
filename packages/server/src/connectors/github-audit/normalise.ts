import type { AccessEvent, Actor } from '@gatewatch/schema'
import type { Connector, Origin } from '../connector.ts'
import { type Outcome, ok, reject } from '../outcome.ts'
import { readAddress } from '../values/address.ts'
import { begin } from '../values/begin.ts'
import { countryCode } from '../values/country.ts'
import { identified } from '../values/derived-uid.ts'
import { type Fields, fieldsOf, isFields, known, knownOrNone } from '../values/fields.ts'
import { instantOf } from '../values/instant.ts'
import { boolOf, loginOf, numberOf, textOf } from '../values/text.ts'
import { readEpoch, readTime } from '../values/time.ts'
import { actionOf } from './actions.ts'

/** The audit log of GitHub organisations and enterprises: API, exports, streams; Git events too. */
export const githubAudit: Connector = {
  format: 'github_audit',
  title: 'GitHub audit log (API, export, stream; JSON)',
  recognise(record) {
    if (!isFields(record) || typeof record.action !== 'string' || typeof record.actor !== 'string')
      return 0
    if (timeOf(record) === undefined && record._document_id === undefined) return 0
    const own = [
      record.org,
      record.business,
      record.repo,
      record.actor_id,
      record._document_id,
      record.actor_ip,
    ]
    const isAction = /^[a-z0-9_]{2,80}(\.[a-z0-9_-]{2,80})?$/.test(record.action)
    return isAction && own.some((one) => one !== undefined) ? 0.9 : 0
  },
  normalise(record, origin) {
    if (!isFields(record)) return reject('not a record of GitHub: it has no fields')
    return eventOf(record, origin)
  },
}

function timeOf(record: Fields): unknown {
  return record['@timestamp'] ?? record.created_at ?? record.at_sign_timestamp
}

function eventOf(record: Fields, origin: Origin): Outcome<AccessEvent> {
  const activity = textOf(record.action, 255)
  if (activity === undefined || record.actor === undefined)
    return reject('action and actor are needed: not a record of GitHub')
  const said = timeOf(record)
  const when = instantOf(
    numberOf(said) === undefined ? readTime(said) : readEpoch(said, 'ms'),
    said,
    origin,
  )
  if ('why' in when) return reject(when.why)
  const action = actionOf(activity, record)
  const status_id = action.status_id ?? 1
  const org = textOf(record.org, 255)
  const business = textOf(record.business, 255)
  const country = countryCode(fieldsOf(record.actor_location).country_code)
  const repo = textOf(record.repo ?? record.repository, 1024)
  const target = loginOf(record.user)
  return ok(
    identified(
      {
        ...begin(when, origin, {
          vendor: 'github',
          product: 'audit_log',
          format: 'github_audit',
          tenant_uid: business ?? org,
        }),
        class_uid: action.class_uid,
        activity_id: action.activity_id,
        activity,
        status_id,
        failure_class: status_id === 2 ? 'bad_credentials' : undefined,
        actor: actorOf(record),
        target:
          target.name === undefined || action.class_uid === 3002
            ? undefined
            : { ...target, domain: 'github', type: 'user' as const },
        src: known({
          ...readAddress(record.actor_ip),
          location: country === undefined ? undefined : { country, provider: 'vendor' as const },
        }),
        user_agent: textOf(record.user_agent, 1024),
        app: knownOrNone({
          uid: textOf(record.oauth_application_id, 255),
          name: textOf(record.oauth_application_name, 255),
        }),
        cloud: known<NonNullable<AccessEvent['cloud']>>({
          provider: 'github',
          account_uid: org,
          org_uid: business,
        }),
        api:
          action.class_uid === 3002
            ? undefined
            : known({
                service: 'github',
                operation: activity,
                read_only: action.activity_id === 2 || undefined,
                request_uid: textOf(record.request_id, 255),
              }),
        change: action.change === undefined || status_id === 2 ? undefined : [action.change],
        resources: repo === undefined ? undefined : [{ name: repo, type: 'repository' }],
        auth:
          action.stage === undefined
            ? undefined
            : known({
                stage: action.stage,
                is_mfa: null,
                protocol: action.stage === 'sso' ? ('saml' as const) : undefined,
              }),
      },
      record._document_id,
    ),
  )
}

/** A person is known across systems by the address that single sign-on has of them; else by the name at GitHub. */
function actorOf(record: Fields): Actor {
  const login = textOf(record.actor, 320)
  const uid = textOf(record.actor_id, 512)
  const isMachine =
    boolOf(record.actor_is_bot) === true ||
    boolOf(record.actor_is_agent) === true ||
    login?.endsWith('[bot]') === true
  const credential_uid = textOf(record.hashed_token, 512)
  if (login === undefined && uid === undefined)
    return known<Actor>({ type: 'unknown', credential_uid })
  if (isMachine)
    return known<Actor>({ uid: login ?? uid, name: login, type: 'service', credential_uid })
  const { email_addr } = loginOf(record.external_identity_nameid)
  return known<Actor>({
    uid,
    name: login,
    email_addr,
    domain: 'github',
    type: 'user',
    credential_uid,
  })
}
