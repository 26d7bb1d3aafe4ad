import { z } from 'zod'
import { auth0Streams } from './auth0/source.ts'
import { cloudflareStreams } from './cloudflare/source.ts'
import { duoStreams } from './duo/source.ts'
import { entraStreams } from './entra/source.ts'
import { githubStreams } from './github-audit/source.ts'
import { workspaceStreams } from './google-workspace/source.ts'
import { keycloakStreams } from './keycloak/source.ts'
import { oktaStreams } from './okta/source.ts'
import { ONEPASSWORD_LOGS, onepasswordStreams } from './onepassword/source.ts'
import type { LogStream } from './polling/stream.ts'

const text = z.string().min(1)
const url = () => z.url({ protocol: /^https?$/, error: 'must be an address with https://' })

/** A vendor whose log is asked for, with what that needs; docs/guide/sources.md says where each is found. */
export const LiveSource = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('okta'), url: url(), token: text }),
  z.strictObject({
    kind: z.literal('entra'),
    tenant: text,
    client_id: text,
    client_secret: text,
    graph_url: url().default('https://graph.microsoft.com'),
    login_url: url().default('https://login.microsoftonline.com'),
  }),
  z.strictObject({
    kind: z.literal('github'),
    token: text,
    of: z
      .string()
      .regex(/^(orgs|enterprises)\/[A-Za-z0-9-]{1,100}$/, 'orgs/NAME or enterprises/NAME'),
    api_url: url().default('https://api.github.com'),
  }),
  z.strictObject({ kind: z.literal('auth0'), url: url(), client_id: text, client_secret: text }),
  z.strictObject({
    kind: z.literal('google_workspace'),
    client_email: text,
    private_key: text,
    subject: text,
    applications: z
      .array(text)
      .min(1)
      .default(['login', 'admin', 'token', 'saml', 'user_accounts']),
    admin_url: url().default('https://admin.googleapis.com'),
    token_url: url().default('https://oauth2.googleapis.com/token'),
  }),
  z.strictObject({ kind: z.literal('duo'), url: url(), integration_key: text, secret_key: text }),
  z.strictObject({
    kind: z.literal('keycloak'),
    url: url(),
    realm: text,
    client_id: text,
    client_secret: text,
  }),
  z.strictObject({
    kind: z.literal('onepassword'),
    url: url().default('https://events.1password.com'),
    token: text,
    logs: z
      .array(z.enum(ONEPASSWORD_LOGS))
      .min(1)
      .default([...ONEPASSWORD_LOGS]),
  }),
  z.strictObject({
    kind: z.literal('cloudflare'),
    account: text,
    token: text,
    api_url: url().default('https://api.cloudflare.com/client/v4'),
  }),
])
export type LiveSource = z.infer<typeof LiveSource>

/** The logs of a source, each read by itself. `now` in ms UTC. */
export function streamsOf(source: LiveSource, now: () => number): readonly LogStream[] {
  switch (source.kind) {
    case 'okta':
      return oktaStreams(source)
    case 'entra':
      return entraStreams(source, now)
    case 'github':
      return githubStreams(source)
    case 'auth0':
      return auth0Streams(source, now)
    case 'google_workspace':
      return workspaceStreams(source, now)
    case 'duo':
      return duoStreams(source, now)
    case 'keycloak':
      return keycloakStreams(source, now)
    case 'onepassword':
      return onepasswordStreams(source)
    case 'cloudflare':
      return cloudflareStreams(source, now)
  }
}
