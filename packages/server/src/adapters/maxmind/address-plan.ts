import type { Place } from '@gatewatch/schema'
import type { MmdbValue } from './encode-data.ts'
import type { MmdbEntry } from './write-mmdb.ts'

/** What is known of one network of a made-up internet. */
export interface PlannedNetwork {
  readonly cidr: string
  readonly place?: Place
  readonly asn: number
  readonly as_name: string
}

/** A network as an entry of a database that gives place and network at once, in the field names of GeoLite2. */
export function mmdbEntry({ cidr, place, asn, as_name }: PlannedNetwork): MmdbEntry {
  const data: Record<string, MmdbValue> = {
    autonomous_system_number: asn,
    autonomous_system_organization: as_name,
  }
  if (place?.country !== undefined) data.country = { iso_code: place.country }
  if (place?.city !== undefined) data.city = { names: { en: place.city } }
  if (place?.region !== undefined) data.subdivisions = [{ names: { en: place.region } }]
  if (place?.lat !== undefined && place.long !== undefined) {
    data.location = {
      latitude: place.lat,
      longitude: place.long,
      ...(place.radius_km === undefined ? {} : { accuracy_radius: Math.round(place.radius_km) }),
    }
  }
  return { cidr, data }
}
