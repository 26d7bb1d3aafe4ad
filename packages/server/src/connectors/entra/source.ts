import type { LogStream } from '../polling/stream.ts'
import { bearerTokens } from '../polling/tokens.ts'
import { fieldsOf, listOf } from '../values/fields.ts'
import { textOf } from '../values/text.ts'
import { readTime } from '../values/time.ts'

/** How to reach a tenant of Entra ID through Microsoft Graph, as an application with a client secret. */
export interface EntraAccess {
  readonly tenant: string
  readonly client_id: string
  readonly client_secret: string
  /** Sovereign clouds have addresses of their own. */
  readonly graph_url: string
  readonly login_url: string
}

/** Log, its field of time, and its page size, which Graph limits. */
const logs = [
  ['signIns', 'createdDateTime', 500],
  ['directoryAudits', 'activityDateTime', 500],
] as const

/** Sign-ins and audit records of Graph 1.0. Events come up to an hour late, so each time the last hour is asked for once more. */
export function entraStreams(access: EntraAccess, now: () => number): readonly LogStream[] {
  const { origin } = new URL(access.graph_url)
  const tokens = bearerTokens(
    `${new URL(access.login_url).origin}/${encodeURIComponent(access.tenant)}/oauth2/v2.0/token`,
    () => ({
      grant_type: 'client_credentials',
      client_id: access.client_id,
      client_secret: access.client_secret,
      scope: `${origin}/.default`,
    }),
    now,
  )
  return logs.map(([name, field, top]) => ({
    name,
    format: 'entra',
    origin,
    request: async (_, fresh) => ({ headers: await tokens(fresh) }),
    first: (from) => {
      const filter = encodeURIComponent(`${field} ge ${new Date(from).toISOString()}`)
      return `${origin}/v1.0/auditLogs/${name}?$filter=${filter}&$orderby=${encodeURIComponent(`${field} asc`)}&$top=${top}`
    },
    next: (body) => textOf(fieldsOf(body)['@odata.nextLink'], 8_000),
    recordsIn: (body) => listOf(fieldsOf(body).value),
    timeOf: (record) => readTime(fieldsOf(record)[field]),
    overlap: 60 * 60_000,
    keepsLink: false,
  }))
}
