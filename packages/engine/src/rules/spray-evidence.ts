import type { EnrichedEvent } from '@gatewatch/schema'
import { campaignKeyOf, campaignNumber } from '../population/wave.ts'
import type { DetectorInput, Signals } from '../types.ts'

/** Where a spray comes from: the campaign key that its findings share, and how many accounts it has tried. */
export interface Spray {
  readonly campaign: string
  readonly users: number
  readonly where: string
  /** By what it was recognised here. */
  readonly by: 'prefix' | 'network' | 'client' | 'everywhere' | 'mark'
}

/** A count this improbable (one in a million, natural logarithm) is not a bad morning. */
const SURPRISE = Math.log(1e6)

/** How a kind of key behaves. */
interface Habit {
  /** So few accounts are never a spray. */
  readonly fewest: number
  /** Accounts that a key is expected to see at least: the first ones must never make a spray. */
  readonly least: number
  /** How many past accounts its rate can at most be known by: days differ even where much is known. */
  readonly steadiness: number
}

const PREFIX: Habit = { fewest: 5, least: 0.1, steadiness: 20 }
const NETWORK: Habit = { fewest: 6, least: 0.5, steadiness: 10 }
const CLIENT: Habit = { fewest: 11, least: 1, steadiness: 5 }
const EVERYWHERE: Habit = { fewest: 12, least: 2, steadiness: 10 }

/** Windows of six hours that a usual count is an average of: its half-life is 16 days. */
const WINDOWS = 92

/**
 * How improbable `seen` accounts are where `usual` are expected, as -ln P(X >= seen), for a rate that is itself uncertain:
 * Gamma-Poisson (negative binomial) with mean `usual` and variance usual + usual^2 / shape, summed term by term.
 * Zero at or below the usual count; NaN where a number is.
 */
export function tailSurprise(seen: number, usual: number, shape: number): number {
  if (seen <= usual) return 0
  if (Number.isNaN(seen + usual)) return Number.NaN
  const q = usual / (usual + shape)
  let term = Math.exp(
    lnGamma(shape + seen) -
      lnGamma(shape) -
      lnGamma(seen + 1) +
      shape * Math.log1p(-q) +
      seen * Math.log(q),
  )
  let sum = 0
  for (let x = seen; x < seen + 2000 && term > 1e-12 * sum; x++) {
    sum += term
    term *= (q * (shape + x)) / (x + 1)
  }
  return sum > 0 ? -Math.log(sum) : 700
}

/** ln of the gamma function for x > 0: Stirling's series after a few steps of the recurrence (Abramowitz & Stegun 6.1.40). */
function lnGamma(x: number): number {
  let shift = 0
  let z = x
  for (; z < 8; z++) shift += Math.log(z)
  const inverse = 1 / z
  const series = inverse / 12 - inverse ** 3 / 360 + inverse ** 5 / 1260
  return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series - shift
}

/**
 * Are far more accounts than usual failing in ways strange to them, from this event's prefix, network or kind of client, or
 * anywhere, or does a campaign under way know its prefix or device? null: no, or unknown. A prefix from which people also
 * sign in successfully, at least half as often as they fail, is an office or a shared exit. All that a campaign's marks
 * tie together bears one key.
 */
export function sprayAround({ input, signals }: DetectorInput): Spray | null {
  const number = signals.campaign > 0 ? signals.campaign : campaignNumber(input)
  const campaign = campaignKeyOf(number)
  const network = input.context.network
  const isShared = signals.prefixSuccesses >= 0.5 * signals.prefixFailures
  const prefix = network?.prefix
  if (
    prefix !== undefined &&
    !isShared &&
    isSpray(signals.prefixFailingUsers, signals.prefixFailingUsersUsual, PREFIX)
  ) {
    return { campaign, users: signals.prefixFailingUsers, where: prefix, by: 'prefix' }
  }
  const asn = network?.asn
  if (
    asn !== undefined &&
    isSpray(signals.asnFailingUsers, signals.asnFailingUsersUsual, NETWORK)
  ) {
    return { campaign, users: signals.asnFailingUsers, where: `AS${asn}`, by: 'network' }
  }
  // what the whole organisation shares must be known before it can be unusual
  const client = clientFamily(input)
  const { clientFailingUsers, clientFailingUsersUsual } = signals
  if (
    client !== null &&
    !Number.isNaN(clientFailingUsersUsual) &&
    isSpray(clientFailingUsers, clientFailingUsersUsual, CLIENT)
  ) {
    return { campaign, users: clientFailingUsers, where: client, by: 'client' }
  }
  const { failingUsers } = signals
  if (signals.campaignDevice) {
    return { campaign, users: failingUsers, where: 'the same device', by: 'mark' }
  }
  if (prefix !== undefined && signals.campaignPrefix && !isShared) {
    return { campaign, users: failingUsers, where: prefix, by: 'mark' }
  }
  if (isEverywhere(signals)) {
    return { campaign, users: failingUsers, where: 'many networks', by: 'everywhere' }
  }
  return null
}

/** Do far more accounts than usual fail in ways strange to them, wherever they come from? */
export function isEverywhere({
  failingUsers,
  failingUsersUsual,
}: Pick<Signals, 'failingUsers' | 'failingUsersUsual'>): boolean {
  return !Number.isNaN(failingUsersUsual) && isSpray(failingUsers, failingUsersUsual, EVERYWHERE)
}

function isSpray(users: number, usual: number, { fewest, least, steadiness }: Habit): boolean {
  if (!(users >= fewest)) return false
  const known = Number.isNaN(usual) ? 0 : usual
  const shape = Math.min(steadiness, 0.5 + WINDOWS * known)
  return tailSurprise(users, Math.max(least, known), shape) > SURPRISE
}

function clientFamily({ context }: EnrichedEvent): string | null {
  const { os, browser } = context.client
  if (os === undefined && browser === undefined) return null
  return `${os ?? 'unknown system'} / ${browser ?? 'unknown client'}`
}
