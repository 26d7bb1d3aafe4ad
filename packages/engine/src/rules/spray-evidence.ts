import type { EnrichedEvent } from '@gatewatch/schema'
import type { DetectorInput, Signals } from '../types.ts'

/** Where a spray comes from: the campaign key that its findings share, and how many accounts it has tried. */
export interface Spray {
  readonly campaign: string
  readonly users: number
  readonly where: string
}

/** A count this improbable (natural logarithm of one in a million) is not a bad morning. */
const SURPRISE = Math.log(1e6)
/** Real counts scatter more than Poisson's: variance about twice the mean. */
const OVERDISPERSION = 2
/** A quiet key is still expected to see half a failing account, so that the first ones never make a spray. */
const LEAST_USUAL = 0.5
/** Fewer accounts than this are never called a spray, however quiet the key. */
const FEWEST_USERS = 8

/**
 * Upper bound on how improbable it is to see `seen` accounts failing where `usual` are expected, as -ln p.
 * Chernoff's bound for a Poisson tail, n ln(n/m) - n + m, divided by the overdispersion (quasi-Poisson).
 * Zero at or below the usual count; NaN counts give NaN.
 */
export function tailSurprise(seen: number, usual: number): number {
  const mean = Number.isNaN(usual) ? LEAST_USUAL : Math.max(LEAST_USUAL, usual)
  if (seen <= mean) return 0
  return (seen * Math.log(seen / mean) - seen + mean) / OVERDISPERSION
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
    isSpray(signals.prefixFailingUsers, signals.prefixFailingUsersUsual) &&
    signals.prefixSuccesses < 0.5 * signals.prefixFailures
  ) {
    return { campaign: `spray:prefix:${prefix}`, users: signals.prefixFailingUsers, where: prefix }
  }
  const asn = network?.asn
  if (asn !== undefined && isSpray(signals.asnFailingUsers, signals.asnFailingUsersUsual)) {
    return { campaign: `spray:asn:${asn}`, users: signals.asnFailingUsers, where: `AS${asn}` }
  }
  const client = clientFamily(input)
  if (client !== null && isClientSpray(signals)) {
    return { campaign: `spray:client:${client}`, users: signals.clientFailingUsers, where: client }
  }
  return null
}

function isSpray(users: number, usual: number): boolean {
  return users >= FEWEST_USERS && tailSurprise(users, usual) > SURPRISE
}

/** A kind of client is shared by the whole organisation, so its usual count has to be known. */
function isClientSpray(signals: Readonly<Signals>): boolean {
  const { clientFailingUsers, clientFailingUsersUsual } = signals
  return (
    !Number.isNaN(clientFailingUsersUsual) && isSpray(clientFailingUsers, clientFailingUsersUsual)
  )
}

function clientFamily({ context }: EnrichedEvent): string | null {
  const { os, browser } = context.client
  if (os === undefined && browser === undefined) return null
  return `${os ?? 'unknown system'} / ${browser ?? 'unknown client'}`
}
