import type { ChangeFact } from '@gatewatch/schema'
import { at, type Fields, fieldsOf, listOf } from '../values/fields.ts'
import { textOf } from '../values/text.ts'

const adminRoles =
  /^roles\/(owner|editor|admin|resourcemanager\.(organization|folder|project)Iam?Admin|resourcemanager\.organizationAdmin|iam\.(securityAdmin|roleAdmin|organizationRoleAdmin|serviceAccountTokenCreator|serviceAccountKeyAdmin|workloadIdentityPoolAdmin))$/

/** What a successful call changes, from its method and its request. */
export function changeFacts(method: string, payload: Fields): ChangeFact[] {
  const name = method.slice(method.lastIndexOf('.') + 1)
  const facts = new Set<ChangeFact>()
  if (/^setIamPolicy$|^setIamPermissions$/i.test(name))
    for (const fact of ofBindings(payload)) facts.add(fact)
  if (name === 'CreateServiceAccountKey' || name === 'UploadServiceAccountKey')
    facts.add('creates_credential')
  if (/ConfigServiceV2\.(DeleteSink|DeleteBucket|CreateExclusion)$/.test(method))
    facts.add('disables_logging')
  if (
    /\.firewalls\.(insert|patch|update)$/.test(method) &&
    opensFirewall(fieldsOf(payload.request))
  )
    facts.add('opens_network_to_world')
  return [...facts]
}

function ofBindings(payload: Fields): readonly ChangeFact[] {
  const deltas = listOf(at(payload, 'serviceData', 'policyDelta', 'bindingDeltas')).map(fieldsOf)
  return deltas.flatMap(({ action, role, member }) => {
    if (action !== 'ADD') return []
    if (member === 'allUsers' || member === 'allAuthenticatedUsers') return ['grants_public_access']
    return adminRoles.test(textOf(role, 255) ?? '') ? ['grants_admin'] : []
  })
}

function opensFirewall({ sourceRanges, direction, denieds, alloweds }: Fields): boolean {
  const isIngress = direction === undefined || direction === 'INGRESS'
  const from = listOf(sourceRanges)
  const isOpen = from.includes('0.0.0.0/0') || from.includes('::/0')
  return isIngress && isOpen && (denieds === undefined || alloweds !== undefined)
}
