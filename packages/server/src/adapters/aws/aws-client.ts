import { Agent as PlainAgent } from 'node:http'
import { Agent } from 'node:https'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import type { HostGuard } from '../channels/guard.ts'
import { guardedLookup } from './guarded-lookup.ts'

/** Where in AWS, and as whom; without an access key as AWS itself has it: environment, role of the computer or container. */
export interface AwsSettings {
  readonly region: string
  readonly access_key_id?: string | undefined
  readonly secret_access_key?: string | undefined
  readonly session_token?: string | undefined
  readonly endpoint?: string | undefined
}

const CONNECT_MS = 10_000
/** How long (ms) an answer may be silent; a queue is waited for 20 s. */
const SILENT_MS = 60_000
const CONNECTIONS = 16

/** What every client of AWS is made with. Rejects where the endpoint may not be reached; names are looked up by the guard at each connection. */
export async function awsOptions(guard: HostGuard, settings: AwsSettings) {
  const { region, endpoint, access_key_id, secret_access_key, session_token } = settings
  if (endpoint !== undefined) await checkAddress(guard, endpoint)
  const lookup = guardedLookup(guard)
  return {
    region,
    maxAttempts: 4,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(access_key_id === undefined || secret_access_key === undefined
      ? {}
      : {
          credentials: {
            accessKeyId: access_key_id,
            secretAccessKey: secret_access_key,
            ...(session_token === undefined ? {} : { sessionToken: session_token }),
          },
        }),
    requestHandler: new NodeHttpHandler({
      httpAgent: new PlainAgent({ lookup, keepAlive: true, maxSockets: CONNECTIONS }),
      httpsAgent: new Agent({ lookup, keepAlive: true, maxSockets: CONNECTIONS }),
      connectionTimeout: CONNECT_MS,
      socketTimeout: SILENT_MS,
    }),
  }
}

/** Rejects where an address may not be reached, or only with encryption. */
export async function checkAddress(guard: HostGuard, url: string): Promise<void> {
  const { protocol, hostname } = new URL(url)
  if (protocol !== 'https:' && !guard.isAllowed(hostname))
    throw new Error(
      `${hostname} is asked without encryption: have the operator name it in GATEWATCH_ALLOW_HOSTS`,
    )
  await guard.addressOf(hostname)
}

/** What AWS says went wrong, with the name it gives to it. */
export function awsError(error: unknown): { readonly name: string; readonly words: string } {
  if (!(error instanceof Error)) return { name: '', words: String(error) }
  return { name: error.name, words: `${error.name}: ${error.message}` }
}
