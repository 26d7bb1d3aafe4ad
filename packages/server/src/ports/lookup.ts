import type { Network, Place } from '@gatewatch/schema'

/** Where a public address is and whom it belongs to. Synchronous: it is on the hot path. */
export interface PlaceLookup {
  find(ip: string): { place?: Place; asn?: number; as_name?: string } | null
  /** Name and build time of the data, for screens; null where there is none. */
  describe(): { name: string; built: number } | null
}

/** What sort of network an address belongs to and which lists name it. Synchronous. */
export interface NetworkLookup {
  find(ip: string, asn: number | undefined): Pick<Network, 'class' | 'listed'>
}

/** Which identity an alias stands for, as the operator says. Synchronous. */
export interface AliasLookup {
  /** Key of the identity that the entity of this key is; undefined where it is its own. Keys are lower case. */
  find(key: string): string | undefined
}
