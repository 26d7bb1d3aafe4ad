import type { EnrichedEvent } from '@gatewatch/schema'
import type { DetectorInput, Signals } from '../types.ts'

/** Where a spray comes from: the campaign key that its findings share, and how many accounts it has tried. */
export interface Spray {
  readonly campaign: string
  readonly users: number
  readonly where: string
}

/** A count this improbable (one in ten thousand, natural logarithm) is not a bad morning. */
const SURPRISE = Math.log(1e4)

/** How a kind of key behaves: how few failing accounts are never a spray, and how much its counts scatter beyond Poisson's. */
interface Scatter {
  readonly fewest: number
  /** Variance over mean. */
  readonly overdispersion: number
}

const PREFIX: Scatter = { fewest: 4, overdispersion: 1 }
const NETWORK: Scatter = { fewest: 6, overdispersion: 1.5 }
/** A kind of client is half the organisation's. */
const CLIENT: Scatter = { fewest: 11, overdispersion: 3 }

/** A quiet key is still expected to see now and then a failing account, so that the first ones never make a spray. */
const LEAST_USUAL = 0.3

/**
 * Upper bound on how improbable it is to see `seen` accounts failing where `usual` are expected, as -ln p.
 * Chernoff's bound for a Poisson tail, n ln(n/m) - n + m, divided by the overdispersion (quasi-Poisson).
 * Zero at or below the usual count; NaN counts give NaN.
 */
export function tailSurprise(seen: number, usual: number, overdispersion: number): number {
  const mean = Number.isNaN(usual) ? LEAST_USUAL : Math.max(LEAST_USUAL, usual)
  if (seen <= mean) return 0
  return (seen * Math.log(seen / mean) - seen + mean) / overdispersion
}

/**
 * Are many accounts failing from this event's prefix, network or kind of client? null: no, or unknown. A prefix from
 * which people also sign in successfully, at least half as often as they fail, is an office or a shared exit.
 */
export function sprayAround({ input, signals }: DetectorInput): Spray | null {
  const network = input.context.network
  const prefix = network?.prefix
  if (
    prefix !== undefined &&
    isSpray(signals.prefixFailingUsers, signals.prefixFailingUsersUsual, PREFIX) &&
    signals.prefixSuccesses < 0.5 * signals.prefixFailures
  ) {
    return { campaign: `spray:prefix:${prefix}`, users: signals.prefixFailingUsers, where: prefix }
  }
  const asn = network?.asn
  if (
    asn !== undefined &&
    isSpray(signals.asnFailingUsers, signals.asnFailingUsersUsual, NETWORK)
  ) {
    return { campaign: `spray:asn:${asn}`, users: signals.asnFailingUsers, where: `AS${asn}` }
  }
  const client = clientFamily(input)
  if (client !== null && isClientSpray(signals)) {
    return { campaign: `spray:client:${client}`, users: signals.clientFailingUsers, where: client }
  }
  return null
}

function isSpray(users: number, usual: number, { fewest, overdispersion }: Scatter): boolean {
  return users >= fewest && tailSurprise(users, usual, overdispersion) > SURPRISE
}

/** A kind of client is shared by the whole organisation, so its usual count has to be known. */
function isClientSpray(signals: Readonly<Signals>): boolean {
  const { clientFailingUsers, clientFailingUsersUsual } = signals
  return (
    !Number.isNaN(clientFailingUsersUsual) &&
    isSpray(clientFailingUsers, clientFailingUsersUsual, CLIENT)
  )
}

function clientFamily({ context }: EnrichedEvent): string | null {
  const { os, browser } = context.client
  if (os === undefined && browser === undefined) return null
  return `${os ?? 'unknown system'} / ${browser ?? 'unknown client'}`
}
