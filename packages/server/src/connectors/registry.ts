import type { AccessEvent } from '@gatewatch/schema'
import { auditd } from './auditd/normalise.ts'
import { auth0 } from './auth0/normalise.ts'
import { cloudtrail } from './aws-cloudtrail/normalise.ts'
import { cognito } from './aws-cognito/normalise.ts'
import { s3Access } from './aws-s3-access/normalise.ts'
import { azureActivity } from './azure-activity/normalise.ts'
import { canonical } from './canonical/normalise.ts'
import { cloudflare } from './cloudflare/normalise.ts'
import type { Connector, Origin } from './connector.ts'
import { duo } from './duo/normalise.ts'
import { ecs } from './ecs/normalise.ts'
import { entra } from './entra/normalise.ts'
import { gcpAudit } from './gcp-audit/normalise.ts'
import { githubAudit } from './github-audit/normalise.ts'
import { googleWorkspace } from './google-workspace/normalise.ts'
import { jumpcloud } from './jumpcloud/normalise.ts'
import { keycloak } from './keycloak/normalise.ts'
import { linux } from './linux/normalise.ts'
import { microsoft365 } from './microsoft-365/normalise.ts'
import { ocsf } from './ocsf/normalise.ts'
import { okta } from './okta/normalise.ts'
import { onelogin } from './onelogin/normalise.ts'
import { onepassword } from './onepassword/normalise.ts'
import { type Outcome, reject } from './outcome.ts'
import { pingfederate } from './pingfederate/normalise.ts'
import { predict } from './predict/normalise.ts'
import { rba } from './rba/normalise.ts'
import { salesforce } from './salesforce/normalise.ts'
import { slackAudit } from './slack-audit/normalise.ts'
import { snowflake } from './snowflake/normalise.ts'
import { teleport } from './teleport/normalise.ts'
import { windows } from './windows/normalise.ts'

/** Every format that is read without a mapping. */
export const connectors: readonly Connector[] = [
  cloudtrail,
  entra,
  okta,
  googleWorkspace,
  microsoft365,
  azureActivity,
  gcpAudit,
  auth0,
  keycloak,
  githubAudit,
  cognito,
  duo,
  onepassword,
  cloudflare,
  slackAudit,
  onelogin,
  teleport,
  jumpcloud,
  snowflake,
  salesforce,
  s3Access,
  pingfederate,
  windows,
  auditd,
  linux,
  ocsf,
  ecs,
  rba,
  canonical,
  predict,
]

/** The connector of this name; undefined where there is none. */
export function connectorOf(format: string): Connector | undefined {
  return connectors.find((one) => one.format === format)
}

const sureEnough = 0.5
const quiteSure = 0.9

/**
 * The connector that knows best what this record is; undefined where none is sure enough. `likely` is asked first, and where it is
 * quite sure nobody else is.
 */
export function recognise(record: unknown, likely?: Connector): Connector | undefined {
  if (likely !== undefined && likely.recognise(record) >= quiteSure) return likely
  let best: Connector | undefined
  let confidence = sureEnough
  for (const one of connectors) {
    const found = one.recognise(record)
    if (found <= confidence) continue
    best = one
    confidence = found
  }
  return best
}

/** Why a record that no connector knows is refused. */
export function unknownFormat(record: unknown): string {
  return typeof record === 'string'
    ? 'neither JSON nor a table with named columns, nor a line of a log that is known'
    : 'no connector knows this record; name its format, or describe it with a mapping file'
}

/** One record as the named format, or as the one it looks like for `auto`. */
export function readRecord(format: string, record: unknown, origin: Origin): Outcome<AccessEvent> {
  const connector = format === 'auto' ? recognise(record) : connectorOf(format)
  if (connector !== undefined) return connector.normalise(record, origin)
  if (format === 'auto') return reject(unknownFormat(record))
  const known = connectors.map((one) => one.format).join(', ')
  return reject(`there is no format "${format}"; known are auto, ${known}`)
}
