import type { NetworkClass } from '@gatewatch/schema'

/**
 * Autonomous systems whose addresses are known to be of one sort, by public registration and the operators' own words.
 * Short on purpose: what is not here is `unknown`, and operators add their own.
 */
const rows: readonly (readonly [NetworkClass, string])[] = [
  // Amazon, Google Cloud, Microsoft, Oracle, IBM, Alibaba, Tencent
  ['hosting', '16509 14618 396982 19527 8075 31898 36351 45102 37963 45090 132203'],
  // DigitalOcean, OVH, Hetzner, Linode, Vultr, Leaseweb, Contabo, Scaleway, Ionos, Aruba
  [
    'hosting',
    '14061 16276 24940 213230 63949 20473 60781 28753 30633 51167 40021 12876 8560 31034',
  ],
  // UpCloud, Hostinger, Namecheap, DreamHost, GoDaddy, Rackspace, Equinix Metal, Fastly, Cloudflare, Akamai
  ['hosting', '202053 47583 22612 26347 26496 33070 27357 54825 54113 13335 20940'],
  // QuadraNet, ColoCrossing, FranTech, Psychz, Zenlayer, HostRoyale, Clouvider, Tzulo, M247
  ['hosting', '8100 36352 53667 40676 21859 203020 62240 11878 9009'],
  // Datacamp, PacketHub, Proton, Mullvad (31173 Services)
  ['vpn', '212238 60068 147049 207137 62371 209103 199218 39351'],
  // Starlink, Viasat, Hughes
  ['satellite', '14593 7155 6621'],
  // T-Mobile US, Verizon Wireless, AT&T Mobility, EE, Three UK, Jio
  ['carrier', '21928 22394 6167 20057 12576 206067 55836'],
]

/** Class of a network by the number of its autonomous system, as shipped. */
export const shippedClasses: ReadonlyMap<number, NetworkClass> = new Map(
  rows.flatMap(([kind, numbers]) => numbers.split(' ').map((asn) => [Number(asn), kind] as const)),
)
