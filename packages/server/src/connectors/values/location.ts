import type { Location } from '@gatewatch/schema'
import { countryCode } from './country.ts'
import { knownOrNone } from './fields.ts'
import { numberOf, textOf } from './text.ts'

/** A place as a vendor's record gives it: country by code or English name, the pair of coordinates only where both make sense. */
export function vendorLocation(said: {
  country?: unknown
  region?: unknown
  city?: unknown
  lat?: unknown
  long?: unknown
}): Location | undefined {
  const lat = numberOf(said.lat)
  const long = numberOf(said.long)
  const onEarth =
    lat !== undefined && long !== undefined && Math.abs(lat) <= 90 && Math.abs(long) <= 180
  // 0, 0 is how exporters write that they do not know.
  const usable = onEarth && (lat !== 0 || long !== 0)
  const place = knownOrNone({
    country: countryCode(said.country),
    region: textOf(said.region, 128),
    city: textOf(said.city, 128),
    lat: usable ? lat : undefined,
    long: usable ? long : undefined,
  })
  return place === undefined ? undefined : { ...place, provider: 'vendor' }
}
