import type { AccessEvent } from '@gatewatch/schema'
import { expect, test } from 'vitest'
import { FOREVER } from '../ports/links.ts'
import { entityOf } from './identity.ts'
import { linksOf, refsOf } from './links-of.ts'

const NOW = Date.UTC(2026, 4, 20, 12)
const HOUR = 3_600_000
const ada = { type: 'user', name: 'ada', account_uid: '1', credential_uid: 'AKIA1' } as const
const grace = { type: 'user', name: 'Grace', email_addr: 'grace@example.com' } as const
const session = (created_time: number) => ({ issuer: 'arn:aws:iam::1:role/Admin', created_time })

function given(actor: AccessEvent['actor'], change: Partial<AccessEvent> = {}) {
  const event: AccessEvent = {
    v: 1,
    uid: 'e1',
    uid_kind: 'native',
    revision: 0,
    time: NOW,
    observed_time: NOW,
    source: { vendor: 'aws', product: 'cloudtrail', format: 'cloudtrail', connector: 'file' },
    class_uid: 6003,
    activity_id: 99,
    activity: 'AssumeRole',
    status_id: 1,
    actor,
    src: { ip_kind: 'missing' },
    ...change,
  }
  return {
    event,
    context: { client: { kind: 'unknown' as const }, missing: [] },
    entity: entityOf(event),
  }
}

const role = { state: 'temporary', uid: 'ASIA1', session_uid: 'AROA1:work' } as const
const [keyOfAda] = refsOf(given({ ...ada, name: undefined, type: 'unknown' }))
const refs = refsOf(
  given({
    type: 'workload',
    name: 'Admin',
    uid: 'AROA1:work',
    credential_uid: 'ASIA1',
    session: session(NOW),
  }),
)

test('a role that somebody took on leads to them by credential and by session, until it expires', () => {
  const links = linksOf(given(ada, { credential: { ...role, expiration_time: NOW + HOUR } }))
  expect(refs).toHaveLength(2)
  expect(links.map(({ ref }) => ref)).toEqual(refs)
  for (const link of links) {
    expect(link).toMatchObject({
      entity: { key: 'user:1/ada', class: 'human' },
      through: keyOfAda,
      maker: null,
      from: NOW,
      until: NOW + HOUR,
      ended: null,
      contested: false,
    })
  }
})

test.each([
  ['without a word of when it expires', undefined],
  ['that claims to last for a year', NOW + 365 * 24 * HOUR],
])('a temporary credential %s is followed for 36 hours', (_, expiration_time) => {
  const credential = expiration_time === undefined ? role : { ...role, expiration_time }
  for (const { until } of linksOf(given(ada, { credential }))) expect(until).toBe(NOW + 36 * HOUR)
})

test('an access key leads to the user it was made for, and tells who made it', () => {
  const credential = { state: 'lasting', uid: 'AKIA1' } as const
  const own = linksOf(given(ada, { class_uid: 3001, credential }))
  expect(own).toMatchObject([
    { ref: keyOfAda, entity: { key: 'user:1/ada' }, maker: null, until: FOREVER },
  ])
  const target = { type: 'user', name: 'backup', account_uid: '1' } as const
  const made = linksOf(given(ada, { class_uid: 3001, credential, target }))
  expect(made).toMatchObject([
    { ref: keyOfAda, entity: { key: 'user:1/backup' }, maker: 'user:1/ada', through: null },
  ])
})

test('a deleted key ends its link, whoever deleted it', () => {
  const credential = { state: 'deleted', uid: 'AKIA1' } as const
  const links = linksOf(
    given({ type: 'service', name: 'janitor' }, { class_uid: 3001, credential }),
  )
  expect(links).toMatchObject([{ ref: keyOfAda, entity: null, ended: NOW }])
})

test("an identity provider's session belongs to whom its sign-in names", () => {
  const actor = { ...grace, session: { uid: 's1' } }
  const links = linksOf(given(actor, { class_uid: 3002 }))
  const nameless = given({ type: 'unknown', session: { uid: 's1' } })
  expect(links).toMatchObject([
    { entity: { key: 'user:grace@example.com' }, until: NOW + 36 * HOUR },
  ])
  expect(refsOf(nameless)).toEqual(links.map(({ ref }) => ref))
  const other = { ...nameless.event.source, tenant_uid: 'another' }
  expect(refsOf(given(nameless.event.actor, { source: other }))).not.toEqual(refsOf(nameless))
})

test.each([
  ['a refused call', given(ada, { credential: role, status_id: 2 })],
  ['a service that takes on a role', given({ type: 'service', name: 'ec2' }, { credential: role })],
  ['a caller whom the record does not know', given({ type: 'unknown' }, { credential: role })],
  ['a sign-in without a session', given(grace, { class_uid: 3002 })],
  [
    'a failed sign-in',
    given({ ...grace, session: { uid: 's1' } }, { class_uid: 3002, status_id: 2 }),
  ],
  ['a call in a session', given({ ...grace, session: { uid: 's1' } })],
  [
    'a name for show',
    given({ type: 'user', name: 'Ada', session: { uid: 's1' } }, { class_uid: 3002 }),
  ],
])('%s teaches no link', (_, input) => {
  expect(linksOf(input)).toEqual([])
})

test.each([
  [
    'a person by e-mail address',
    given({ ...grace, credential_uid: 'ASIA1', session: session(NOW) }),
  ],
  ['a user with a key of its own', given(ada)],
  ['what is resolved already', given({ type: 'workload', key: 'role:1/x', session: session(NOW) })],
])('%s is not looked up', (_, input) => {
  expect(refsOf(input)).toEqual([])
})

test('a session of the same name that began at another second is another one', () => {
  const actor = { type: 'workload', name: 'Admin', uid: 'AROA1:work' } as const
  const [then] = refsOf(given({ ...actor, session: session(NOW) }))
  const [later] = refsOf(given({ ...actor, session: session(NOW + 1000) }))
  expect(then).toBe(refs[1])
  expect(later).not.toBe(then)
  expect(refsOf(given({ ...actor, session: { issuer: 'x' } }))).toEqual([])
})
