import { type AccessEvent, type Actor, type Principal, PrincipalType } from '@gatewatch/schema'
import { actorOf as cloudtrailActor } from '../aws-cloudtrail/actor.ts'
import { entryOf, type Fields, fieldsOf, known, knownOrNone } from '../values/fields.ts'
import { boolOf, loginOf, textOf } from '../values/text.ts'
import { ocsfTime } from './time.ts'

/** OCSF user types: 1 user, 2 administrator, 3 system, 4 service. */
const types: Readonly<Record<string, Principal['type']>> = {
  1: 'user',
  2: 'admin',
  3: 'system',
  4: 'service',
}

/** Who is meant by a user object; undefined where it names nobody. */
function principalOf(said: unknown): Principal | undefined {
  const user = fieldsOf(said)
  const login = loginOf(user.name)
  const uid = textOf(user.uid, 512)
  const type = typeOf(user)
  // Addresses of service accounts are nobody's mail.
  const isMachine = type === 'service' || type === 'workload' || type === 'system'
  const email_addr = textOf(user.email_addr, 320) ?? (isMachine ? undefined : login.email_addr)
  if (login.name === undefined && uid === undefined && email_addr === undefined) return undefined
  return known<Principal>({
    uid,
    name: login.name ?? email_addr,
    email_addr,
    domain: textOf(user.domain, 255),
    type,
    account_uid: textOf(fieldsOf(user.account).uid ?? user.account_uid, 255),
  })
}

function typeOf({ type_id, type }: Fields): Principal['type'] {
  const named = textOf(type, 64) ?? ''
  const own = PrincipalType.safeParse(named.toLowerCase())
  if (own.success) return own.data
  if (/^root$/i.test(named)) return 'root'
  if (/service|application|machine/i.test(named)) return 'service'
  if (/guest/i.test(named)) return 'guest'
  return entryOf(types, type_id) ?? 'user'
}

/** Is it one of CloudTrail's kinds of callers? */
export function isIdentityType(type: unknown): boolean {
  return /^(Root|IAMUser|AssumedRole|FederatedUser|SAMLUser|WebIdentityUser|IdentityCenterUser|AWSAccount|AWSService|Directory)$/.test(
    String(type),
  )
}

/** Who acted. A sign-in is its user's; every other event its actor's. Calls of AWS are read as CloudTrail's own records are. */
export function actorOf(record: Fields, isSignIn: boolean, isCloudTrail: boolean): Actor {
  const actor = fieldsOf(record.actor)
  const session = fieldsOf(record.session ?? actor.session)
  const user = fieldsOf(actor.user)
  if (isCloudTrail) return cloudtrailActor(identityOf(user, session, actor))
  const who = isSignIn
    ? (principalOf(record.user) ?? principalOf(actor.user))
    : (principalOf(actor.user) ?? application(actor))
  return known<Actor>({
    ...(who ?? { type: 'unknown' }),
    credential_uid: textOf(user.credential_uid ?? session.credential_uid, 512),
    invoked_by: textOf(actor.invoked_by, 512),
    session: sessionOf(session),
  })
}

function application(actor: Fields): Principal | undefined {
  const uid = textOf(actor.app_uid, 512)
  const name = textOf(actor.app_name, 320)
  return uid === undefined && name === undefined
    ? undefined
    : known<Principal>({ uid, name, type: 'service' })
}

function sessionOf(session: Fields): Actor['session'] {
  const created = ocsfTime({ time: session.created_time, time_dt: session.created_time_dt }).ms
  return knownOrNone({
    uid: textOf(session.uid, 512),
    created_time: created >= 0 ? created : undefined,
    issuer: textOf(session.issuer, 512),
    is_mfa: boolOf(session.is_mfa ?? session.mfa),
  })
}

/** The caller in CloudTrail's own words, from which OCSF has taken it. */
function identityOf(user: Fields, session: Fields, actor: Fields): Fields {
  const { account, type, uid, uid_alt, uuid, name, credential_uid, account_uid } = user
  const issuer = textOf(session.issuer, 512)
  const created = ocsfTime({ time: session.created_time, time_dt: session.created_time_dt }).ms
  return {
    userIdentity: {
      type,
      principalId: uid,
      arn: uid_alt ?? uuid,
      accountId: fieldsOf(account).uid ?? account_uid,
      accessKeyId: credential_uid,
      userName: name,
      invokedBy: actor.invoked_by,
      sessionContext: {
        attributes: {
          mfaAuthenticated: session.is_mfa ?? session.mfa,
          creationDate: created >= 0 ? new Date(created).toISOString() : undefined,
        },
        sessionIssuer: { arn: issuer, userName: issuer?.split('/').at(-1) },
      },
    },
  }
}

/** Whom or what account the event is done to; of a sign-in nobody. */
export function targetOf(record: Fields, class_uid: number): AccessEvent['target'] {
  return class_uid === 3001 || class_uid === 3005 || class_uid === 3003
    ? principalOf(record.user)
    : undefined
}
