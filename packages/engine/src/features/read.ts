import type { EnrichedEvent } from '@gatewatch/schema'

/** Is this a sign-in (any stage of one)? */
export function isAuthentication(input: EnrichedEvent): boolean {
  return input.event.class_uid === 3002
}

/** Is this a failed sign-in? What it says about itself is never learned. */
export function isFailedSignIn(input: EnrichedEvent): boolean {
  return isAuthentication(input) && input.event.status_id === 2
}

/** Did a person take a seat here: a first factor or a session, where place and travel mean something. */
export function isPresence(input: EnrichedEvent): boolean {
  const stage = input.event.auth?.stage
  return (
    isAuthentication(input) && (stage === undefined || stage === 'primary' || stage === 'session')
  )
}

/** Was the event proven by a key that nobody can relay (webauthn, passkey, certificate)? A code or a push can be, in the same minute. */
export function isStrong(input: EnrichedEvent): boolean {
  const factors = input.event.auth?.factors
  return factors?.some((f) => f === 'webauthn' || f === 'passkey' || f === 'cert') ?? false
}

/** Does the source say that a proxy stands between? Then neither place nor network are those of whoever it was. */
export function isThroughProxy({ event }: EnrichedEvent): boolean {
  return event.src.is_proxy === true
}

/** The country of the address. */
export function countryOf(input: EnrichedEvent): string | undefined {
  return isThroughProxy(input) ? undefined : input.context.place?.country
}

/** The city of the address. */
export function cityOf(input: EnrichedEvent): string | undefined {
  return isThroughProxy(input) ? undefined : input.context.place?.city
}

/** The autonomous system as its number in text. */
export function networkName(input: EnrichedEvent): string | undefined {
  if (isThroughProxy(input)) return undefined
  const asn = input.context.network?.asn
  return asn === undefined ? undefined : `AS${asn}`
}

/** The address range; for an address nobody can read (encoded, hashed), the text that stands for it. */
export function prefixOf(input: EnrichedEvent): string | undefined {
  if (isThroughProxy(input)) return undefined
  const { network } = input.context
  if (network !== undefined) return network.prefix
  const { ip_kind, ip_raw } = input.event.src
  return ip_kind === 'invalid' ? ip_raw : undefined
}

/** The browser or client program. */
export function browserName(input: EnrichedEvent): string | undefined {
  return input.context.client.browser
}

/** The device's identifier as the source knows it. */
export function deviceUid(input: EnrichedEvent): string | undefined {
  return input.event.device?.uid
}

/** What a device says that its owner's employer enrolled it. */
export const MANAGED = 'managed'

/**
 * Did the source see, where somebody took a seat, that the employer manages the device? A source that says nothing of it
 * has seen nothing.
 */
export function management(input: EnrichedEvent): string | undefined {
  if (!isPresence(input)) return undefined
  const { device } = input.event
  return device?.is_managed === true || device?.is_compliant === true ? MANAGED : 'not managed'
}

/** Protocol and factors of a sign-in in a fixed order. */
export function authMethod(input: EnrichedEvent): string | undefined {
  const { auth } = input.event
  if (auth === undefined) return undefined
  const factors = auth.factors === undefined ? '' : auth.factors.toSorted().join('+')
  if (factors === '' && auth.protocol === undefined) return undefined
  return `${auth.protocol ?? ''} ${factors}`.trim()
}

/** The application that somebody signs in to. */
export function appName(input: EnrichedEvent): string | undefined {
  return input.event.app?.name ?? input.event.app?.uid
}

/** The service that was called; for changes of accounts, the product. */
export function apiService(input: EnrichedEvent): string {
  return input.event.api?.service ?? input.event.source.product
}

/** The operation, else the vendor's event name. */
export function apiAction(input: EnrichedEvent): string {
  return input.event.api?.operation ?? input.event.activity
}

/** The cloud region. */
export function region(input: EnrichedEvent): string | undefined {
  return input.event.cloud?.region
}

/** The first resource's type. */
export function resourceType(input: EnrichedEvent): string | undefined {
  return input.event.resources?.[0]?.type
}

/** Why the call was refused; undefined for one that succeeded. */
export function apiError(input: EnrichedEvent): string | undefined {
  const { status_id, status_code, failure_class } = input.event
  return status_id === 2 ? (status_code ?? failure_class ?? 'failure') : undefined
}

/** Access keys that last; temporary ones are new by design and say nothing. */
export function longLivedCredential(input: EnrichedEvent): string | undefined {
  const uid = input.event.actor.credential_uid
  return uid?.startsWith('ASIA') ? undefined : uid
}

/** Who took on which role; undefined for somebody acting as themselves. */
export function roleEdge(input: EnrichedEvent): string | undefined {
  const { actor } = input.event
  if (actor.assumed_from === undefined) return undefined
  return `${actor.assumed_from} > ${actor.name ?? actor.uid ?? ''}`
}

/** The program behind a call: what the client was recognised as, else the user agent's first word. */
export function clientFamily(input: EnrichedEvent): string | undefined {
  const { browser, os } = input.context.client
  if (browser !== undefined) return os === undefined ? browser : `${browser} on ${os}`
  const agent = input.event.user_agent
  if (agent === undefined) return undefined
  const end = agent.search(/[/ ]/)
  return agent.slice(0, Math.min(end < 0 ? 64 : end, 64))
}
