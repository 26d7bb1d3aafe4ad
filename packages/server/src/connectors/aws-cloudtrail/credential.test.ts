import { AccessEvent } from '@gatewatch/schema'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Origin } from '../connector.ts'
import { credentialOf } from './credential.ts'
import { cloudtrail } from './normalise.ts'

const origin: Origin = { connector: 'test', now: Date.UTC(2026, 0, 1), mode: 'replay' }
const user = {
  type: 'IAMUser',
  principalId: 'AIDA1',
  accountId: '111122223333',
  userName: 'ada',
  accessKeyId: 'AKIA1',
}

function call(eventName: string, change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    eventTime: '2024-05-06T08:00:00Z',
    eventSource: 'sts.amazonaws.com',
    eventName,
    userIdentity: user,
    recipientAccountId: '111122223333',
    eventID: 'one',
    ...change,
  }
}

function event(record: unknown): AccessEvent {
  const outcome = cloudtrail.normalise(record, origin)
  if (outcome.kind !== 'ok') throw new Error(outcome.why)
  return AccessEvent.parse(outcome.value)
}

const given = {
  responseElements: {
    credentials: { accessKeyId: 'ASIA1', expiration: 'May 6, 2024, 9:00:00 AM' },
    assumedRoleUser: { assumedRoleId: 'AROA1:work' },
  },
}
const temporary = {
  state: 'temporary',
  uid: 'ASIA1',
  session_uid: 'AROA1:work',
  expiration_time: Date.UTC(2024, 4, 6, 9),
}

describe('the credential of a call', () => {
  test.each(['AssumeRole', 'AssumeRoleWithSAML', 'AssumeRoleWithWebIdentity'])(
    'that %s gives out, with its session and its end in UTC',
    (name) => {
      expect(event(call(name, given)).credential).toEqual(temporary)
    },
  )

  test('is read out of flattened exports too', () => {
    const flat = {
      eventtime: '2024-05-06T08:00:00Z',
      eventname: 'AssumeRole',
      eventsource: 'sts.amazonaws.com',
      eventid: 'one',
      useridentitytype: 'IAMUser',
      useridentityusername: 'ada',
      responseelements: JSON.stringify(given.responseElements),
    }
    expect(event(flat).credential).toEqual(temporary)
  })

  test('of a federated user names the session as its calls do', () => {
    const responseElements = {
      credentials: { accessKeyId: 'ASIA2', expiration: '2024-05-06T20:00:00Z' },
      federatedUser: { federatedUserId: '111122223333:visitor' },
    }
    expect(event(call('GetFederationToken', { responseElements })).credential).toEqual({
      ...{ state: 'temporary', uid: 'ASIA2', session_uid: '111122223333:visitor' },
      expiration_time: Date.UTC(2024, 4, 6, 20),
    })
  })

  test('is a lasting one of whom it was made for, until it is deleted', () => {
    const made = event(
      call('CreateAccessKey', {
        eventSource: 'iam.amazonaws.com',
        requestParameters: { userName: 'backup' },
        responseElements: { accessKey: { accessKeyId: 'AKIA2', userName: 'backup' } },
      }),
    )
    expect(made).toMatchObject({
      credential: { state: 'lasting', uid: 'AKIA2' },
      target: { name: 'backup' },
    })
    const requestParameters = { userName: 'backup', accessKeyId: 'AKIA2' }
    const deleted = event(call('DeleteAccessKey', { requestParameters }))
    expect(deleted.credential).toEqual({ state: 'deleted', uid: 'AKIA2' })
  })

  test.each([
    ['a refused call', { ...given, errorCode: 'AccessDenied' }],
    [
      'a service',
      { ...given, userIdentity: { type: 'AWSService', invokedBy: 'ec2.amazonaws.com' } },
    ],
    [
      "another account's caller, whom only that account's record names",
      { ...given, userIdentity: { type: 'AWSAccount', accountId: '999988887777' } },
    ],
    ['a call without an answer', { responseElements: null }],
  ])('is none of %s', (_, change) => {
    expect(event(call('AssumeRole', change)).credential).toBeUndefined()
  })

  test('makes no record throw, and no event invalid', () => {
    const names = ['AssumeRole', 'GetFederationToken', 'CreateAccessKey', 'DeleteAccessKey']
    const odd = fc.oneof(fc.jsonValue(), fc.constantFrom('May 40, 2024', '2024-99-99T00:00:00Z'))
    const elements = fc.record({
      credentials: fc.record({ accessKeyId: odd, expiration: odd }, { requiredKeys: [] }),
      assumedRoleUser: fc.oneof(odd, fc.record({ assumedRoleId: odd })),
      accessKey: fc.record({ accessKeyId: odd }),
      accessKeyId: odd,
    })
    fc.assert(
      fc.property(fc.constantFrom(...names), elements, (name, responseElements) => {
        const record = call(name, { responseElements, requestParameters: responseElements })
        credentialOf(record)
        event(record)
      }),
    )
  })
})

describe('a session that its owner named', () => {
  const session = (
    name: string,
    more: Record<string, unknown> = {},
    role = 'Admin',
    arn?: string,
  ) =>
    event(
      call('ListBuckets', {
        userIdentity: {
          type: 'AssumedRole',
          principalId: `AROA1:${name}`,
          accountId: '111122223333',
          accessKeyId: 'ASIA1',
          sessionContext: {
            sessionIssuer: {
              userName: role,
              arn: arn ?? `arn:aws:iam::111122223333:role/${role}`,
              accountId: '111122223333',
            },
            ...more,
          },
        },
      }),
    ).actor

  test.each([
    ['an e-mail address', session('grace@example.com'), 'Admin/grace@example.com'],
    [
      'a source identity',
      session('x', { sourceIdentity: 'grace@example.com' }),
      'Admin/grace@example.com',
    ],
    [
      'a user, with a second factor',
      session('ada', { attributes: { mfaAuthenticated: 'true' } }),
      'Admin/ada',
    ],
    [
      'an e-mail address, in a role that calls itself one of single sign-on',
      session('grace@example.com', {}, 'AWSReservedSSO_Admin_0'),
      'AWSReservedSSO_Admin_0/grace@example.com',
    ],
  ])('after %s is a person of its own, behind the role', (_, actor, name) => {
    expect(actor).toMatchObject({ type: 'user', name })
    expect(actor.email_addr).toBeUndefined()
  })

  test('is that person where single sign-on named it', () => {
    const role = 'AWSReservedSSO_Admin_0'
    const arn = `arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-north-1/${role}`
    const actor = session(
      'grace@example.com',
      { sourceIdentity: 'somebody@else.example' },
      role,
      arn,
    )
    expect(actor).toMatchObject({ name: 'grace@example.com', email_addr: 'grace@example.com' })
  })
})
