import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import ipaddr from 'ipaddr.js'
import { Reader } from 'maxmind'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { mmdbEntry } from './address-plan.ts'
import { openPlaces } from './places.ts'
import { writeMmdb } from './write-mmdb.ts'

const about = { type: 'Test-City', built: Date.UTC(2026, 0, 1) }
const oslo = { country: 'NO', city: 'Oslo', lat: 59.91, long: 10.75, provider: 'geoip' as const }

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatewatch-places-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function database(
  name: string,
  ...networks: Parameters<typeof mmdbEntry>[0][]
): Promise<string> {
  const path = join(folder, name)
  await writeFile(`${path}.new`, writeMmdb(networks.map(mmdbEntry), about))
  await rename(`${path}.new`, path)
  return path
}

describe('a written database', () => {
  test('gives back what was put in, for every address of a network and none beside it', () => {
    const network = fc
      .tuple(fc.ipV4(), fc.integer({ min: 1, max: 32 }))
      .map(
        ([ip, bits]) => `${ipaddr.IPv4.networkAddressFromCIDR(`${ip}/${bits}`).toString()}/${bits}`,
      )
    fc.assert(
      fc.property(
        fc.uniqueArray(network, { minLength: 1, maxLength: 20 }),
        fc.ipV4(),
        (cidrs, ip) => {
          const entries = cidrs.map((cidr, i) => ({
            cidr,
            data: { i, text: cidr, ratio: i + 0.5 },
          }))
          const reader = new Reader<never>(writeMmdb(entries, about))
          for (const probe of [ip, ...cidrs.map((cidr) => cidr.split('/')[0] ?? '')]) {
            const fits = entries
              .filter(({ cidr }) => ipaddr.IPv4.parse(probe).match(ipaddr.IPv4.parseCIDR(cidr)))
              .sort((a, b) => Number(b.cidr.split('/')[1]) - Number(a.cidr.split('/')[1]))
            expect(reader.get(probe)).toEqual(fits[0]?.data ?? null)
          }
        },
      ),
      { numRuns: 60 },
    )
  })

  test('keeps IPv4 and IPv6 apart', () => {
    const reader = new Reader<never>(
      writeMmdb(
        [
          { cidr: '203.0.113.0/24', data: { v: 4 } },
          { cidr: '2001:db8::/32', data: { v: 6 } },
        ],
        about,
      ),
    )
    expect(reader.get('203.0.113.9')).toEqual({ v: 4 })
    expect(reader.get('2001:db8:1::9')).toEqual({ v: 6 })
    expect(reader.get('2001:db9::')).toBeNull()
    expect(reader.metadata.buildEpoch.getTime()).toBe(about.built)
  })

  test('holds long texts and many networks', () => {
    const text = 'x'.repeat(70_000)
    const data = { long: text, list: [true, false, -1.5, text.slice(0, 300)], n: 2 ** 31 }
    expect(
      new Reader<never>(writeMmdb([{ cidr: '10.0.0.0/8', data }], about)).get('10.1.2.3'),
    ).toEqual(data)
  })

  test('refuses what is no network', () => {
    expect(() => writeMmdb([{ cidr: '10.0.0.0', data: {} }], about)).toThrow(
      '10.0.0.0 is no network',
    )
  })
})

describe('places', () => {
  test('come from one file or several, city and network together', async () => {
    const city = await database('city.mmdb', {
      cidr: '203.0.113.0/24',
      place: oslo,
      asn: 64500,
      as_name: 'Fjord Net',
    })
    const places = await openPlaces([city], () => {})
    expect(places.find('203.0.113.7')).toEqual({ place: oslo, asn: 64500, as_name: 'Fjord Net' })
    expect(places.find('198.51.100.1')).toBeNull()
    expect(places.describe()).toEqual({ name: 'Test-City', built: about.built })
    places.close()
  })

  test('follow a file that is replaced, and stay when the new one is damaged', async () => {
    const problems: string[] = []
    const bergen = { ...oslo, city: 'Bergen' }
    const file = await database('city.mmdb', {
      cidr: '203.0.113.0/24',
      place: oslo,
      asn: 1,
      as_name: 'a',
    })
    const places = await openPlaces([file], (problem) => problems.push(problem.message))
    expect(places.find('203.0.113.7')?.place?.city).toBe('Oslo')
    await database('city.mmdb', { cidr: '203.0.113.0/24', place: bergen, asn: 1, as_name: 'a' })
    await places.reload()
    expect(places.find('203.0.113.7')?.place?.city).toBe('Bergen')
    await writeFile(file, 'no database')
    await places.reload()
    expect(places.find('203.0.113.7')?.place?.city).toBe('Bergen')
    expect(problems.join()).toContain('no MaxMind database')
    places.close()
  })

  test('name the file that is no database', async () => {
    const file = join(folder, 'wrong.mmdb')
    await writeFile(file, 'hello')
    await expect(openPlaces([file], () => {})).rejects.toThrow(
      `${file}: this is no MaxMind database`,
    )
  })
})
