import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AccessEvent } from '@gatewatch/schema'
import { expect, test } from 'vitest'
import { connectorContract } from '../connector.contract.ts'
import { recordsIn } from '../envelopes/records-in.ts'
import { changeFacts } from './change-facts.ts'
import { gcpAudit } from './normalise.ts'

const records: Record<string, unknown>[] = readFileSync(
  join(import.meta.dirname, 'samples', 'entries.ndjson'),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

function event(record: unknown): AccessEvent {
  const outcome = gcpAudit.normalise(record, {
    connector: 'test',
    now: Date.UTC(2026, 0, 1),
    mode: 'replay',
  })
  if (outcome.kind !== 'ok') throw new Error(outcome.why)
  return AccessEvent.parse(outcome.value)
}

connectorContract(gcpAudit, records)

test('a call is read field by field', () => {
  expect(event(records[0])).toMatchObject({
    uid: 'i1',
    time: Date.UTC(2024, 4, 6, 8, 0, 0, 123),
    source: {
      vendor: 'google',
      product: 'gcp_audit',
      tenant_uid: 'example',
      log_name: 'cloudaudit.googleapis.com/activity',
    },
    class_uid: 3005,
    status_id: 1,
    actor: { type: 'user', email_addr: 'ada@example.com' },
    src: { ip: '203.0.113.20' },
    user_agent: 'google-cloud-sdk gcloud/470.0.0,gzip(gfe)',
    cloud: { provider: 'gcp', account_uid: 'example' },
    api: { service: 'cloudresourcemanager.googleapis.com', operation: 'SetIamPolicy' },
    change: ['grants_admin'],
    resources: [{ uid: 'projects/example', type: 'project' }],
  })
})

test('a refused call of a service account says who stands behind it, and that it came from inside', () => {
  expect(event(records[1])).toMatchObject({
    class_uid: 6003,
    activity_id: 2,
    status_id: 2,
    status_code: '7',
    failure_class: 'unauthorized',
    actor: {
      type: 'service',
      uid: 'backup@example.iam.gserviceaccount.com',
      assumed_from: 'grace@example.com',
      credential_uid:
        '//iam.googleapis.com/projects/example/serviceAccounts/backup@example.iam.gserviceaccount.com/keys/k1',
    },
    src: { ip_kind: 'service' },
    cloud: { region: 'europe-north1' },
    api: { read_only: true, data_plane: true },
  })
})

test('the start of a long operation has no outcome yet', () => {
  expect(event(records[2])).toMatchObject({
    status_id: 99,
    change: ['opens_network_to_world'],
    api: { request_uid: 'op1' },
  })
  expect(event({ ...records[2], operation: { id: 'op1', last: true } }).status_id).toBe(1)
})

test('a sign-in of Google Workspace has the id and the words of the Reports API', () => {
  expect(event(records[3])).toMatchObject({
    uid: 'login/-4324475583306591935/0',
    time: 1714979400123,
    source: { product: 'workspace', log_name: 'login' },
    class_uid: 3002,
    status_id: 1,
    src: { ip: '2001:db8:0:1::20' },
    auth: { is_mfa: true, factors: ['password', 'push'] },
  })
  const payload = records[3]?.protoPayload as { metadata: { event: unknown[] } }
  const two = {
    ...payload,
    metadata: {
      ...payload.metadata,
      event: [...payload.metadata.event, ...payload.metadata.event],
    },
  }
  expect(recordsIn({ ...records[3], protoPayload: two }).map((one) => event(one).uid)).toEqual([
    'login/-4324475583306591935/0',
    'login/-4324475583306591935/1',
  ])
})

const delta = (role: string, member: string, action = 'ADD') => ({
  serviceData: { policyDelta: { bindingDeltas: [{ action, role, member }] } },
})
test.each<[string, Record<string, unknown>, readonly string[]]>([
  ['SetIamPolicy', delta('roles/viewer', 'user:x'), []],
  ['SetIamPolicy', delta('roles/owner', 'user:x', 'REMOVE'), []],
  [
    'storage.setIamPermissions',
    delta('roles/storage.objectViewer', 'allUsers'),
    ['grants_public_access'],
  ],
  ['google.iam.admin.v1.CreateServiceAccountKey', {}, ['creates_credential']],
  ['google.logging.v2.ConfigServiceV2.DeleteSink', {}, ['disables_logging']],
  ['v1.compute.firewalls.insert', { request: { sourceRanges: ['10.0.0.0/8'] } }, []],
])('%s with %j changes %j', (method, payload, facts) => {
  expect(changeFacts(method, payload)).toEqual(facts)
})
