import ipaddr from 'ipaddr.js'

/** Networks with a value each; a single address is a network of one. */
export interface CidrTable<T> {
  /** The value of the longest prefix that holds the address; undefined where none does. */
  find(ip: string): T | undefined
  readonly size: number
}

/** A network or address as the key of its prefix, and as it is written without the bits of a host; null where the text is neither. */
export function readNetwork(
  text: string,
): { key: string; length: number; readonly text: string } | null {
  const isNetwork = text.includes('/')
  if (isNetwork ? !ipaddr.isValidCIDR(text) : !ipaddr.isValid(text)) return null
  if (isNetwork) {
    const [address, length] = ipaddr.parseCIDR(text)
    const key = prefixKey(address.toByteArray(), length)
    const bytes = address.toByteArray().map((byte, i) => byte & (0xff00 >> clamp(length - i * 8)))
    const base = ipaddr.fromByteArray(bytes).toString()
    return { key, length: lengthOf(address, length), text: `${base}/${length}` }
  }
  const address = ipaddr.process(text)
  const bits = address.toByteArray().length * 8
  const key = prefixKey(address.toByteArray(), bits)
  return { key, length: lengthOf(address, bits), text: `${address.toString()}/${bits}` }
}

/** A table of these networks; of two values for the same network the last stays. */
export function cidrTable<T>(
  entries: Iterable<readonly [key: string, length: number, value: T]>,
): CidrTable<T> {
  const values = new Map<string, T>()
  const lengths = new Set<number>()
  for (const [key, length, value] of entries) {
    values.set(key, value)
    lengths.add(length)
  }
  const descending = [...lengths].sort((a, b) => b - a)
  return {
    size: values.size,
    find(ip) {
      if (values.size === 0 || !ipaddr.isValid(ip)) return undefined
      const address = ipaddr.process(ip)
      const bytes = address.toByteArray()
      for (const length of descending) {
        if (length > 128 !== (bytes.length === 4)) continue
        const found = values.get(prefixKey(bytes, length > 128 ? length - 256 : length))
        if (found !== undefined) return found
      }
      return undefined
    },
  }
}

function clamp(bits: number): number {
  return Math.max(0, Math.min(8, bits))
}

/** Prefix lengths of IPv4 count from 256 on, so that both kinds share a table. */
function lengthOf(address: ipaddr.IPv4 | ipaddr.IPv6, length: number): number {
  return address.kind() === 'ipv4' ? 256 + length : length
}

function prefixKey(bytes: readonly number[], length: number): string {
  let key = `${bytes.length}/${length}:`
  for (let i = 0; i * 8 < length; i++) {
    const kept = Math.min(8, length - i * 8)
    key += String.fromCharCode((bytes[i] ?? 0) & (0xff00 >> kept))
  }
  return key
}
