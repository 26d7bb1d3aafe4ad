import { type FieldRow, sample } from './row.ts'

const subscription = '5b000000-0000-4000-8000-000000000009'
const directory = '7e000000-0000-4000-8000-000000000001'
const owner = '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be'

/** Clouds and what runs in them. */
export const clouds: readonly FieldRow[] = [
  {
    format: 'cloudtrail',
    records: [
      [
        sample('aws-cloudtrail/samples/records.json', 0),
        {
          time: '2024-05-06T07:58:12.000Z',
          uid: '0a000000-0000-4000-8000-000000000001',
          actor: 'user:111122223333/ada',
          address: '203.0.113.20',
          outcome: 'success',
          mfa: false,
          agent:
            'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36',
          account: '111122223333',
          region: 'us-east-1',
          operation: 'ConsoleLogin',
        },
      ],
      [
        sample('aws-cloudtrail/samples/records.json', 5),
        {
          time: '2024-05-06T08:05:00.000Z',
          uid: '0a000000-0000-4000-8000-000000000006',
          actor: 'user:111122223333/ada',
          address: '203.0.113.20',
          outcome: 'failure',
          failure: 'unauthorized',
          agent: 'aws-cli/2.15.40 Python/3.11.8 Windows/10',
          account: '111122223333',
          region: 'us-east-1',
          operation: 'CreateAccessKey',
        },
      ],
    ],
  },
  {
    format: 's3_access',
    records: [
      [
        sample('aws-s3-access/samples/access-log.txt', 0),
        {
          time: '2024-05-06T07:10:00.000Z',
          uid: '3E57427F3EXAMPLE/REST.GET.OBJECT/budget/2024.pdf',
          actor: 'user:111122223333/ada',
          address: '203.0.113.20',
          outcome: 'success',
          agent: 'aws-cli/2.15.0 Python/3.11',
          account: '111122223333',
          region: 'us-east-1',
          operation: 'REST.GET.OBJECT',
        },
      ],
      [
        sample('aws-s3-access/samples/access-log.txt', 1),
        {
          time: '2024-05-06T07:11:00.000Z',
          uid: '891CE47D2EXAMPLE/REST.GET.VERSIONING/',
          actor: `anonymous:aws/${owner}`,
          address: '2001:db8::77',
          outcome: 'failure',
          failure: 'unauthorized',
          agent: 'x" y" 200 - 1 1 1 1 "S3Console/0.4',
          account: owner,
          region: 'us-west-1',
          operation: 'REST.GET.VERSIONING',
        },
      ],
      [
        {
          schema_version_id: 'V_1_0',
          bucket_arn: 'arn:aws:s3:::plans',
          bucket_name: 'plans',
          request_time: '2024-05-06T07:16:00.250Z',
          bucket_owner_id: owner,
          remote_ip: '203.0.113.20',
          requester: 'arn:aws:iam::111122223333:user/ada',
          request_id: '6E57427F3EXAMPLE',
          operation: 'REST.GET.OBJECT',
          key_name: 'budget/2024.pdf',
          http_status: 404,
          error_code: 'NoSuchKey',
          user_agent: 'aws-cli/2.15.0',
          host_header: 's3.dualstack.eu-north-1.amazonaws.com',
        },
        {
          time: '2024-05-06T07:16:00.250Z',
          uid: '6E57427F3EXAMPLE/REST.GET.OBJECT/budget/2024.pdf',
          actor: 'user:111122223333/ada',
          address: '203.0.113.20',
          outcome: 'failure',
          failure: 'other',
          agent: 'aws-cli/2.15.0',
          account: '111122223333',
          region: 'eu-north-1',
          operation: 'REST.GET.OBJECT',
        },
      ],
    ],
    untold: { mfa: 'a request is signed with a key; how somebody came by it is not written' },
  },
  {
    format: 'cognito',
    records: [
      [
        sample('aws-cognito/samples/events.ndjson', 0),
        {
          time: '2024-05-06T07:10:00.000Z',
          uid: 'e1',
          actor: 'user:ada@example.com',
          address: '203.0.113.20',
          outcome: 'success',
          mfa: true,
          account: 'eu-north-1_Example',
          region: 'eu-north-1',
          operation: 'SignIn',
        },
      ],
      [
        sample('aws-cognito/samples/events.ndjson', 1),
        {
          time: '2024-05-06T07:11:00.500Z',
          uid: 'e2',
          actor: 'user:eu-north-1_example/grace',
          address: '198.51.100.66',
          outcome: 'failure',
          failure: 'bad_credentials',
          mfa: false,
          account: 'eu-north-1_Example',
          region: 'eu-north-1',
          operation: 'SignIn',
        },
      ],
    ],
    untold: { agent: 'there is a device name, no user agent' },
  },
  {
    format: 'azure_activity',
    records: [
      [
        sample('azure-activity/samples/activity.ndjson', 0),
        {
          time: '2024-05-06T08:00:02.123Z',
          uid: '53d9777bd7b599888f824ee59501af35',
          actor: 'user:ada@example.com',
          address: '203.0.113.20',
          outcome: 'interrupted',
          account: subscription,
          region: 'global',
          operation: 'microsoft.compute/virtualmachines/delete',
        },
      ],
      [
        sample('azure-activity/samples/activity.ndjson', 3),
        {
          time: '2024-05-06T08:06:00.000Z',
          uid: '1eb5a40e94386ce43e09f8b5e619da8a',
          actor: `unknown:microsoft/${subscription}`,
          address: '198.51.100.66',
          outcome: 'failure',
          failure: 'unauthorized',
          agent: 'azcopy/10',
          account: subscription,
          operation: 'getblob',
        },
      ],
    ],
    untold: { mfa: 'a call carries a token; how somebody came by it stands in the log of Entra' },
  },
  {
    format: 'gcp_audit',
    records: [
      [
        sample('gcp-audit/samples/entries.ndjson', 0),
        {
          time: '2024-05-06T08:00:00.123Z',
          uid: 'i1',
          actor: 'user:ada@example.com',
          address: '203.0.113.20',
          outcome: 'success',
          agent: 'google-cloud-sdk gcloud/470.0.0,gzip(gfe)',
          account: 'example',
          operation: 'SetIamPolicy',
        },
      ],
      [
        sample('gcp-audit/samples/entries.ndjson', 1),
        {
          time: '2024-05-06T08:01:00.000Z',
          uid: 'i2',
          actor: 'service:backup@example.iam.gserviceaccount.com',
          address: 'service',
          outcome: 'failure',
          failure: 'unauthorized',
          account: 'example',
          region: 'europe-north1',
          operation: 'storage.objects.get',
        },
      ],
    ],
    untold: { mfa: 'a call carries a token; sign-ins stand in the log of Google Workspace' },
  },
  {
    format: 'microsoft365',
    records: [
      [
        sample('microsoft-365/samples/audit.ndjson', 0),
        {
          time: '2024-05-06T07:10:05.000Z',
          uid: 'm0000000-0000-4000-8000-000000000001',
          actor: 'user:ada@example.com',
          address: '203.0.113.20',
          outcome: 'success',
          agent: 'Mozilla/5.0',
          account: directory,
          operation: 'UserLoggedIn',
        },
      ],
      [
        sample('microsoft-365/samples/audit.ndjson', 1),
        {
          time: '2024-05-06T07:11:05.000Z',
          uid: 'm0000000-0000-4000-8000-000000000002',
          actor: 'user:grace@example.com',
          address: '198.51.100.66',
          outcome: 'failure',
          failure: 'bad_credentials',
          account: directory,
          operation: 'UserLoginFailed',
        },
      ],
    ],
    untold: {
      mfa: 'the second step stands in the log of Entra alone',
      region: 'a tenant has none in its records',
    },
  },
  {
    format: 'cloudflare',
    records: [
      [
        sample('cloudflare/samples/access.ndjson', 1),
        {
          time: '2024-05-06T07:11:00.000Z',
          uid: '187d944c61940c78/login/a0000000-0000-4000-8000-000000000002',
          actor: 'user:ada@example.com',
          address: '2001:db8::5',
          outcome: 'failure',
          failure: 'policy_blocked',
          operation: 'login',
        },
      ],
      [
        sample('cloudflare/samples/audit.ndjson', 2),
        {
          time: '2024-05-06T07:22:00.500Z',
          uid: 'f174be97-19b1-40d6-954d-70cd5fbd52db',
          actor: 'user:ada@example.com',
          address: '2001:db8::5',
          outcome: 'success',
          agent: 'curl/8.5.0',
          account: '4bb334f7c94c4a29a045f03944f072e5',
          operation: 'logpush_job.delete',
        },
      ],
    ],
    untold: {
      mfa: 'the identity provider asks for it',
      region: 'the network is one everywhere',
    },
  },
  {
    format: 'snowflake',
    records: [
      [
        { ...Object(sample('snowflake/samples/login-history.csv', 0)), ACCOUNT_NAME: 'FINANCE' },
        {
          time: '2024-05-06T07:10:00.061Z',
          uid: '393754014361778',
          actor: 'user:ada@example.com',
          address: '203.0.113.20',
          outcome: 'success',
          mfa: true,
          account: 'FINANCE',
          operation: 'LOGIN',
        },
      ],
      [
        sample('snowflake/samples/query-history.ndjson', 2),
        {
          time: '2024-05-06T07:22:00.000Z',
          uid: '01b3-0003',
          actor: 'user:snowflake/grace',
          address: 'missing',
          outcome: 'failure',
          failure: 'unauthorized',
          operation: 'GRANT',
        },
      ],
    ],
    untold: {
      agent: 'there is the type of a driver, no user agent',
      region: 'only the table of accounts says it',
    },
  },
  {
    format: 'ocsf',
    records: [
      [
        sample('ocsf/samples/events.ndjson', 0),
        {
          time: '2024-05-06T07:58:12.000Z',
          uid: '0a000000-0000-4000-8000-000000000001',
          actor: 'user:grace@example.com',
          address: '2001:db8:0:1::20',
          outcome: 'failure',
          failure: 'unauthorized',
          agent: 'aws-cli/2.15',
          account: '111122223333',
          region: 'us-east-1',
          operation: 'AuthorizeSecurityGroupIngress',
        },
      ],
      [
        sample('ocsf/samples/events.ndjson', 1),
        {
          time: '2024-05-06T07:10:00.123Z',
          uid: 'A-1',
          actor: 'user:ada@example.com',
          address: '203.0.113.20',
          outcome: 'success',
          mfa: true,
          agent: 'Mozilla/5.0',
          operation: 'Logon',
        },
      ],
    ],
  },
  {
    format: 'ecs',
    records: [
      [
        {
          ...Object(sample('ecs/samples/documents.ndjson', 0)),
          cloud: { provider: 'aws', account: { id: '111122223333' }, region: 'eu-north-1' },
        },
        {
          time: '2024-05-06T07:10:00.123Z',
          uid: 'x1',
          actor: 'user:ada@example.com',
          address: '203.0.113.20',
          outcome: 'success',
          agent: 'Mozilla/5.0',
          account: '111122223333',
          region: 'eu-north-1',
          operation: 'ssh_login',
        },
      ],
      [
        sample('ecs/samples/documents.ndjson', 1),
        {
          time: '2024-05-06T07:11:00.000Z',
          uid: '0f000000-0000-11ef-8000-000000000001',
          actor: 'user:grace@example.com',
          address: '2001:db8::9',
          outcome: 'failure',
          failure: 'bad_credentials',
          operation: 'user.session.start',
        },
      ],
    ],
    untold: { mfa: 'the schema has no field for it' },
  },
]
