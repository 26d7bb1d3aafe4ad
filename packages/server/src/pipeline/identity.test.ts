import type { AccessEvent } from '@gatewatch/schema'
import { expect, test } from 'vitest'
import { entityOf } from './identity.ts'

function by(actor: AccessEvent['actor']): AccessEvent {
  return {
    v: 1,
    uid: 'e1',
    uid_kind: 'native',
    revision: 0,
    time: 1,
    observed_time: 1,
    source: { vendor: 'aws', product: 'cloudtrail', format: 'cloudtrail', connector: 'file' },
    class_uid: 6003,
    activity_id: 2,
    activity: 'ListBuckets',
    status_id: 1,
    actor,
    src: { ip_kind: 'missing' },
  }
}

test.each([
  [
    'a person by e-mail address, the same in every account and case',
    { type: 'user', email_addr: 'Ada@Example.com', name: 'Ada', account_uid: '1' },
    { key: 'user:ada@example.com', name: 'Ada', class: 'human' },
  ],
  [
    'a person without address by account and name',
    { type: 'user', name: 'pedro', uid: 'AIDA1', account_uid: '111122223333' },
    { key: 'user:111122223333/pedro', name: 'pedro', class: 'human' },
  ],
  [
    "a person without name by the vendor's id",
    { type: 'guest', uid: 'f00-1' },
    { key: 'user:f00-1', name: 'f00-1', class: 'human' },
  ],
  [
    'a workload by account and role',
    { type: 'workload', name: 'Deploy', account_uid: '111122223333' },
    { key: 'role:111122223333/deploy', name: 'Deploy', class: 'service' },
  ],
  [
    'root by its account',
    { type: 'root', name: 'root', account_uid: '111122223333' },
    { key: 'root:111122223333', name: 'root', class: 'human' },
  ],
  [
    'a service by its name',
    { type: 'service', name: 'ec2.amazonaws.com', account_uid: '1' },
    { key: 'service:ec2.amazonaws.com', name: 'ec2.amazonaws.com', class: 'service' },
  ],
  [
    'whoever has no name together, by source',
    { type: 'unknown', account_uid: '111122223333' },
    { key: 'unknown:111122223333', name: 'somebody unknown', class: 'human' },
  ],
  [
    'an alias by what it was resolved to',
    { type: 'user', name: 'a.lovelace', key: 'user:Ada@example.com' },
    { key: 'user:ada@example.com', name: 'a.lovelace', class: 'human' },
  ],
] satisfies [string, AccessEvent['actor'], unknown][])('names %s', (_, actor, entity) => {
  expect(entityOf(by(actor))).toEqual(entity)
})
