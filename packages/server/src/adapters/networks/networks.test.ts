import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openNetworks } from './networks.ts'

const now = Date.UTC(2026, 0, 11)
let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatewatch-networks-'))
})
afterEach(() => rm(folder, { recursive: true }))

const fail = (problem: Error) => {
  throw problem
}

test('a well-known data centre is hosting, what nobody knows is unknown', async () => {
  const networks = await openNetworks({}, () => now, fail)
  expect(networks.find('203.0.113.1', 14061)).toEqual({ class: 'hosting' })
  expect(networks.find('203.0.113.1', 64500)).toEqual({ class: 'unknown' })
  expect(networks.find('203.0.113.1', undefined)).toEqual({ class: 'unknown' })
})

test("the operator's own file wins, longer prefixes before shorter ones", async () => {
  const networksFile = join(folder, 'networks.csv')
  const lines = [
    'network,class',
    'AS14061,corporate # ours',
    '203.0.113.0/24,vpn',
    '203.0.113.9,residential',
    '2001:db8::/32,hosting',
  ]
  await writeFile(networksFile, lines.join('\r\n'))
  const networks = await openNetworks({ networksFile }, () => now, fail)
  expect(networks.find('198.51.100.1', 14061).class).toBe('corporate')
  expect(networks.find('203.0.113.1', 14061).class).toBe('vpn')
  expect(networks.find('203.0.113.9', undefined).class).toBe('residential')
  expect(networks.find('2001:db8:5::1', undefined).class).toBe('hosting')
  networks.close()
})

test('a line that cannot be read is named', async () => {
  const networksFile = join(folder, 'networks.csv')
  await writeFile(networksFile, 'AS1,hosting\n203.0.113.0/24,cloudy\n')
  await expect(openNetworks({ networksFile }, () => now, fail)).rejects.toThrow(
    'networks.csv, line 2: write a network',
  )
})

test('reputation lists tell their name and age, and follow their files', async () => {
  const listsDir = join(folder, 'lists')
  await mkdir(listsDir)
  const file = join(listsDir, 'tor-exits.txt')
  await writeFile(file, '# exits\n203.0.113.7\n2001:db8:7::/48\n')
  const tenDaysAgo = new Date(now - 10 * 86_400_000)
  await utimes(file, tenDaysAgo, tenDaysAgo)
  const networks = await openNetworks({ listsDir }, () => now, fail)
  const listed = [{ list: 'tor-exits', age_days: 10 }]
  expect(networks.find('203.0.113.7', undefined)).toEqual({ class: 'unknown', listed })
  expect(networks.find('2001:db8:7:1::1', undefined).listed).toEqual(listed)
  expect(networks.find('203.0.113.8', undefined).listed).toBeUndefined()
  expect(networks.lists()).toEqual([{ name: 'tor-exits', networks: 2, age_days: 10 }])
  await writeFile(file, '203.0.113.8\n')
  await networks.reload()
  expect(networks.find('203.0.113.7', undefined).listed).toBeUndefined()
  expect(networks.find('203.0.113.8', undefined).listed).toHaveLength(1)
  networks.close()
})
