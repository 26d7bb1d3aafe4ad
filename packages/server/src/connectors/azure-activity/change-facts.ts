import type { ChangeFact } from '@gatewatch/schema'
import { type Fields, fieldsOf, parseEmbedded } from '../values/fields.ts'
import { textOf } from '../values/text.ts'

/** Owner, User Access Administrator, Role Based Access Control Administrator. */
const adminRoles =
  /8e3af657-a8ff-443c-a75c-2fe8c4bcb635|18d7d88d-d35e-4fb5-a5c3-7773c20a72d9|f58310d9-a9f6-439a-9e8d-f62e7b41a168/i

const byOperation: readonly (readonly [RegExp, ChangeFact])[] = [
  [/\/(diagnosticsettings|activitylogalerts|flowlogs)\/delete$/, 'disables_logging'],
  [
    /^microsoft\.(security|authorization\/locks|authorization\/policyassignments|securityinsights)\b.*\/delete$/,
    'disables_protection',
  ],
  [/^microsoft\.authorization\/locks\/delete$/, 'disables_protection'],
  [/\/firewallrules\/write$/, 'opens_network_to_world'],
]

/** What a successful operation changes, from its name and the body of its request. */
export function changeFact(operation: string, properties: Fields): ChangeFact | undefined {
  const body = fieldsOf(parseEmbedded(properties.requestbody ?? properties.requestBody))
  const inner = fieldsOf(body.properties ?? body.Properties ?? body)
  if (operation === 'microsoft.authorization/roleassignments/write')
    return adminRoles.test(textOf(inner.roleDefinitionId ?? inner.RoleDefinitionId, 512) ?? '')
      ? 'grants_admin'
      : undefined
  if (operation === 'microsoft.authorization/elevateaccess/action') return 'grants_admin'
  if (operation.endsWith('/securityrules/write'))
    return opens(inner) ? 'opens_network_to_world' : undefined
  if (operation.endsWith('/blobservices/containers/write')) {
    const access = textOf(inner.publicAccess, 32)
    return access === 'Blob' || access === 'Container' ? 'grants_public_access' : undefined
  }
  const found = byOperation.find(([form]) => form.test(operation))?.[1]
  if (found !== 'opens_network_to_world') return found
  return textOf(inner.startIpAddress, 64) === '0.0.0.0' &&
    textOf(inner.endIpAddress, 64) !== '0.0.0.0'
    ? found
    : undefined
}

function opens({ access, direction, sourceAddressPrefix }: Fields): boolean {
  const from = textOf(sourceAddressPrefix, 64)
  return (
    access === 'Allow' &&
    direction === 'Inbound' &&
    (from === '*' || from === '0.0.0.0/0' || from === 'Internet')
  )
}
