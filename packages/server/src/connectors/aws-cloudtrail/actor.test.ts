import type { Actor } from '@gatewatch/schema'
import { describe, expect, test } from 'vitest'
import { cloudtrail } from './normalise.ts'

const origin = { connector: 'test', now: Date.UTC(2026, 0, 1), mode: 'replay' } as const
const account = '111122223333'

function actorOf(userIdentity: object, more: object = {}): Actor {
  const outcome = cloudtrail.normalise(
    {
      eventVersion: '1.09',
      eventTime: '2024-05-06T08:00:00Z',
      eventSource: 'sts.amazonaws.com',
      eventName: 'GetCallerIdentity',
      eventType: 'AwsApiCall',
      eventID: '0a000000-0000-4000-8000-0000000000a1',
      awsRegion: 'us-east-1',
      sourceIPAddress: '203.0.113.20',
      userIdentity,
      ...more,
    },
    origin,
  )
  if (outcome.kind !== 'ok') throw new Error(outcome.why)
  return outcome.value.actor
}

const session = (role: string, name: string, path = '', attributes: object = {}) => ({
  type: 'AssumedRole',
  principalId: `AROAEXAMPLE0000000009:${name}`,
  arn: `arn:aws:sts::${account}:assumed-role/${role}/${name}`,
  accountId: account,
  sessionContext: {
    sessionIssuer: {
      type: 'Role',
      arn: `arn:aws:iam::${account}:role/${path}${role}`,
      userName: role,
    },
    attributes,
  },
})
const sso = 'aws-reserved/sso.amazonaws.com/eu-north-1/'

describe('who acts', () => {
  test.each<[string, object, Partial<Actor>]>([
    [
      'a user of IAM, by name and account',
      { type: 'IAMUser', principalId: 'AIDA1', accountId: account, userName: 'ada' },
      { type: 'user', name: 'ada', account_uid: account },
    ],
    [
      'the root of an account',
      { type: 'Root', principalId: account, accountId: account },
      { type: 'root', name: `root@${account}`, account_uid: account },
    ],
    [
      'a role, where a program goes by it',
      session('loader', 'i-0abc1234def567890'),
      { type: 'workload', name: 'loader', account_uid: account },
    ],
    [
      'a person in a role, whose name stays behind that of the role',
      session('admin', 'ada@example.com'),
      { type: 'user', name: 'admin/ada@example.com', account_uid: account },
    ],
    [
      'a person of single sign-on, by the address alone',
      session('AWSReservedSSO_Dev_0123456789abcdef', 'ada@example.com', sso),
      { type: 'user', name: 'ada@example.com', email_addr: 'ada@example.com' },
    ],
    [
      'a user of IAM Identity Center',
      {
        type: 'IdentityCenterUser',
        accountId: account,
        onBehalfOf: {
          userId: 'u-1',
          identityStoreArn: 'arn:aws:identitystore::1:identitystore/d-1',
        },
        credentialId: 'c-1',
        userName: 'ada@example.com',
      },
      { type: 'user', uid: 'u-1', email_addr: 'ada@example.com' },
    ],
    [
      'a person whom a SAML provider vouches for',
      {
        type: 'SAMLUser',
        principalId: 'SAMLP:ada@example.com',
        userName: 'ada@example.com',
        identityProvider: 'SAMLP',
      },
      { type: 'user', name: 'ada@example.com' },
    ],
    [
      'a person with a web identity',
      {
        type: 'WebIdentityUser',
        principalId: 'accounts.google.com:app:1001',
        userName: '1001',
        identityProvider: 'accounts.google.com',
      },
      { type: 'user', name: '1001' },
    ],
    [
      'a program with a web identity',
      {
        type: 'WebIdentityUser',
        principalId:
          'token.actions.githubusercontent.com:sts:repo:example/plans:ref:refs/heads/main',
        userName: 'repo:example/plans:ref:refs/heads/main',
        identityProvider: 'token.actions.githubusercontent.com',
      },
      { type: 'workload', name: 'repo:example/plans:ref:refs/heads/main' },
    ],
    [
      'a federated user',
      {
        type: 'FederatedUser',
        principalId: `${account}:grace`,
        arn: `arn:aws:sts::${account}:federated-user/grace`,
        accountId: account,
        sessionContext: { sessionIssuer: { type: 'IAMUser', userName: 'ada' } },
      },
      { type: 'user', name: 'ada', account_uid: account },
    ],
    [
      'a service',
      { type: 'AWSService', invokedBy: 'autoscaling.amazonaws.com' },
      { type: 'service', name: 'autoscaling.amazonaws.com' },
    ],
  ])('is %s', (_, identity, expected) => {
    expect(actorOf(identity)).toMatchObject(expected)
  })

  test('is a person in a role where there is a source identity, and nobody’s e-mail address', () => {
    const base = session('deploy', 'botocore-session-1')
    const actor = actorOf({
      ...base,
      sessionContext: { ...base.sessionContext, sourceIdentity: 'ada@example.com' },
    })
    expect(actor).toMatchObject({ type: 'user', name: 'deploy/ada@example.com' })
    expect(actor.email_addr).toBeUndefined()
  })

  test('is no person of single sign-on by the name of a role that anybody can make', () => {
    const actor = actorOf(session('AWSReservedSSO_Dev_0123456789abcdef', 'ada@example.com'))
    expect(actor.email_addr).toBeUndefined()
  })
})
