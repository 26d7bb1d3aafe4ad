import type { Actor, Principal } from '@gatewatch/schema'
import { known, type Reader } from '../values/fields.ts'
import { loginOf, textOf } from '../values/text.ts'

/**
 * Somebody of a record by the prefix of their fields (`target`, `subject`). Domains are known by their first label in lower case,
 * as some events write CORP and others corp.example.com. Accounts of machines and services are services, the system's own the system.
 */
export function personOf(
  get: Reader,
  prefix: 'target' | 'subject',
  computer: string | undefined,
): Actor {
  const uid = sidOf(get(`${prefix}usersid`, `${prefix}sid`))
  const said = textOf(get(`${prefix}username`), 320)
  const system = systemOf(uid, said)
  if (system !== undefined) return system
  const realm = textOf(get(`${prefix}domainname`), 255)
  if (said === undefined) return known<Actor>({ uid, type: 'unknown' })
  const [name, from] = withoutRealm(said, realm)
  const login = loginOf(name)
  if (login.name === undefined) return known<Actor>({ uid, type: 'unknown' })
  const domain = labelOf(from) ?? labelOf(computer?.split('.', 2)[1]) ?? 'windows'
  if (login.name.endsWith('$'))
    return known<Actor>({
      uid: `windows/${domain}/${login.name.toLowerCase()}`.slice(0, 512),
      name: login.name,
      domain,
      type: 'service',
    })
  return known<Actor>({
    uid,
    ...login,
    domain: login.email_addr === undefined ? domain : undefined,
    type: 'user',
  })
}

/** The first label of a domain, in lower case. */
function labelOf(domain: string | undefined): string | undefined {
  return domain?.split('.', 1)[0]?.toLowerCase() || undefined
}

/** Kerberos writes ada@CORP.EXAMPLE.COM where others write ada and CORP; an address of Entra ID is one. */
function withoutRealm(
  said: string,
  realm: string | undefined,
): readonly [string, string | undefined] {
  const sign = said.lastIndexOf('@')
  const after = said.slice(sign + 1)
  if (sign < 1 || after !== after.toUpperCase()) {
    const isCloud = realm !== undefined && /^(AzureAD|MicrosoftAccount)$/i.test(realm)
    return [said, isCloud ? 'entra' : realm]
  }
  return [said.slice(0, sign), after]
}

function sidOf(said: unknown): string | undefined {
  const sid = textOf(said, 255)
  return sid === undefined || sid === 'S-1-0-0' ? undefined : sid
}

function systemOf(sid: string | undefined, name: string | undefined): Actor | undefined {
  if (sid === 'S-1-5-7' || name === 'ANONYMOUS LOGON') return { type: 'anonymous' }
  const isOwn =
    sid === 'S-1-5-18' ||
    sid === 'S-1-5-19' ||
    sid === 'S-1-5-20' ||
    /^S-1-5-(90|96)-/.test(sid ?? '')
  if (!isOwn && !/^(SYSTEM|LOCAL SERVICE|NETWORK SERVICE|(DWM|UMFD)-\d{1,4})$/.test(name ?? ''))
    return undefined
  return known<Actor>({ uid: sid ?? `windows/${name}`, name, type: 'system' })
}

/** Who was put into a group: by distinguished name, whose first part is the name. */
export function memberOf(get: Reader): Principal | undefined {
  const uid = sidOf(get('membersid'))
  const said = textOf(get('membername'), 320)
  const name = /^CN=([^,]{1,255})/i.exec(said ?? '')?.[1] ?? said
  if (uid === undefined && name === undefined) return undefined
  return known<Principal>({ uid, name, domain: 'windows', type: 'user' })
}
