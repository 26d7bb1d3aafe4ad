import type { ChangeFact, Principal } from '@gatewatch/schema'
import { account, call, type Kind } from '../values/kind.ts'
import { loginOf } from '../values/text.ts'

const types: readonly (readonly [RegExp, Kind])[] = [
  [/^CREATE_USER$/, account(1)],
  [/^DROP_USER$/, account(6)],
  [/^ALTER_USER/, account(99)],
  [/^(SELECT|SHOW|DESCRIBE|EXPLAIN|LIST_FILES|GET_FILES|UNLOAD|USE)/, call(2)],
  [/^(INSERT|CREATE|COPY|PUT_FILES|MULTI_TABLE_INSERT|CLONE|RECLUSTER)/, call(1)],
  [/^(DELETE|DROP|TRUNCATE|REMOVE_FILES)/, call(4)],
  [/^(UPDATE|MERGE|ALTER|GRANT|REVOKE|RENAME|SET|UNSET|COMMENT|RESTORE|UNDROP)/, call(3)],
]

const facts: readonly (readonly [RegExp, ChangeFact])[] = [
  [
    /^grant\s{1,8}(role\s{1,8}"?(account|security|org|sys|user)admin|manage\s{1,8}grants|ownership\s{1,8}on\s{1,8}account)/i,
    'grants_admin',
  ],
  [
    /^alter\s{1,8}user\s.{1,300}\b(disable_mfa\s{0,8}=\s{0,8}true|mins_to_bypass_mfa)/is,
    'weakens_mfa',
  ],
  [/^alter\s{1,8}user\s.{1,300}\b(rsa_public_key|add\s{1,8}programmatic)/is, 'creates_credential'],
  [
    /^(drop|alter)\s{1,8}(network|authentication|password|session|masking|row\s{1,8}access)\s{1,8}policy/i,
    'disables_protection',
  ],
  [/^alter\s{1,8}account\s{1,8}unset\s{1,8}(network|authentication)/i, 'disables_protection'],
  [/^alter\s{1,8}share\s.{1,300}\badd\s{1,8}accounts/is, 'shares_outside'],
  [/^copy\s{1,8}into\s{1,8}'?(s3|gcs|azure|s3gov):\/\//i, 'shares_outside'],
]

/** What a statement of this type does; the text (of which the beginning is enough) says what changes with it. */
export function queryKind(type: string, text: string): Kind {
  const kind = types.find(([form]) => form.test(type.toUpperCase()))?.[1] ?? call(99)
  const statement = text.trimStart()
  const change = facts.find(([form]) => form.test(statement))?.[1]
  return change === undefined ? kind : { ...kind, change }
}

const named =
  /^(?:create|alter|drop)\s{1,8}(?:or\s{1,8}replace\s{1,8})?user\s{1,8}(?:if\s{1,8}(?:not\s{1,8})?exists\s{1,8})?(?:"([^"]{1,255})"|([\w.$@-]{1,255}))/i

/** The user whom a statement makes, changes or drops. */
export function targetOf(text: string): Principal | undefined {
  const found = named.exec(text.trimStart())
  const login = loginOf(found?.[1] ?? found?.[2])
  if (login.name === undefined) return undefined
  return { ...login, ...(login.email_addr === undefined && { domain: 'snowflake' }), type: 'user' }
}
