import type { EnrichedEvent, Place } from '@gatewatch/schema'

/** Two places within this distance (km) are never travel: databases, not people, move that far. */
const SLACK_KM = 150
/** No airliner is faster (km/h). */
export const FAST_KMH = 900

/** Great-circle distance in km (haversine, mean Earth radius). */
export function distanceKm(lat1: number, long1: number, lat2: number, long2: number): number {
  const rad = Math.PI / 180
  const a = Math.sin(((lat2 - lat1) * rad) / 2)
  const b = Math.sin(((long2 - long1) * rad) / 2)
  const h = a * a + Math.cos(lat1 * rad) * Math.cos(lat2 * rad) * b * b
  return 12_742 * Math.asin(Math.min(1, Math.sqrt(h)))
}

/** Km that two places are apart at the least, after slack and both radii of uncertainty; never below 0. */
export function surelyApart(distance: number, radius1: number, radius2: number): number {
  return Math.max(0, distance - SLACK_KM - radius1 - radius2)
}

/**
 * How far (km) the true place may be from the one an address is given: the lookup's radius where it has one, 300 for
 * carriers, 50 otherwise. NaN where people are not where their address is (hosting, VPN, the organisation's own too, proxy, Tor, satellite).
 */
export function radiusKm(input: EnrichedEvent): number {
  const kind = input.context.network?.class
  switch (kind) {
    case 'hosting':
    case 'vpn':
    case 'proxy':
    case 'tor':
    case 'satellite':
      return Number.NaN
    default:
      break
  }
  if (input.context.network?.own === 'vpn') return Number.NaN
  const { is_proxy, is_vpn, is_tor, is_hosting } = input.event.src
  if (is_proxy || is_vpn || is_tor || is_hosting) return Number.NaN
  const known = input.context.place?.radius_km
  const least = kind === 'carrier' ? 300 : 50
  return known === undefined ? least : Math.max(known, kind === 'carrier' ? 300 : 0)
}

/** A place that travel can be measured from: with coordinates that are numbers. */
export function hasCoordinates(
  place: Place | undefined,
): place is Place & { lat: number; long: number } {
  return place?.lat !== undefined && place.long !== undefined
}

/**
 * Surprise of a move faster than an airliner, nats: .6 ln(.5 / ((.3 + fast) / (30 + moves))), from the identity's own
 * decayed counts of fast moves among all: who is often seen to teleport (a company's exit) teaches its own rate.
 */
export function travelSurprise(fast: number, moves: number): number {
  return Math.max(0, 0.6 * Math.log(0.5 / ((0.3 + fast) / (30 + moves))))
}
