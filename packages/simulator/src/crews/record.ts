import type { AccessEvent, Actor, FailureClass } from '@gatewatch/schema'
import { hash, mix, unit } from '../random.ts'
import type { Act, AddonAct, CallAct, CareAct, SignIn } from './acts.ts'
import { ACCOUNT, letters, type Robot } from './robots.ts'
import type { Person } from './roster.ts'
import type { Line } from './wires.ts'

const CODES: Readonly<Record<string, Partial<Record<FailureClass, string>>>> = {
  okta: {
    bad_credentials: 'INVALID_CREDENTIALS',
    unknown_user: 'VERIFICATION_ERROR',
    locked: 'LOCKED_OUT',
    expired: 'PASSWORD_EXPIRED',
    disabled: 'USER_DEACTIVATED',
    mfa_timeout: 'OKTA_VERIFY_PUSH_TIMEOUT',
    mfa_denied: 'USER_REJECTED_OKTA_VERIFY_PUSH',
    mfa_failed: 'FACTOR_VERIFICATION_FAILED',
  },
  google: {
    bad_credentials: 'login_failure_invalid_password',
    unknown_user: 'login_failure_unknown',
    locked: 'login_failure_account_disabled',
    disabled: 'login_failure_account_disabled',
  },
}

/** How a world writes down what happened: the same way for all, whoever did it. `number` counts the events of the world. */
export function recordOf(seed: number, number: number, act: Act, time: number): AccessEvent {
  const common = { v: 1, uid: uidOf(seed, number), uid_kind: 'native', revision: 0, time } as const
  const observed_time = time + 1_500 + Math.floor(unit(seed, number, 171) ** 3 * 200_000)
  const merged = act.kind === 'call' || act.kind === 'addon' ? act.kind === 'addon' : isMerged(act)
  const vendor = act.kind === 'call' ? 'aws' : merged ? 'google' : 'okta'
  const product = act.kind === 'call' ? 'cloudtrail' : merged ? 'workspace' : 'okta'
  const source = { vendor, product, format: 'canonical', connector: 'simulator' }
  const base = { ...common, observed_time, source }
  switch (act.kind) {
    case 'call':
      return { ...base, ...callFields(act) }
    case 'addon':
      return { ...base, ...addonFields(act) }
    case 'care':
      return { ...base, ...careFields(act, merged) }
    default:
      return { ...base, ...signInFields(act, vendor, merged) }
  }
}

/** The merged firm has kept its own identity provider, which says nothing of places. */
function isMerged(act: SignIn | CareAct): boolean {
  if (act.who !== null) return act.who.crew.merged
  return act.kind === 'sign-in' && act.typed?.endsWith('@tallis.example') === true
}

function endpoint({ ip, block }: Line, merged: boolean): AccessEvent['src'] {
  if (merged) return { ip, ip_kind: 'public' }
  const { provider: _, ...place } = block.seen
  return {
    ip,
    ip_kind: 'public',
    location: { ...place, provider: 'vendor' },
    autonomous_system: { number: block.carrier.asn, name: block.carrier.name },
  }
}

function actorOf(person: Person): Actor {
  const { uid, email, domain, type, key } = person
  return { uid, name: email, email_addr: email, domain, type, key }
}

function nobody(typed: string): Actor {
  return {
    name: typed,
    email_addr: typed,
    domain: typed.split('@')[1] ?? '',
    type: 'user',
    key: `user:${typed}`,
  }
}

function deviceOf({ look }: SignIn | CareAct): NonNullable<AccessEvent['device']> {
  const { uid, kind, os, browser, managed } = look
  return {
    ...(uid === undefined ? {} : { uid }),
    type: kind,
    os,
    browser,
    ...(managed ? { is_managed: true } : {}),
  }
}

type Fields = Omit<
  AccessEvent,
  'v' | 'uid' | 'uid_kind' | 'revision' | 'time' | 'observed_time' | 'source'
>

function signInFields(act: SignIn, vendor: string, merged: boolean): Fields {
  const { who, look, stage, proof, failure } = act
  const strong = proof !== 'password' && (failure === undefined || stage === 'mfa')
  const code = failure === undefined ? undefined : CODES[vendor]?.[failure]
  return {
    class_uid: 3002,
    activity_id: 1,
    activity: merged
      ? failure === undefined
        ? 'login_success'
        : 'login_failure'
      : stage === 'mfa'
        ? 'user.authentication.auth_via_mfa'
        : stage === 'session'
          ? 'user.authentication.sso'
          : 'user.session.start',
    status_id: failure === undefined ? 1 : 2,
    ...(code === undefined ? {} : { status_code: code }),
    ...(failure === undefined ? {} : { failure_class: failure }),
    actor: who === null ? nobody(act.typed ?? 'unknown') : actorOf(who),
    src: endpoint(act.line, merged),
    user_agent: look.agent,
    device: deviceOf(act),
    app: { name: act.app },
    auth: {
      stage,
      attempt_uid: `at-${act.attempt.toString(16)}`,
      is_interactive: stage !== 'session',
      is_mfa: strong && failure === undefined,
      factors: proof === 'passkey' ? ['passkey'] : strong ? ['password', 'push'] : ['password'],
      protocol: merged ? 'saml' : 'oidc',
      idp: vendor,
    },
  }
}

