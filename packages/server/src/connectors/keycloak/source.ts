import type { LogStream } from '../polling/stream.ts'
import { bearerTokens } from '../polling/tokens.ts'
import { fieldsOf, listOf } from '../values/fields.ts'
import { readEpoch } from '../values/time.ts'

/** How to reach a realm of Keycloak: a client with a service account that may view events. */
export interface KeycloakAccess {
  /** `https://sso.example.com`, with the path where Keycloak has one. */
  readonly url: string
  readonly realm: string
  readonly client_id: string
  readonly client_secret: string
}

const PAGE = 100
const timeOf = (record: unknown) => readEpoch(fieldsOf(record).time, 'ms')

/**
 * Events and admin events of a realm. They come newest first, by place in the list, and older versions know only whole days: pages are followed
 * until one holds something older than what was asked for. What happens meanwhile moves the rest down, so that it is read twice, not lost.
 */
export function keycloakStreams(access: KeycloakAccess, now: () => number): readonly LogStream[] {
  const base = access.url.replace(/\/+$/, '')
  const realm = encodeURIComponent(access.realm)
  const form = () => ({
    grant_type: 'client_credentials',
    client_id: access.client_id,
    client_secret: access.client_secret,
  })
  const tokens = bearerTokens(`${base}/realms/${realm}/protocol/openid-connect/token`, form, now)
  return ['events', 'admin-events'].map((name) => ({
    name,
    format: 'keycloak',
    origin: new URL(base).origin,
    request: async (_, fresh) => ({ headers: await tokens(fresh) }),
    first: (from) => {
      const day = new Date(from).toISOString().slice(0, 10)
      return `${base}/admin/realms/${realm}/${name}?dateFrom=${day}&first=0&max=${PAGE}#${from}`
    },
    next: (body, _, asked) => {
      const records = listOf(body)
      const url = new URL(asked)
      const from = Number(url.hash.slice(1))
      if (records.length < PAGE || records.some((record) => timeOf(record) < from)) return undefined
      url.searchParams.set('first', String(Number(url.searchParams.get('first')) + PAGE))
      return url.href
    },
    recordsIn: (body) => (Array.isArray(body) ? listOf(body) : []),
    timeOf,
    overlap: 5 * 60_000,
    keepsLink: false,
  }))
}
