import type { Fields } from '../values/fields.ts'
import { isFields } from '../values/fields.ts'

const known = new Set(
  'type realmId realmName clientId userId sessionId ipAddress error operationType resourceType resourcePath auth_method auth_type redirect_uri code_id username consent grant_type response_type response_mode token_id scope refresh_token_type refresh_token_id reason identity_provider identity_provider_identity email previous_email updated_email action remember_me client_auth_method custom_required_action credential_type selected_credential_id node_id requestUri authSessionParentId authSessionTabId impersonator impersonator_realm'.split(
    ' ',
  ),
)
const top = new Set([
  'type',
  'realmId',
  'realmName',
  'clientId',
  'userId',
  'sessionId',
  'ipAddress',
  'error',
])
const head =
  /^(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d[.,]\d{1,9}(?:Z|[+-]\d\d:?\d\d)?) {1,4}[A-Z]{3,8} {1,4}\[org\.keycloak\.events\] (?:\([^)]{0,200}\) )?/
const longest = 16 * 1024

/** Is this a line of Keycloak's event log, or its message alone? */
export function isEventLine(line: string): boolean {
  return head.test(line) || isMessage(line)
}

function isMessage(text: string): boolean {
  return /^type="?[A-Z][A-Z_]{2,60}"?, realmId=/.test(text)
}

/**
 * The record out of a line of the event log (`2024-05-01 12:01:00,123 WARN [org.keycloak.events] (...) type="LOGIN_ERROR", realmId=...`),
 * with `time` as the line has it and everything beyond the first fields in `details`; undefined where it is none. Since version 22
 * values stand in quotes. Before, a value ends where a known name begins, and of two of one name the first counts: what somebody types
 * as user name comes last, and replaces nothing. Linear.
 */
export function readLine(line: string): Fields | undefined {
  const found = head.exec(line)
  const message = found === null ? line : line.slice(found[0].length)
  if (!isMessage(message)) return undefined
  return recordOf(message, found?.[1]?.replace(',', '.'))
}

/** The record in the message of a log that is JSON; undefined where the log is another. */
export function readJsonLog(record: Fields): Fields | undefined {
  const { message, loggerName, timestamp, log } = record
  const logger = loggerName ?? record['log.logger'] ?? (isFields(log) ? log.logger : undefined)
  if (logger !== 'org.keycloak.events' || typeof message !== 'string' || !isMessage(message))
    return undefined
  return recordOf(message, timestamp ?? record['@timestamp'])
}

function recordOf(message: string, time: unknown): Fields {
  const text = message.slice(0, longest)
  const pairs = text.startsWith('type="') ? quoted(text) : bare(text)
  const record: Record<string, unknown> = { time }
  const details: Record<string, unknown> = {}
  for (const [name, value] of pairs) {
    const into = top.has(name) ? record : details
    if (!Object.hasOwn(into, name) && name !== '__proto__') into[name] = value
  }
  return { ...record, details }
}

function quoted(text: string): readonly (readonly [string, string])[] {
  const pairs: [string, string][] = []
  const form = /([A-Za-z_]{1,64})="((?:[^"\\]|\\.)*)"(?:, |$)/y
  for (;;) {
    const found = form.exec(text)
    if (found === null) return pairs
    pairs.push([found[1] ?? '', (found[2] ?? '').replace(/\\(.)/g, '$1')])
  }
}

function bare(text: string): readonly (readonly [string, string])[] {
  const pairs: [string, string][] = []
  for (const piece of text.split(', ')) {
    const sign = piece.indexOf('=')
    const name = piece.slice(0, Math.max(0, sign))
    const last = pairs.at(-1)
    if (known.has(name)) pairs.push([name, piece.slice(sign + 1)])
    else if (last !== undefined) last[1] += `, ${piece}`
  }
  return pairs
}