function careFields(act: CareAct, merged: boolean): Fields {
  const actor = actorOf(act.who)
  return {
    class_uid: 3001,
    activity_id: act.what === 'password' ? 3 : 99,
    activity: act.what === 'password' ? 'user.account.update_password' : 'user.mfa.factor.activate',
    status_id: 1,
    actor,
    target: { ...actor },
    src: endpoint(act.line, merged),
    user_agent: act.look.agent,
    device: deviceOf(act),
  }
}

function addonFields(act: AddonAct): Fields {
  const { who, app, service, operation, reads, bytes } = act
  return {
    class_uid: 6003,
    activity_id: reads ? 2 : 3,
    activity: operation,
    status_id: 1,
    actor: actorOf(who),
    target: { name: app, type: 'service' },
    src: { ip: act.line.ip, ip_kind: 'public' },
    user_agent: act.agent,
    app: { name: app },
    api: { service, operation, read_only: reads },
    ...(bytes === undefined ? {} : { traffic: { bytes_in: bytes[0], bytes_out: bytes[1] } }),
  }
}

const isRobot = (who: Person | Robot): who is Robot => 'workflow' in who

function callFields(act: CallAct): Fields {
  const { who, service, operation, reads, refused, bytes, resource } = act
  const region = 'eu-west-2'
  const data = /^s3:(Get|Put)Object$|^dynamodb:(Get|Update)Item$/.test(`${service}:${operation}`)
  return {
    class_uid: 6003,
    activity_id: reads
      ? 2
      : /^(Delete|Terminate)/.test(operation)
        ? 4
        : /^(Create|Put|Run|Register)/.test(operation)
          ? 1
          : 3,
    activity: operation,
    status_id: refused ? 2 : 1,
    ...(refused ? { status_code: 'AccessDenied', failure_class: 'unauthorized' as const } : {}),
    actor: isRobot(who) ? robotActor(who, act.spell) : personActor(who, act.spell),
    src: { ip: act.line.ip, ip_kind: 'public' },
    user_agent: act.agent,
    cloud: { provider: 'aws', account_uid: ACCOUNT, region },
    api: { service: `${service}.amazonaws.com`, operation, read_only: reads, data_plane: data },
    ...(resource === undefined
      ? {}
      : {
          resources: [
            {
              uid: `arn:aws:${service}:${region}:${ACCOUNT}:${resource.replace('-', '/')}`,
              type: service,
            },
          ],
        }),
    ...(bytes === undefined ? {} : { traffic: { bytes_in: bytes[0], bytes_out: bytes[1] } }),
    ...(act.fact === undefined ? {} : { change: [act.fact] }),
  }
}

function robotActor(robot: Robot, spell: number): Actor {
  const { name, key, uid, keyed } = robot
  const common = { name, type: 'service', account_uid: ACCOUNT, key } as const
  const credential_uid = `${keyed ? 'AKIA' : 'ASIA'}${letters(hash(robot.seed, spell), 16)}`
  return keyed
    ? { ...common, uid, credential_uid }
    : {
        ...common,
        uid: `${uid}:${name}`,
        credential_uid,
        session: { issuer: `arn:aws:iam::${ACCOUNT}:role/${name}`, is_mfa: false },
      }
}

function personActor(person: Person, spell: number): Actor {
  const { email, type, key, crew } = person
  const role = `Crew${crew.id}Access`
  return {
    name: email,
    email_addr: email,
    type,
    account_uid: ACCOUNT,
    key,
    uid: `AROA${letters(crew.seed, 16)}:${email}`,
    credential_uid: `ASIA${letters(hash(person.seed, spell), 16)}`,
    session: { issuer: `arn:aws:iam::${ACCOUNT}:role/${role}`, is_mfa: null },
  }
}

/** An identifier as version-4 UUIDs look. Never twice within a world: the scramble of the number is one to one. */
function uidOf(seed: number, number: number): string {
  const hex = (value: number) => (value >>> 0).toString(16).padStart(8, '0')
  const first = hex(mix(mix(number) ^ hash(seed, 181)))
  const [a, b, c] = [hash(seed, number, 182), hash(seed, number, 183), hash(seed, number, 184)].map(
    hex,
  )
  return `${first}-${a?.slice(0, 4)}-4${a?.slice(4, 7)}-9${b?.slice(0, 3)}-${b?.slice(3, 8)}${c?.slice(0, 7)}`
}
