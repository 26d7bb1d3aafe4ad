import type { EnrichedEvent } from '@gatewatch/schema'
import { indexOf } from '../features/catalogue.ts'
import { isAuthentication } from '../features/read.ts'
import { CAMPAIGN, type CampaignEntry } from './campaign.ts'
import { keyOf, type Population } from './population.ts'

const AT = {
  city: indexOf('city'),
  asn: indexOf('asn'),
  prefix: indexOf('prefix'),
  device: indexOf('device'),
  os: indexOf('os'),
  browser: indexOf('browser'),
}

/** Key of a campaign counter for this event; 0 where the event has no such value. */
export function campaignKey(kind: number, input: EnrichedEvent, values: Uint32Array): number {
  switch (kind) {
    case CAMPAIGN.prefix:
      return values[AT.prefix] ?? 0
    case CAMPAIGN.asn:
      return values[AT.asn] ?? 0
    case CAMPAIGN.client:
      return (values[AT.browser] ?? 0) || (values[AT.os] ?? 0)
    case CAMPAIGN.tenant:
      return isAuthentication(input) ? 1 : 0
    case CAMPAIGN.device:
      return values[AT.device] ?? 0
    default:
      return values[AT.city] ?? 0
  }
}

/** The campaign counter this event belongs to, undefined where there is none yet. */
export function campaignOf(
  population: Population,
  kind: number,
  input: EnrichedEvent,
  values: Uint32Array,
): CampaignEntry | undefined {
  const key = campaignKey(kind, input, values)
  return key === 0 ? undefined : population.campaigns[kind]?.get(keyOf(key))
}
