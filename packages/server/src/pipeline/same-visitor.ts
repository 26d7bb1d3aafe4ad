import type { AccessEvent } from '@gatewatch/schema'
import ipaddr from 'ipaddr.js'
import { prefixOf } from './enrich.ts'

/** Where an answer comes from. */
export interface Answering {
  readonly ip: string
  readonly userAgent: string | undefined
}

/**
 * Why an answer must not count alone: it may come from the very visitor that was asked about, out of the same network or from the same
 * device. What cannot be told apart may be the same. Null where both are told apart.
 */
export function whyNotCounted(event: AccessEvent, { ip, userAgent }: Answering): string | null {
  const asked = event.src.ip
  if (asked === undefined || event.user_agent === undefined || userAgent === undefined) {
    return 'it cannot be told apart from the visitor asked about'
  }
  if (!isPublic(ip) || !isPublic(asked)) {
    return 'its address does not tell it apart from the visitor asked about'
  }
  if (rangeOf(ip) === rangeOf(asked)) return 'it comes out of the network asked about'
  if (userAgent === event.user_agent) return 'it comes from a device like the one asked about'
  return null
}

function rangeOf(ip: string): string {
  return prefixOf(ipaddr.process(ip).toString())
}

function isPublic(ip: string): boolean {
  return ipaddr.isValid(ip) && ipaddr.process(ip).range() === 'unicast'
}
