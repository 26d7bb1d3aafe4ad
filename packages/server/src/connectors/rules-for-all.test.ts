import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { AccessEvent, Verdict } from '@gatewatch/schema'
import { describe, expect, test } from 'vitest'
import { enrich, type Lookups } from '../pipeline/enrich.ts'
import { entityOf } from '../pipeline/identity.ts'
import { contentHash, eventKey } from '../pipeline/keys.ts'
import { startReplay } from '../pipeline/replay/replay.ts'
import { recordsIn } from './envelopes/records-in.ts'
import { jsonSplitter } from './reading/split-json.ts'
import { connectors, recognise } from './registry.ts'
import { type Fields, fieldsOf, isFields } from './values/fields.ts'

const origin = { connector: 'file', now: Date.UTC(2026, 0, 1), mode: 'replay' } as const
const other = { connector: 'api', now: Date.UTC(2026, 0, 2), mode: 'live' } as const

/** The records of every connector's samples that are JSON, by format. */
const samples = new Map<string, Fields[]>()
for (const path of readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })) {
  if (!/samples.*\.(nd)?json$/.test(path)) continue
  const splitter = jsonSplitter()
  const content = readFileSync(join(import.meta.dirname, path))
  for (const piece of [...splitter.push(content), ...splitter.end()]) {
    if (piece.reason !== undefined || !isFields(piece.value)) continue
    const format = recognise(piece.value)?.format
    if (format !== undefined) samples.set(format, [...(samples.get(format) ?? []), piece.value])
  }
}

function read(format: string, record: unknown, from: typeof origin | typeof other = origin) {
  const outcome = connectors.find((one) => one.format === format)?.normalise(record, from)
  if (outcome?.kind !== 'ok') throw new Error(`${format}: ${outcome?.why}`)
  return outcome.value
}
/** The first of its samples that has this field. */
const sample = (format: string, field: string): Fields => {
  const found = samples.get(format)?.find((one) => one[field] !== undefined)
  if (found === undefined) throw new Error(`no sample of ${format} has ${field}`)
  return found
}
/** By which field a sample is found that the path fits. */
const topOf = (path: string) => {
  if (path.startsWith('addr.')) return path
  const [top = ''] = path.split('.')
  return ['riskLevelDuringSignIn', 'status', 'ipAddress'].includes(top) ? 'createdDateTime' : top
}
const named = ({ source, uid }: AccessEvent) => eventKey(source, uid)

/** The sample with a value at a path in place of its own. */
function changed(record: Fields, path: string, value: unknown): Fields {
  const [step = '', ...rest] = path.split('.')
  const inner = rest.length === 0 ? value : changed(fieldsOf(record[step]), rest.join('.'), value)
  return { ...record, [step]: inner }
}

const carriers: readonly (readonly [string, (record: unknown) => unknown])[] = [
  ['a queue', (record) => ({ MessageId: 'm', Body: JSON.stringify(record) })],
  [
    'a stream',
    (record) => ({
      Records: [{ kinesis: { data: gzipSync(JSON.stringify(record)).toString('base64') } }],
    }),
  ],
  ['an event bus', (record) => ({ 'detail-type': 'x', source: 's', detail: record })],
  [
    'a push',
    (record) => ({
      message: {
        data: Buffer.from(JSON.stringify(record)).toString('base64'),
        messageId: 'm',
      },
      subscription: 's',
    }),
  ],
]

test('there are samples of nearly every connector', () => {
  expect(samples.size).toBeGreaterThan(20)
})

test.each(carriers)('the same record out of a file and out of %s is one event', (_, carry) => {
  let count = 0
  for (const [format, records] of samples) {
    for (const record of records) {
      const [carried, ...more] = recordsIn(carry(record))
      // A record that tells of several events is one record each, whichever way it comes.
      if (more.length > 0 || recordsIn(record).length > 1) continue
      const direct = read(format, recordsIn(record)[0])
      const routed = read(format, carried, other)
      expect([format, named(routed)]).toEqual([format, named(direct)])
      expect([format, contentHash(routed)]).toEqual([format, contentHash(direct)])
      count++
    }
  }
  expect(count).toBeGreaterThan(60)
})

