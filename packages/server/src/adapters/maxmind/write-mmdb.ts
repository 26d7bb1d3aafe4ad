import ipaddr from 'ipaddr.js'
import { encodeMapHead, encodeUnsigned, encodeValue, type MmdbValue } from './encode-data.ts'

/** A network (CIDR, IPv4 or IPv6) and what is known of it. */
export interface MmdbEntry {
  readonly cidr: string
  readonly data: MmdbValue
}

const separator = Buffer.alloc(16)
const marker = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1')

/**
 * A MaxMind DB (format 2.0, https://maxmind.github.io/MaxMind-DB/) of these networks, readable by every reader of the
 * format: an IPv6 tree with IPv4 at ::/96, records of 32 bits. Where networks overlap, the longer prefix wins. `built`
 * in ms UTC. Throws a RangeError on what is no network.
 */
export function writeMmdb(
  entries: Iterable<MmdbEntry>,
  about: { readonly type: string; readonly built: number },
): Buffer {
  const tree = [0, 0]
  const data: number[] = []
  const offsets = new Map<string, number>()
  const networks = [...entries].map(({ cidr, data: value }) => ({ ...bitsOf(cidr), value }))
  // Shorter prefixes first, so that a longer one can be cut out of them.
  for (const { bytes, length, value } of networks.sort((a, b) => a.length - b.length)) {
    insert(tree, bytes, length, -1 - store(value))
  }

  function store(value: MmdbValue): number {
    const text = JSON.stringify(value)
    const known = offsets.get(text)
    if (known !== undefined) return known
    const at = data.length
    encodeValue(value, data)
    offsets.set(text, at)
    return at
  }
  return Buffer.concat([
    serialise(tree),
    separator,
    Buffer.from(data),
    marker,
    metadata(tree.length / 2, about),
  ])
}

function bitsOf(cidr: string): { bytes: readonly number[]; length: number } {
  if (!ipaddr.isValidCIDR(cidr)) throw new RangeError(`${cidr} is no network like 203.0.113.0/24`)
  const [address, length] = ipaddr.parseCIDR(cidr)
  const bytes = address.toByteArray()
  return bytes.length === 16
    ? { bytes, length }
    : { bytes: [...new Array<number>(12).fill(0), ...bytes], length: 96 + length }
}

/** A slot of the tree: 0 nothing, above 0 the number of a node, below 0 data at offset -1 - slot. */
function insert(tree: number[], bytes: readonly number[], length: number, leaf: number): void {
  let node = 0
  for (let depth = 0; depth < length; depth++) {
    const bit = ((bytes[depth >> 3] ?? 0) >> (7 - (depth & 7))) & 1
    const slot = node * 2 + bit
    if (depth === length - 1) {
      tree[slot] = leaf
      return
    }
    const below = tree[slot] ?? 0
    if (below > 0) node = below
    else {
      node = tree.length / 2
      tree[slot] = node
      // The network that held this slot goes on to hold what is left of it.
      tree.push(below, below)
    }
  }
}

function serialise(tree: readonly number[]): Buffer {
  const nodes = tree.length / 2
  const out = Buffer.alloc(tree.length * 4)
  tree.forEach((slot, i) => {
    const value = slot > 0 ? slot : slot === 0 ? nodes : nodes + separator.length + (-1 - slot)
    out.writeUInt32BE(value, i * 4)
  })
  return out
}

function metadata(nodes: number, about: { readonly type: string; readonly built: number }): Buffer {
  const out: number[] = []
  encodeMapHead(9, out)
  const unsigned = (name: string, value: number, bits: 16 | 32 | 64) => {
    encodeValue(name, out)
    encodeUnsigned(value, bits, out)
  }
  unsigned('node_count', nodes, 32)
  unsigned('record_size', 32, 16)
  unsigned('ip_version', 6, 16)
  unsigned('binary_format_major_version', 2, 16)
  unsigned('binary_format_minor_version', 0, 16)
  unsigned('build_epoch', Math.floor(about.built / 1000), 64)
  for (const [name, value] of [
    ['database_type', about.type],
    ['languages', ['en']],
    ['description', { en: about.type }],
  ] as const) {
    encodeValue(name, out)
    encodeValue(value, out)
  }
  return Buffer.from(out)
}
