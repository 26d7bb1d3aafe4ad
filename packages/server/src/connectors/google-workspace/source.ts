import { createSign } from 'node:crypto'
import type { LogStream } from '../polling/stream.ts'
import { bearerTokens } from '../polling/tokens.ts'
import { at, fieldsOf, listOf } from '../values/fields.ts'
import { textOf } from '../values/text.ts'
import { readTime } from '../values/time.ts'

/** How to reach Google Workspace: a service account with domain-wide delegation, which asks as an administrator. */
export interface WorkspaceAccess {
  readonly client_email: string
  /** PEM, as in the service account's key file. */
  readonly private_key: string
  /** Address of the administrator it asks as. */
  readonly subject: string
  readonly applications: readonly string[]
  readonly admin_url: string
  readonly token_url: string
}

const scope = 'https://www.googleapis.com/auth/admin.reports.audit.readonly'
/** Activities of some applications come hours late. */
const OVERLAP_MS = 4 * 3_600_000

/** One log an application of the Reports API, newest first; each time the last four hours are asked for once more. */
export function workspaceStreams(access: WorkspaceAccess, now: () => number): readonly LogStream[] {
  const { origin } = new URL(access.admin_url)
  const tokens = bearerTokens(
    access.token_url,
    () => ({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: assertion(access, now()),
    }),
    now,
  )
  return access.applications.map((application) => {
    const path = `${origin}/admin/reports/v1/activity/users/all/applications/${encodeURIComponent(application)}`
    const first = (from: number) =>
      `${path}?startTime=${encodeURIComponent(new Date(from).toISOString())}&maxResults=1000`
    return {
      name: application,
      format: 'google_workspace',
      origin,
      request: async (_, fresh) => ({ headers: await tokens(fresh) }),
      first,
      next: (body, _, asked) => {
        const token = textOf(fieldsOf(body).nextPageToken, 4_000)
        if (token === undefined) return undefined
        const url = new URL(asked)
        url.searchParams.set('pageToken', token)
        return url.toString()
      },
      recordsIn: (body) => listOf(fieldsOf(body).items),
      timeOf: (record) => readTime(at(record, 'id', 'time')),
      overlap: OVERLAP_MS,
      keepsLink: false,
    }
  })
}

/** A signed statement of who asks as whom, good for an hour (RFC 7523). */
function assertion(
  { client_email, private_key, subject, token_url }: WorkspaceAccess,
  now: number,
): string {
  const iat = Math.floor(now / 1000)
  const claims = { iss: client_email, sub: subject, scope, aud: token_url, iat, exp: iat + 3600 }
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`
  return `${text}.${createSign('RSA-SHA256').update(text).sign(private_key, 'base64url')}`
}
