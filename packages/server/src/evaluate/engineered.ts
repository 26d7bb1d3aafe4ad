import type { Signals } from '@gatewatch/engine'

/**
 * What an engineer would hand to an isolation forest: newness of place, network and device, how well known the identity
 * is, travel, failures and the hour. Sixteen numbers; NaN where unknown.
 */
export function engineeredFeatures(signals: Readonly<Signals>): Float64Array {
  return Float64Array.of(
    flag(signals.newCountry),
    flag(signals.newCity),
    flag(signals.newAsn),
    flag(signals.newPrefix),
    flag(signals.newDevice),
    flag(signals.newOs),
    flag(signals.newBrowser),
    Math.log1p(signals.history),
    Math.log1p(signals.idleDays),
    signals.travel === null ? 0 : Math.log1p(Math.min(20_000, signals.travel.speed_kmh)),
    Math.log1p(signals.countryUsers),
    Math.log1p(signals.asnUsers),
    Math.log1p(signals.failures60m),
    Math.log1p(signals.prefixFailures),
    signals.hourShare,
    Math.log1p(signals.events60m),
  )
}

function flag(value: boolean | null): number {
  return value === null ? Number.NaN : value ? 1 : 0
}
