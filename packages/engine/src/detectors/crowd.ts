import type { EnrichedEvent } from '@gatewatch/schema'
import { indexOf } from '../features/catalogue.ts'
import { rateSurprise } from '../features/numeric.ts'
import { isAuthentication, isPresence } from '../features/read.ts'
import { busyness } from '../population/busyness.ts'
import { CAMPAIGN, failuresAt, periodOf, successesAt, usualFastAt } from '../population/campaign.ts'
import { campaignOf } from '../population/campaign-of.ts'
import type { Population } from '../population/population.ts'
import type { Assessment, Signals } from '../types.ts'

const AT = {
  deviceRate: indexOf('device_rate'),
  placeRate: indexOf('place_rate'),
  prefixFailures: indexOf('prefix_failures'),
  asnFailures: indexOf('asn_failures'),
  reputation: indexOf('reputation'),
  vendor: indexOf('vendor'),
}

/**
 * Evidence from everybody's sign-ins and from others' opinions, nats, into `out.points`; NaN where there is none. Shares of
 * failures at an address range and its network, crowds at a device and a place, reputation lists, the source's own opinion.
 */
export function crowdPoints(input: EnrichedEvent, population: Population, out: Assessment): void {
  const { points, values } = out
  const { event, context } = input
  const period = periodOf(event.time)
  points[AT.deviceRate] = Number.NaN
  points[AT.placeRate] = Number.NaN
  points[AT.prefixFailures] = Number.NaN
  points[AT.asnFailures] = Number.NaN
  if (isAuthentication(input)) {
    const prefix = campaignOf(population, CAMPAIGN.prefix, input, values)
    if (prefix !== undefined) {
      points[AT.prefixFailures] =
        0.8 * failRatio(failuresAt(prefix, period), successesAt(prefix, period), 4, 3.5)
    }
    const asn = campaignOf(population, CAMPAIGN.asn, input, values)
    if (asn !== undefined) {
      points[AT.asnFailures] =
        0.5 * failRatio(failuresAt(asn, period), successesAt(asn, period), 20, 3)
    }
  }
  if (isPresence(input)) {
    const busy = busyness(population, input.entity.class === 'service' ? 1 : 0, out.hourBin)
    points[AT.deviceRate] = crowding(population, CAMPAIGN.device, input, values, period, busy)
    points[AT.placeRate] = crowding(population, CAMPAIGN.city, input, values, period, busy)
  }
  let listed = Number.NaN
  for (const { age_days } of context.network?.listed ?? []) {
    const fresh = 1.5 * 2 ** (-Math.max(0, age_days) / 30)
    if (!(listed >= fresh)) listed = fresh
  }
  points[AT.reputation] = listed
  points[AT.vendor] = vendorPoints(input, out.signals)
}

/** ln of the decayed share of failures, with pseudo-events at the usual 5 %, over 5 %; between -.3 and `most`. */
function failRatio(failures: number, successes: number, pseudo: number, most: number): number {
  const ratio = (failures + 0.05 * pseudo) / (failures + successes + pseudo)
  return Math.max(-0.3, Math.min(most, Math.log(ratio / 0.05)))
}

function crowding(
  population: Population,
  kind: number,
  input: EnrichedEvent,
  values: Uint32Array,
  period: number,
  busy: number,
): number {
  const entry = campaignOf(population, kind, input, values)
  if (entry === undefined) return Number.NaN
  const now = failuresAt(entry, period) + successesAt(entry, period) + 1
  return rateSurprise(now, usualFastAt(entry, period) * busy)
}

/** What source or caller claim: weak evidence, at most 1.5 nats. */
function vendorPoints(input: EnrichedEvent, signals: Signals): number {
  const { vendor_risk, auth } = input.event
  let points = Number.NaN
  if (vendor_risk !== undefined) {
    points = vendor_risk.level_id === 4 ? 1 : vendor_risk.level_id >= 2 ? 0.4 : 0
  }
  if (auth?.new_device === true && signals.newDevice !== false) {
    points = 0.5 + (Number.isNaN(points) ? 0 : points)
  }
  return points
}
