import type { AccessEvent, Place } from '@gatewatch/schema'
import { describe, expect, test } from 'vitest'
import { readClient } from './client.ts'
import { enrich, type Lookups, prefixOf } from './enrich.ts'

const oslo: Place = { country: 'NO', city: 'Oslo', lat: 59.9, long: 10.7, provider: 'geoip' }
const lookups: Lookups = {
  places: {
    find: (ip) => (ip === '203.0.113.7' ? { place: oslo, asn: 64500, as_name: 'Fjord Net' } : null),
    describe: () => null,
  },
  networks: { find: (_ip, asn) => ({ class: asn === 64501 ? 'hosting' : 'unknown' }) },
}
const none: Lookups = { places: null, networks: { find: () => ({ class: 'unknown' }) } }

function from(src: AccessEvent['src'], more: Partial<AccessEvent> = {}): AccessEvent {
  return {
    v: 1,
    uid: 'e1',
    uid_kind: 'native',
    revision: 0,
    time: 1,
    observed_time: 1,
    source: { vendor: 'v', product: 'p', format: 'f', connector: 'c' },
    class_uid: 3002,
    activity_id: 1,
    activity: 'sign_in',
    status_id: 1,
    actor: { name: 'ada', type: 'user' },
    src,
    ...more,
  }
}

describe('the place', () => {
  test('is what the vendor says, with the default radius of a city', () => {
    const location = {
      country: 'DE',
      city: 'Bonn',
      lat: 50.7,
      long: 7.1,
      provider: 'vendor' as const,
    }
    const event = from({ ip: '203.0.113.7', ip_kind: 'public', location })
    expect(enrich(event, lookups).context.place).toEqual({ ...location, radius_km: 50 })
  })

  test('takes coordinates from the lookup where the vendor names the same country', () => {
    const event = from({
      ip: '203.0.113.7',
      ip_kind: 'public',
      location: { country: 'NO', provider: 'vendor' },
    })
    const place = { ...oslo, provider: 'vendor', radius_km: 50 }
    expect(enrich(event, lookups).context.place).toEqual(place)
  })

  test('does not mix coordinates of another country into what the vendor says', () => {
    const location = { country: 'SE', provider: 'vendor' as const }
    const event = from({ ip: '203.0.113.7', ip_kind: 'public', location })
    expect(enrich(event, lookups).context.place).toEqual(location)
  })

  test('has no radius in a data centre', () => {
    const location = { country: 'DE', lat: 50, long: 8, provider: 'vendor' as const }
    const autonomous_system = { number: 64501 }
    const event = from({ ip: '198.51.100.1', ip_kind: 'public', location, autonomous_system })
    const { place, network } = enrich(event, lookups).context
    expect(place).toEqual(location)
    expect(network).toEqual({ prefix: '198.51.100.0/24', asn: 64501, class: 'hosting' })
  })

  test('is missing, and the context says so, without database and vendor', () => {
    const { place, missing } = enrich(from({ ip: '203.0.113.7', ip_kind: 'public' }), none).context
    expect(place).toBeUndefined()
    expect(missing).toEqual(['no_location', 'no_network', 'no_device', 'no_user_agent'])
  })
})

test('whoever goes by an alias is the identity it stands for, before anything is kept', () => {
  const aliases = {
    find: (key: string) => (key === 'user:linux/ada' ? 'user:ada@example.com' : undefined),
  }
  const src = { ip: '203.0.113.7', ip_kind: 'public' as const }
  const as = (name: string) => ({
    ...from(src),
    actor: { name, domain: 'linux', type: 'user' as const },
  })
  expect(enrich(as('Ada'), { ...none, aliases }).entity).toEqual({
    key: 'user:ada@example.com',
    name: 'ada@example.com',
    class: 'human',
  })
  expect(enrich(as('grace'), { ...none, aliases }).entity.key).toBe('user:linux/grace')
})

describe('what cannot be assessed', () => {
  test.each([
    [{ ip_kind: 'service', ip_raw: 'ec2.amazonaws.com' }, 'service_address'],
    [{ ip_kind: 'private', ip: '10.0.0.1' }, 'private_address'],
    [{ ip_kind: 'invalid', ip_raw: '1.1.1.1.1' }, 'invalid_address'],
    [{ ip_kind: 'invalid', ip_raw: 'ip_encoded:7' }, 'opaque_address'],
    [{ ip_kind: 'missing' }, 'hidden_address'],
  ] satisfies [AccessEvent['src'], string][])('of %j is its %s', (src, code) => {
    const { missing, network } = enrich(from(src), lookups).context
    expect(missing).toEqual([code, 'no_device', 'no_user_agent'])
    expect(network).toBeUndefined()
  })

  test('leaves out a private address whose network the source names', () => {
    const src = {
      ip: '10.0.65.171',
      ip_kind: 'private',
      autonomous_system: { number: 29695 },
    } as const
    expect(enrich(from(src), lookups).context).toMatchObject({
      network: { prefix: '10.0.65.0/24', asn: 29695 },
      missing: ['no_location', 'no_device', 'no_user_agent'],
    })
  })
})

test.each([
  ['203.0.113.7', '203.0.113.0/24'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['::1', '::/64'],
])('the prefix of %s is %s', (ip, prefix) => {
  expect(prefixOf(ip)).toBe(prefix)
})

test.each([
  ['[aws-cli/2.15.0]', { browser: 'aws-cli', browser_version: '2.15', kind: 'cli' }],
  [
    'APN/1.0 HashiCorp/1.0 Terraform/1.1.2',
    { browser: 'Terraform', browser_version: '1.1', kind: 'cli' },
  ],
  [
    'Boto3/1.17.40 Python/3.6.12 Linux/3.10.0-1160',
    { browser: 'Boto3', os: 'Linux', kind: 'library' },
  ],
  ['console.ec2.amazonaws.com', { browser: 'AWS console', kind: 'browser' }],
  ['cloudformation.amazonaws.com', { kind: 'service' }],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/90.0.4430.85 Safari/537.36',
    { os: 'Windows', os_version: '10', browser: 'Chrome', browser_version: '90', kind: 'browser' },
  ],
  [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/96.0 Safari/537.36',
    { kind: 'bot' },
  ],
  ['()', { kind: 'unknown' }],
])('the client of %s is recognised', (user_agent, client) => {
  expect(readClient({ user_agent })).toMatchObject(client)
})

test('a hostile user agent takes time in proportion to its length, even one that no record may hold', () => {
  const heads = ['Mozilla/5.0 ', 'Opera/9 ', 'curl/', 'Terraform/', '[', '']
  const parts = [
    '(',
    ' ',
    'Chrome/x',
    'Version/1.',
    'Android )',
    'Linux; ',
    '1.',
    '_',
    'rv:',
    'bot ',
    'a',
    ']',
  ]
  const start = process.cpuUsage()
  for (const head of heads)
    for (const part of parts) {
      const user_agent = head + part.repeat(Math.ceil(20_000 / part.length))
      expect(['browser', 'bot', 'cli', 'library', 'app', 'unknown', 'service']).toContain(
        readClient({ user_agent }).kind,
      )
    }
  // Were one of them read in quadratic time, it alone would take half a second.
  const { user, system } = process.cpuUsage(start)
  expect(user + system).toBeLessThan(4_000_000)
})

test('the client follows from the device where there is no user agent', () => {
  expect(readClient({ device: { os: 'iOS 13.4', browser: 'Chrome Mobile 46.0.2490' } })).toEqual({
    os: 'iOS',
    os_version: '13.4',
    browser: 'Chrome Mobile',
    browser_version: '46',
    kind: 'browser',
  })
})