test.each<[string, string, unknown]>([
  ['okta', 'outcome.result', 'FAILURE'],
  ['entra', 'riskLevelDuringSignIn', 'high'],
  ['cloudtrail', 'sourceIPAddress', '198.51.100.9'],
  ['microsoft365', 'Operation', 'UserLoginFailed'],
  ['duo', 'result', 'fraud'],
  ['teleport', 'success', false],
  ['jumpcloud', 'success', false],
  ['onelogin', 'ipaddr', '198.51.100.9'],
  ['gcp_audit', 'protoPayload.status.code', 7],
  ['github_audit', 'actor_ip', '198.51.100.9'],
  ['auth0', 'data.ip', '198.51.100.9'],
])('%s: a record that comes again with other content amends its event', (format, path, to) => {
  const record = sample(format, topOf(path))
  const first = read(format, record)
  const again = read(format, changed(record, path, to))
  expect(first.uid_kind).toBe('native')
  expect(named(again)).toBe(named(first))
  expect(contentHash(again)).not.toBe(contentHash(first))
})

test.each<[string, string, string, unknown]>([
  ['okta', 'uuid', 'eventType', 'user.authentication.auth_via_mfa'],
  ['entra', 'id', 'status.errorCode', 500121],
  ['microsoft365', 'Id', 'Operation', 'UserLoginFailed'],
  ['keycloak', 'id', 'type', 'CODE_TO_TOKEN'],
])('%s: the steps of one sign-in are linked, and only they', (format, id, step, value) => {
  const record = sample(format, topOf(step))
  const first = read(format, record)
  const second = read(format, changed(changed(record, id, 'another'), step, value))
  expect(first.auth?.attempt_uid).toBeDefined()
  expect(second.auth?.attempt_uid).toBe(first.auth?.attempt_uid)
  expect(named(second)).not.toBe(named(first))
  const attempts = (samples.get(format) ?? []).map(
    (one) => read(format, recordsIn(one)[0]).auth?.attempt_uid,
  )
  expect(new Set(attempts).size).toBeGreaterThan(1)
})

test('one person is one identity in every log that tells the e-mail address; names for show join nobody', () => {
  const known = new Map<string, string[]>()
  for (const [format, records] of samples) {
    for (const event of records.flatMap((one) =>
      recordsIn(one).map((part) => read(format, part)),
    )) {
      const { key } = entityOf(event)
      known.set(key, [...(known.get(key) ?? []), format])
      // Who is shown as Ada Lovelace is Ada by her address, or by an id, never by that name.
      expect([format, key]).not.toEqual([format, expect.stringContaining('lovelace')])
    }
  }
  const ada = new Set(known.get('user:ada@example.com'))
  for (const format of ['okta', 'entra', 'github_audit', 'google_workspace', 'duo', 'onepassword'])
    expect([...ada]).toContain(format)
  expect(ada.size).toBeGreaterThan(12)
})

describe('one person of Okta, Entra ID, single sign-on of AWS and GitHub', () => {
  const sso = 'AWSReservedSSO_Dev_0123456789abcdef'
  const records: Readonly<Record<string, (address: string) => Fields>> = {
    okta: (alternateId) =>
      changed(sample('okta', 'client'), 'actor', {
        ...{ id: '00u1', type: 'User', displayName: 'Ada Lovelace' },
        alternateId,
      }),
    entra: (userPrincipalName) => ({
      ...sample('entra', 'createdDateTime'),
      userDisplayName: 'Ada Lovelace',
      userPrincipalName,
    }),
    cloudtrail: (session) =>
      changed(sample('cloudtrail', 'userIdentity'), 'userIdentity', {
        type: 'AssumedRole',
        principalId: `AROAEXAMPLE0000000009:${session}`,
        arn: `arn:aws:sts::111122223333:assumed-role/${sso}/${session}`,
        accountId: '111122223333',
        sessionContext: {
          sessionIssuer: {
            type: 'Role',
            arn: `arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/${sso}`,
            userName: sso,
          },
        },
      }),
    github_audit: (external_identity_nameid) => ({
      ...sample('github_audit', 'external_identity_nameid'),
      actor: 'ada-l',
      external_identity_nameid,
    }),
  }
  const keys = (address: string) =>
    Object.entries(records).map(([format, make]) => entityOf(read(format, make(address))).key)

  test('is one identity by the e-mail address, however it is spelled', () => {
    expect(new Set([...keys('ada@example.com'), ...keys('Ada@Example.com')])).toEqual(
      new Set(['user:ada@example.com']),
    )
  })

  test('is one by an alias where a system does not know the address', () => {
    const { external_identity_nameid: _, ...alone } = records.github_audit?.('') ?? {}
    const event = read('github_audit', alone)
    expect(entityOf(event).key).toBe('user:github/ada-l')
    const aliases = {
      find: (key: string) => (key === 'user:github/ada-l' ? 'user:ada@example.com' : undefined),
    }
    expect(enrich(event, { ...lookups, aliases }).entity.key).toBe('user:ada@example.com')
  })

  test('is two where only the name for show is the same', () => {
    const both = new Set([...keys('ada@example.com'), ...keys('ada@elsewhere.example')])
    expect(both).toEqual(new Set(['user:ada@example.com', 'user:ada@elsewhere.example']))
  })
})

