import type { EnrichedEvent } from '@gatewatch/schema'

/**
 * Does the address say where a network leaves to the internet rather than where the person is? True for hosting, VPN,
 * proxy, Tor and satellite exits; such a place proves nothing about travel.
 */
export function leavesElsewhere({ event, context }: EnrichedEvent): boolean {
  const kind = context.network?.class
  return (
    kind === 'hosting' ||
    kind === 'vpn' ||
    kind === 'proxy' ||
    kind === 'tor' ||
    kind === 'satellite' ||
    context.network?.own === 'vpn' ||
    event.src.is_vpn === true ||
    event.src.is_proxy === true ||
    event.src.is_tor === true ||
    event.src.is_hosting === true
  )
}

/** Is this a successful sign-in of somebody who is really there: not a phone that only confirms a prompt, not a token renewal? */
export function signsIn({ event }: EnrichedEvent): boolean {
  if (event.status_id !== 1) return false
  const stage = event.auth?.stage
  return stage === undefined || stage === 'primary' || stage === 'session'
}

/** Was the attempt refused because of what was typed, rather than by an outage, a policy or an expired token? */
export function failsOnCredentials({ event }: EnrichedEvent): boolean {
  if (event.status_id !== 2) return false
  const why = event.failure_class
  return (
    why === undefined ||
    why === 'bad_credentials' ||
    why === 'unknown_user' ||
    why === 'locked' ||
    why === 'leaked_password'
  )
}
