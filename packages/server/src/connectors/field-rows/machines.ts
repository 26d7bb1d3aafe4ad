import { type FieldRow, sample } from './row.ts'

const noCloud = 'a machine does not say where it stands'

/** Machines, and the way in to them. */
export const machines: readonly FieldRow[] = [
  {
    format: 'linux',
    records: [
      [
        sample('linux/samples/auth-log.txt', 6),
        {
          time: '2024-05-06T07:12:09.000Z',
          uid: '700eeb2133856f4fa5a8a4ea50f4fb59',
          actor: 'user:linux/grace',
          address: '198.51.100.66',
          outcome: 'failure',
          failure: 'bad_credentials',
          account: 'web1',
          operation: 'Failed password',
        },
      ],
      [
        sample('linux/samples/journal.ndjson', 0),
        {
          time: '2024-05-06T07:10:01.123Z',
          uid: '75a63ed7f19c5144cde1de2612e4d72f',
          actor: 'user:linux/ada',
          address: '203.0.113.20',
          outcome: 'success',
          account: 'db1',
          operation: 'Accepted password',
        },
      ],
    ],
    untold: {
      mfa: 'PAM does not say how many steps it took',
      agent: 'SSH has none',
      region: noCloud,
    },
  },
  {
    format: 'auditd',
    records: [
      [
        sample('auditd/samples/audit.txt', 0),
        {
          time: '2024-05-06T07:10:00.123Z',
          uid: 'web1/1714979400.123:501',
          actor: 'root:web1',
          address: '203.0.113.9',
          outcome: 'failure',
          failure: 'bad_credentials',
          account: 'web1',
          operation: 'USER_AUTH',
        },
      ],
      [
        sample('auditd/samples/audit.txt', 7),
        {
          time: '2024-05-06T07:11:50.000Z',
          uid: 'web1/1714979510.000:515',
          actor: 'user:linux/ada',
          address: 'missing',
          outcome: 'success',
          account: 'web1',
          operation: 'CONFIG_CHANGE',
        },
      ],
    ],
    untold: { mfa: 'each step is a record of its own', agent: 'SSH has none', region: noCloud },
  },
  {
    format: 'windows',
    records: [
      [
        sample('windows/samples/security.xml', 0),
        {
          time: '2024-05-06T07:10:00.123Z',
          uid: 'web1.corp.example.com/Security/211664',
          actor: 'user:corp/ada',
          address: '203.0.113.20',
          outcome: 'success',
          account: 'web1.corp.example.com',
          operation: '4624 logon',
        },
      ],
      [
        sample('windows/samples/winlogbeat.ndjson', 0),
        {
          time: '2024-05-06T07:20:00.456Z',
          uid: 'dc1.corp.example.com/Security/5500',
          actor: 'user:corp/grace',
          address: '10.0.0.5',
          outcome: 'failure',
          failure: 'disabled',
          account: 'dc1.corp.example.com',
          operation: '4768 Kerberos ticket asked for',
        },
      ],
      [
        {
          EventTime: '2024-05-06T07:37:00.250Z',
          Hostname: 'DC1.corp.example.com',
          EventID: 4768,
          RecordNumber: 5607,
          Channel: 'Security',
          TargetUserName: 'ada',
          TargetDomainName: 'CORP',
          Status: '0x0',
          IpAddress: '::ffff:203.0.113.20',
          PreAuthType: '15',
          CertIssuerName: 'Example CA',
        },
        {
          time: '2024-05-06T07:37:00.250Z',
          uid: 'dc1.corp.example.com/Security/5607',
          actor: 'user:corp/ada',
          address: '203.0.113.20',
          outcome: 'success',
          mfa: true,
          account: 'dc1.corp.example.com',
          operation: '4768 Kerberos ticket asked for',
        },
      ],
    ],
    untold: { agent: 'Windows has none', region: noCloud },
  },
  {
    format: 'teleport',
    records: [
      [
        sample('teleport/samples/audit.ndjson', 0),
        {
          time: '2024-05-06T07:10:00.123Z',
          uid: '00000000-0000-4000-8000-000000000001',
          actor: 'user:ada@example.com',
          address: '203.0.113.20',
          outcome: 'success',
          mfa: true,
          agent: 'Mozilla/5.0',
          account: 'teleport.example.com',
          operation: 'user.login',
        },
      ],
      [
        {
          'addr.remote': '203.0.113.20:50122',
          cluster_name: 'teleport.example.com',
          code: 'TDB00W',
          db_aws_region: 'eu-north-1',
          db_name: 'sales',
          db_protocol: 'postgres',
          db_service: 'sales',
          db_uri: 'sales.cluster.eu-north-1.rds.amazonaws.com:5432',
          db_user: 'admin',
          error: 'access to db denied',
          event: 'db.session.start',
          success: false,
          time: '2024-05-06T07:25:00.25Z',
          uid: '00000000-0000-4000-8000-000000000021',
          user: 'ada@example.com',
        },
        {
          time: '2024-05-06T07:25:00.250Z',
          uid: '00000000-0000-4000-8000-000000000021',
          actor: 'user:ada@example.com',
          address: '203.0.113.20',
          outcome: 'failure',
          failure: 'unauthorized',
          account: 'teleport.example.com',
          region: 'eu-north-1',
          operation: 'db.session.start',
        },
      ],
    ],
  },
]
