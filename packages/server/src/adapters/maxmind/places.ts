import type { Place } from '@gatewatch/schema'
import { Reader, type Response } from 'maxmind'
import { lru } from 'tiny-lru'
import type { PlaceLookup } from '../../ports/lookup.ts'
import { type WatchedFile, watchedFile } from '../watched-file.ts'

type Found = ReturnType<PlaceLookup['find']>

/** A lookup over .mmdb files that follows the files on disk. */
export interface Places extends PlaceLookup {
  /** Reads the files again now. */
  reload(): Promise<void>
  close(): void
}

/**
 * Places and networks from the operator's .mmdb files, in the layout of GeoLite2 (City, ASN), DB-IP Lite or IPinfo; a
 * file may hold either or both. Rejects, naming the file, where one is no MaxMind database. Later versions of a file
 * are taken in use while running; a damaged one is told to `onProblem` and left alone.
 */
export async function openPlaces(
  files: readonly string[],
  onProblem: (problem: Error) => void,
): Promise<Places> {
  const opened: WatchedFile<Reader<Response>>[] = []
  const recent = lru<{ found: Found; version: number }>(50_000)
  for (const file of files) opened.push(await open(file))

  async function open(file: string): Promise<WatchedFile<Reader<Response>>> {
    try {
      return await watchedFile(file, readDatabase, onProblem)
    } catch (error) {
      for (const one of opened) one.close()
      throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  /** Answers found in a former version of a file must not outlive it. */
  const version = () => opened.reduce((sum, one) => sum + one.version(), 0)

  return {
    find(ip) {
      const now = version()
      const known = recent.get(ip)
      if (known?.version === now) return known.found
      const found = merge(opened.map((one) => read(one.current().get(ip))))
      recent.set(ip, { found, version: now })
      return found
    },
    describe() {
      const metadata = opened.map((one) => one.current().metadata)
      if (metadata.length === 0) return null
      return {
        name: metadata.map((one) => one.databaseType).join(', '),
        built: Math.min(...metadata.map((one) => one.buildEpoch.getTime())),
      }
    },
    async reload() {
      await Promise.all(opened.map((one) => one.reload()))
    },
    close() {
      for (const one of opened) one.close()
    },
  }
}

function readDatabase(content: Buffer): Reader<Response> {
  try {
    const reader = new Reader<Response>(content)
    reader.get('192.0.2.1')
    return reader
  } catch (error) {
    throw new Error(`this is no MaxMind database (.mmdb): ${String(error)}`)
  }
}

type Fields = Readonly<Record<string, unknown>>

function merge(all: readonly NonNullable<Found>[]): Found {
  const merged: NonNullable<Found> = {}
  for (const one of all) {
    if (one.place !== undefined) merged.place = one.place
    if (one.asn !== undefined) merged.asn = one.asn
    if (one.as_name !== undefined) merged.as_name = one.as_name
  }
  return Object.keys(merged).length === 0 ? null : merged
}

function read(record: unknown): NonNullable<Found> {
  const fields = fieldsOf(record)
  const place = placeOf(fields)
  const asn = asnOf(fields.autonomous_system_number ?? fields.asn)
  const name = text(
    fields.autonomous_system_organization ?? fields.as_name ?? fields.as_organization,
  )
  return {
    ...(place === undefined ? {} : { place }),
    ...(asn === undefined ? {} : { asn }),
    ...(name === undefined ? {} : { as_name: name }),
  }
}

function placeOf(fields: Fields): Place | undefined {
  const location = fieldsOf(fields.location)
  const country = text(fieldsOf(fields.country).iso_code ?? fields.country_code ?? fields.country)
  const [division] = Array.isArray(fields.subdivisions) ? fields.subdivisions : []
  const lat = number(location.latitude ?? fields.latitude ?? fields.lat)
  const long = number(location.longitude ?? fields.longitude ?? fields.lng)
  const radius = number(location.accuracy_radius)
  const city = nameOf(fields.city)
  const region = nameOf(division) ?? text(fields.region)
  if (country === undefined && lat === undefined) return undefined
  return {
    ...(country?.length === 2 ? { country } : {}),
    ...(region === undefined ? {} : { region }),
    ...(city === undefined ? {} : { city }),
    ...(lat === undefined || long === undefined ? {} : { lat, long }),
    ...(radius === undefined ? {} : { radius_km: radius }),
    provider: 'geoip',
  }
}

function nameOf(value: unknown): string | undefined {
  return text(value) ?? text(fieldsOf(fieldsOf(value).names).en)
}

function asnOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  const digits = typeof value === 'string' ? /^AS(\d+)$/.exec(value)?.[1] : undefined
  return digits === undefined ? undefined : Number(digits)
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function number(value: unknown): number | undefined {
  const parsed = typeof value === 'string' && value !== '' ? Number(value) : value
  return typeof parsed === 'number' && Number.isFinite(parsed) ? parsed : undefined
}