test.each<[string, string, unknown]>([
  ['entra', 'status.errorCode', 50140],
  ['entra', 'status.errorCode', 50074],
  ['entra', 'status.errorCode', 65001],
  ['okta', 'outcome.result', 'CHALLENGE'],
  ['cognito', 'message.eventResponse', 'InProgress'],
])('%s: what only interrupts a sign-in (%s %s) is no failure', (format, path, value) => {
  const event = read(format, changed(sample(format, topOf(path)), path, value))
  expect([event.status_id, event.failure_class]).toEqual([99, undefined])
})

test.each<[string, string]>([
  ['okta', 'eventType'],
  ['auth0', 'data.type'],
  ['keycloak', 'type'],
  ['onelogin', 'event_type_id'],
  ['onepassword', 'action'],
  ['teleport', 'event'],
  ['jumpcloud', 'event_type'],
  ['slack_audit', 'action'],
  ['ocsf', 'class_uid'],
])('%s: a type that nobody knows is kept under its own name, as unmapped', (format, path) => {
  const isNumber = path === 'event_type_id' || path === 'class_uid'
  const word = isNumber ? 987_654 : path === 'type' ? 'NEVER_HEARD_OF' : 'never.heard.of'
  const record = sample(format, format === 'onepassword' ? 'object_type' : topOf(path))
  const odd = changed(record, path, word)
  const event = read(format, odd)
  expect(event.class_uid).toBe(0)
  expect(event.uid_kind === 'native' ? named(event) : 'derived').toBe(
    event.uid_kind === 'native' ? named(read(format, record)) : 'derived',
  )
})

const oslo = { country: 'NO', city: 'Oslo', lat: 59.91, long: 10.75, provider: 'geoip' as const }
const tokyo = { country: 'JP', city: 'Tokyo', lat: 35.68, long: 139.69, provider: 'geoip' as const }
const lookups: Lookups = {
  places: {
    find: (ip) =>
      ip.startsWith('203.0.113.')
        ? { place: oslo, asn: 64_500, as_name: 'Home' }
        : { place: tokyo, asn: 64_501, as_name: 'Away' },
    describe: () => null,
  },
  networks: { find: () => ({ class: 'residential' }) },
}
const HOUR = 3_600_000
const begins = Date.UTC(2025, 0, 6, 8)

/** What is said of a record half an hour after somebody who lives in Oslo has signed in there, as on sixty mornings before. */
function judged(records: readonly AccessEvent[]): Verdict {
  const replay = startReplay(lookups, Buffer.from('0123456789abcdef'))
  const [last] = records
  if (last === undefined) throw new Error('no records')
  const home = (i: number): AccessEvent => {
    const { location: _, is_proxy: __, ...src } = last.src
    return {
      ...last,
      uid: `home-${i}`,
      time: begins + i * 24 * HOUR,
      status_id: 1,
      src: { ...src, ip: '203.0.113.20', ip_kind: 'public' },
    }
  }
  for (let i = 0; i < 60; i++) replay.take(home(i))
  let verdict: Verdict | undefined
  for (const [i, one] of records.entries())
    verdict = replay.take({ ...one, time: begins + 59 * 24 * HOUR + HOUR / 2 + i * 1000 })
      ?.judgement.verdict
  if (verdict === undefined) throw new Error('nothing was judged')
  return verdict
}

