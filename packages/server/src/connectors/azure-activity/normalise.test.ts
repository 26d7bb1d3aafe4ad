import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AccessEvent } from '@gatewatch/schema'
import { expect, test } from 'vitest'
import { connectorContract } from '../connector.contract.ts'
import { changeFact } from './change-facts.ts'
import { azureActivity } from './normalise.ts'

const records: Record<string, unknown>[] = readFileSync(
  join(import.meta.dirname, 'samples', 'activity.ndjson'),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

function event(record: unknown): AccessEvent {
  const outcome = azureActivity.normalise(record, {
    connector: 'test',
    now: Date.UTC(2026, 0, 1),
    mode: 'replay',
  })
  if (outcome.kind !== 'ok') throw new Error(outcome.why)
  return AccessEvent.parse(outcome.value)
}

connectorContract(azureActivity, records)

test('an operation is read field by field, and its start is no second one', () => {
  expect(event(records[0])).toMatchObject({ status_id: 99, status_code: 'Start' })
  expect(event(records[1])).toMatchObject({
    time: Date.UTC(2024, 4, 6, 8, 0, 9, 765),
    source: { product: 'azure', tenant_uid: '5b000000-0000-4000-8000-000000000009' },
    class_uid: 6003,
    activity_id: 4,
    activity: 'MICROSOFT.COMPUTE/VIRTUALMACHINES/DELETE',
    status_id: 1,
    actor: { type: 'user', email_addr: 'ada@example.com' },
    src: { ip: '203.0.113.20' },
    api: {
      service: 'microsoft.compute',
      operation: 'microsoft.compute/virtualmachines/delete',
      request_uid: 'cc000000-0000-4000-8000-000000000001',
    },
  })
  expect(event(records[0]).api?.request_uid).toBe(event(records[1]).api?.request_uid)
})

test('a role that is given is known by what it allows, and an application by its id', () => {
  expect(event(records[2])).toMatchObject({
    uid: 'ed000000-0000-4000-8000-000000000001',
    class_uid: 3005,
    activity_id: 1,
    actor: { type: 'service', uid: '5b000000-0000-4000-8000-000000000001' },
    src: { ip: '198.51.100.7' },
    change: ['grants_admin'],
  })
})

test('a refused access to data is a failure', () => {
  expect(event(records[3])).toMatchObject({
    activity_id: 2,
    status_id: 2,
    failure_class: 'unauthorized',
    user_agent: 'azcopy/10',
    src: { ip: '198.51.100.66' },
    api: { service: 'microsoft.storage' },
  })
})

test.each([
  ['microsoft.insights/diagnosticsettings/delete', {}, 'disables_logging'],
  ['microsoft.authorization/locks/delete', {}, 'disables_protection'],
  ['microsoft.authorization/roleassignments/write', {}, undefined],
  [
    'microsoft.network/networksecuritygroups/securityrules/write',
    { access: 'Allow', direction: 'Inbound', sourceAddressPrefix: '*' },
    'opens_network_to_world',
  ],
  [
    'microsoft.network/networksecuritygroups/securityrules/write',
    { access: 'Allow', direction: 'Inbound', sourceAddressPrefix: '10.0.0.0/8' },
    undefined,
  ],
  [
    'microsoft.storage/storageaccounts/blobservices/containers/write',
    { publicAccess: 'Blob' },
    'grants_public_access',
  ],
  [
    'microsoft.sql/servers/firewallrules/write',
    { startIpAddress: '0.0.0.0', endIpAddress: '255.255.255.255' },
    'opens_network_to_world',
  ],
  ['microsoft.compute/virtualmachines/delete', {}, undefined],
])('%s with %j changes %s', (operation, properties, fact) => {
  expect(changeFact(operation, { requestbody: JSON.stringify({ properties }) })).toBe(fact)
})
