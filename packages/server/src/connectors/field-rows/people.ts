import { type FieldRow, sample } from './row.ts'

/** Where people sign in, and what they work with. */
export const people: readonly FieldRow[] = [
  {
    format: 'okta',
    records: [
      [
        sample('okta/samples/system-log.json', 0),
        {
          time: '2024-05-06T07:10:00.123Z',
          uid: '0f000000-0000-11ef-8000-000000000001',
          actor: 'user:ada@example.com',
          address: '203.0.113.20',
          outcome: 'success',
          agent:
            'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15',
          operation: 'user.session.start',
        },
      ],
      [
        sample('okta/samples/system-log.json', 1),
        {
          time: '2024-05-06T07:11:00.000Z',
          uid: '0f000000-0000-11ef-8000-000000000002',
          actor: 'user:ada@example.com',
          address: '203.0.113.20',
          outcome: 'failure',
          failure: 'mfa_failed',
          mfa: true,
          operation: 'user.authentication.auth_via_mfa',
        },
      ],
    ],
    untold: {
      account: 'a record does not name its organisation',
      region: 'an organisation has none in its records',
    },
  },
  {
    format: 'entra',
    records: [
      [
        sample('entra/samples/diagnostic.ndjson', 0),
        {
          time: '2024-05-06T07:40:02.765Z',
          uid: 'e0000000-0000-4000-8000-000000000003',
          actor: 'user:grace@example.com',
          address: '198.51.100.66',
          outcome: 'failure',
          failure: 'bad_credentials',
          mfa: false,
          account: '7e000000-0000-4000-8000-000000000001',
          operation: 'Sign-in activity',
        },
      ],
      [
        sample('entra/samples/other-logs.ndjson', 4),
        {
          time: '2024-05-06T08:09:08.987Z',
          uid: '9a000000-0000-4000-8000-000000000001',
          actor: 'user:a0000000-0000-4000-8000-000000000001',
          address: '203.0.113.20',
          outcome: 'failure',
          failure: 'unauthorized',
          agent: 'Mozilla/5.0',
          account: '7e000000-0000-4000-8000-000000000001',
          region: 'North Europe',
          operation: 'GET /v1.0/users/*/messages',
        },
      ],
      [
        sample('entra/samples/log-analytics.csv', 0),
        {
          time: '2024-05-06T14:08:45.221Z',
          uid: 'e0000000-0000-4000-8000-000000000005',
          actor: 'user:guest@partner.example',
          address: '203.0.113.77',
          outcome: 'success',
          agent: 'Mozilla/5.0',
          account: '7e000000-0000-4000-8000-000000000001',
          operation: 'Sign-in activity',
        },
      ],
    ],
  },
  {
    format: 'google_workspace',
    records: [
      [
        sample('google-workspace/samples/activities.json', 0),
        {
          time: '2024-05-06T07:10:00.123Z',
          uid: 'login/-4324475583306591935/0',
          actor: 'user:ada@example.com',
          address: '2001:db8:0:1::20',
          outcome: 'success',
          mfa: true,
          account: 'C0example',
          operation: 'login_success',
        },
      ],
      [
        sample('google-workspace/samples/activities.json', 2),
        {
          time: '2024-05-06T07:12:30.000Z',
          uid: 'login/72057594037927937/0',
          actor: 'user:grace@example.com',
          address: '198.51.100.66',
          outcome: 'failure',
          failure: 'bad_credentials',
          mfa: false,
          account: 'C0example',
          operation: 'login_failure',
        },
      ],
    ],
    untold: { agent: 'the Reports API has none', region: 'a customer has none in its records' },
  },
  {
    format: 'auth0',
    records: [
      [
        sample('auth0/samples/logs.ndjson', 0),
        {
          time: '2024-05-06T07:10:00.123Z',
          uid: '90020240506071000123',
          actor: 'user:ada@example.com',
          address: '203.0.113.20',
          outcome: 'success',
          mfa: true,
          agent: 'Mozilla/5.0',
          account: 'example',
          region: 'eu',
          operation: 's',
        },
      ],
      [
        sample('auth0/samples/logs.ndjson', 1),
        {
          time: '2024-05-06T07:11:00.456Z',
          uid: '90020240506071100456',
          actor: 'user:grace@example.com',
          address: '198.51.100.66',
          outcome: 'failure',
          failure: 'bad_credentials',
          agent: 'curl/8.5',
          operation: 'fp',
        },
      ],
    ],
  },
  {
    format: 'keycloak',
    records: [
      [
        sample('keycloak/samples/events.json', 0),
        {
          time: '2024-05-06T07:10:00.123Z',
          uid: 'f1',
          actor: 'user:ada@example.com',
          address: '203.0.113.20',
          outcome: 'success',
          account: 'r1',
          operation: 'LOGIN',
        },
      ],
      [
        {
          ...Object(sample('keycloak/samples/events.json', 1)),
          error: 'invalid_user_credentials',
          details: { username: 'grace', credential_type: 'otp', code_id: 'c-2' },
        },
        {
          time: '2024-05-06T07:11:00.123Z',
          uid: 'f2',
          actor: 'user:r1/grace',
          address: '2001:db8::44',
          outcome: 'failure',
          failure: 'bad_credentials',
          mfa: true,
          account: 'r1',
          operation: 'LOGIN_ERROR',
        },
      ],
    ],
    untold: { agent: 'Keycloak does not log it', region: 'a realm has none' },
  },
  {
    format: 'duo',
    records: [
      [
        sample('duo/samples/logs.ndjson', 0),
        {
          time: '2024-05-06T07:10:00.123Z',
          uid: 't-1',
          actor: 'user:ada@example.com',
          address: '203.0.113.20',
          outcome: 'success',
          mfa: true,
          operation: 'authentication',
        },
      ],
      [
        sample('duo/samples/logs.ndjson', 1),
        {
          time: '2024-05-06T07:11:00.000Z',
          uid: 't-2',
          actor: 'user:grace@example.com',
          address: '198.51.100.66',
          outcome: 'failure',
          failure: 'mfa_fraud_reported',
          mfa: true,
          operation: 'authentication',
        },
      ],
    ],
    untold: {
      agent: 'there are names of browsers, no user agents',
      account: 'a record does not name its account',
      region: 'an account has none in its records',
    },
  },
  {
    format: 'jumpcloud',
    records: [
      [
        sample('jumpcloud/samples/events.json', 0),
        {
          time: '2024-05-06T07:10:00.123Z',
          uid: '6638800000000000000000a1',
          actor: 'user:ada@example.com',
          address: '203.0.113.20',
          outcome: 'success',
          mfa: true,
          account: '5e0000000000000000000001',
          operation: 'user_login_attempt',
        },
      ],
      [
        sample('jumpcloud/samples/events.json', 1),
        {
          time: '2024-05-06T07:11:00.000Z',
          uid: '6638800000000000000000a2',
          actor: 'user:jumpcloud/ada',
          address: '2001:db8::77',
          outcome: 'failure',
          failure: 'bad_credentials',
          mfa: false,
          account: '5e0000000000000000000001',
          operation: 'admin_login_attempt',
        },
      ],
    ],
    untold: {
      agent: 'JumpCloud takes it apart: browser and system are told',
      region: 'an organisation has none in its records',
    },
  },
  {
    format: 'onelogin',
    records: [
      [
        sample('onelogin/samples/events.json', 0),
        {
          time: '2024-05-06T07:10:00.990Z',
          uid: '1001',
          actor: 'user:onelogin/88001',
          address: '203.0.113.20',
          outcome: 'success',
          mfa: true,
          account: '50534',
          operation: 'USER_LOGGED_INTO_ONELOGIN',
        },
      ],
      [
        sample('onelogin/samples/events.json', 1),
        {
          time: '2024-05-06T07:11:00.000Z',
          uid: '1002',
          actor: 'user:ada@example.com',
          address: '2001:db8::77',
          outcome: 'failure',
          failure: 'bad_credentials',
          account: '50534',
          operation: 'USER_FAILED_ONELOGIN_LOGIN',
        },
      ],
    ],
    untold: { agent: 'OneLogin does not log it', region: 'an account has none in its records' },
  },
  {
    format: 'onepassword',
    records: [
      [
        sample('onepassword/samples/sign-in-attempts.json', 0),
        {
          time: '2024-05-06T07:10:00.123Z',
          uid: 'SIGNIN00000000000000000001',
          actor: 'user:ada@example.com',
          address: '203.0.113.20',
          outcome: 'success',
          mfa: true,
          account: 'ACCOUNT1',
          operation: 'success',
        },
      ],
      [
        sample('onepassword/samples/sign-in-attempts.json', 2),
        {
          time: '2024-05-06T07:12:00.000Z',
          uid: 'SIGNIN00000000000000000003',
          actor: 'user:ada@example.com',
          address: '203.0.113.44',
          outcome: 'failure',
          failure: 'mfa_timeout',
          operation: 'mfa_failed',
        },
      ],
    ],
    untold: {
      agent: 'there are names of apps and systems, no user agents',
      region: 'an account has none in its records',
    },
  },
  {
    format: 'pingfederate',
    records: [
      [
        sample('pingfederate/samples/audit.txt', 1),
        {
          time: '2024-05-06T07:11:00.000Z',
          uid: '3a7e04551880e946768730fdefdc57ab',
          actor: 'user:pingfederate/grace',
          address: '2001:db8::77',
          outcome: 'failure',
          failure: 'bad_credentials',
          account: 'sso.example.com',
          operation: 'AUTHN_ATTEMPT',
        },
      ],
      [
        {
          time: '2024-05-06T07:20:00.500Z',
          event: 'AUTHN_ATTEMPT',
          status: 'success',
          subject: 'ada@example.com',
          ip: '203.0.113.20',
          host: 'sso.example.com',
          trackingid: 'tid:Vk3bMNq0oZ',
          adapterid: 'PingID',
          userAgent: 'Mozilla/5.0',
        },
        {
          time: '2024-05-06T07:20:00.500Z',
          uid: '0a05499405b4d0f6fe040d66c11f9a0c',
          actor: 'user:ada@example.com',
          address: '203.0.113.20',
          outcome: 'success',
          mfa: true,
          agent: 'Mozilla/5.0',
          account: 'sso.example.com',
          operation: 'AUTHN_ATTEMPT',
        },
      ],
    ],
    untold: { region: 'a server has none' },
  },
  {
    format: 'github_audit',
    records: [
      [
        sample('github-audit/samples/audit.ndjson', 0),
        {
          time: '2024-05-06T07:10:00.123Z',
          uid: 'd1',
          actor: 'user:ada@example.com',
          address: '203.0.113.20',
          outcome: 'success',
          agent: 'Mozilla/5.0',
          account: 'example',
          operation: 'org.update_member',
        },
      ],
      [
        sample('github-audit/samples/audit.ndjson', 3),
        {
          time: '2024-05-06T07:13:20.000Z',
          uid: 'd4',
          actor: 'user:github/grace_h',
          address: '198.51.100.66',
          outcome: 'failure',
          failure: 'bad_credentials',
          account: 'example-inc',
          operation: 'user.failed_login',
        },
      ],
    ],
    untold: {
      mfa: 'GitHub does not say how somebody signed in',
      region: 'an organisation has none in its records',
    },
  },
  {
    format: 'slack_audit',
    records: [
      [
        sample('slack-audit/samples/logs.json', 1),
        {
          time: '2024-05-06T07:11:00.000Z',
          uid: '0123a45b-0000-4000-8000-000000000002',
          actor: 'user:ada@example.com',
          address: '2001:db8::77',
          outcome: 'failure',
          failure: 'bad_credentials',
          agent: 'python-requests/2.31',
          account: 'E1701NCCA',
          operation: 'user_login_failed',
        },
      ],
    ],
    untold: {
      mfa: 'the identity provider asks for it',
      region: 'an organisation has none in its records',
    },
  },
  {
    format: 'salesforce',
    records: [
      [
        sample('salesforce/samples/event-log.csv', 1),
        {
          time: '2024-05-06T07:21:00.000Z',
          uid: '4REQ2/Login/2024-05-06T07:21:00.000Z',
          actor: 'user:ada@example.com',
          address: 'service',
          outcome: 'failure',
          failure: 'locked',
          agent: 'Go-http-client/1.1',
          account: '00D000000000001',
          operation: 'Login',
        },
      ],
    ],
    untold: {
      mfa: 'a sign-in does not say whether a second factor was shown',
      region: 'an organisation has none in its records',
    },
  },
]