describe('an address that says nothing of where somebody is', () => {
  const aboutPlaces =
    /^(country|region|city|asn|network|prefix|impossible_travel|concurrent_country|new_country_and_device|machine_credentials_outside)/
  const spoken = ({ reasons }: Verdict) =>
    reasons.map(({ code }) => code).filter((code) => aboutPlaces.test(code))

  test('is told from one that does: from afar, travel and network are findings', () => {
    const { auth: _, ...rest } = read('okta', sample('okta', 'client'))
    const far = { ...rest, src: { ip: '198.51.100.9', ip_kind: 'public' as const } }
    const verdict = judged([{ ...far, auth: { stage: 'primary', is_mfa: null } }])
    expect(spoken(verdict).length).toBeGreaterThan(1)
  })

  test.each<[string, string, unknown, string]>([
    ['cloudtrail', 'sourceIPAddress', 'cloudformation.amazonaws.com', 'service_address'],
    ['cloudtrail', 'sourceIPAddress', 'AWS Internal', 'service_address'],
    ['cloudtrail', 'sourceIPAddress', '10.1.2.3', 'private_address'],
    ['okta', 'client', { ipAddress: '192.168.1.5' }, 'private_address'],
    ['okta', 'client', { ipAddress: null }, 'hidden_address'],
    ['entra', 'ipAddress', 'fd00::1', 'private_address'],
    ['gcp_audit', 'protoPayload.requestMetadata.callerIp', 'gce-internal-ip', 'service_address'],
    ['gcp_audit', 'protoPayload.requestMetadata.callerIp', 'private', 'private_address'],
    ['github_audit', 'actor_ip', undefined, 'hidden_address'],
    ['teleport', 'addr.remote', '127.0.0.1:5', 'private_address'],
    ['jumpcloud', 'client_ip', '100.64.1.1', 'private_address'],
    ['duo', 'access_device.ip', '0.0.0.0', 'hidden_address'],
  ])(
    '%s, %s %s: no finding of place or network, and the verdict says %s',
    (format, path, value, code) => {
      let record = sample(format, topOf(path))
      record = path === 'addr.remote' ? { ...record, [path]: value } : changed(record, path, value)
      // The place that the vendor worked out of the address goes with it.
      for (const place of ['geoip', 'actor_location', 'location', 'securityContext', 'request'])
        record = { ...record, [place]: undefined }
      if (format === 'entra')
        record = changed(
          changed(changed(record, 'autonomousSystemNumber', undefined), 'location', {}),
          'callerIpAddress',
          value,
        )
      if (format === 'duo') record = changed(record, 'access_device.location', undefined)
      const event = read(format, record)
      const verdict = judged([event])
      expect(verdict.not_assessed).toContain(code)
      expect(spoken(verdict)).toEqual([])
    },
  )

  test('a proxy that the source names is one of them', () => {
    const record = { ...sample('okta', 'securityContext'), request: undefined }
    const away = changed(record, 'client.ipAddress', '198.51.100.9')
    const near = changed(away, 'client.geographicalContext', undefined)
    const direct = judged([read('okta', changed(near, 'securityContext', { isProxy: false }))])
    expect(spoken(direct).length).toBeGreaterThan(1)
    expect(direct.not_assessed).not.toContain('proxy_address')
    const verdict = judged([read('okta', changed(near, 'securityContext', { isProxy: true }))])
    expect(verdict.not_assessed).toContain('proxy_address')
    expect(spoken(verdict)).toEqual([])
  })
})

describe('twelve wrong passwords within a minute', () => {
  const wrong = (i: number, attempt: string, code = 50126) => {
    const record = changed(sample('entra', 'createdDateTime'), 'status', { errorCode: code })
    const numbered = changed(record, 'id', `wrong-${i}`)
    return read('entra', {
      ...changed(changed(numbered, 'correlationId', attempt), 'ipAddress', '198.51.100.9'),
      resultType: String(code),
    })
  }
  const rules = (records: AccessEvent[]) => judged(records).reasons.map(({ code }) => code)
  const twelve = (make: (i: number) => AccessEvent) => Array.from({ length: 12 }, (_, i) => make(i))

  test('are a finding where each is an attempt, none where all are records of one', () => {
    expect(rules(twelve((i) => wrong(i, `attempt-${i}`)))).toContain('brute_force')
    expect(rules(twelve((i) => wrong(i, 'attempt')))).not.toContain('brute_force')
  })

  test('are none where they were interrupts', () => {
    expect(rules(twelve((i) => wrong(i, `attempt-${i}`, 50140)))).not.toContain('brute_force')
  })
})
