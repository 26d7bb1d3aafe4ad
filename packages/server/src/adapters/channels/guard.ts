import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Says which hosts may be reached, and under which address. */
export interface HostGuard {
  /**
   * The address to connect to: looked up now, and to be used as it is, so that a name cannot lead elsewhere afterwards. Rejects
   * where the host has none that is public and the operator has not allowed it.
   */
  addressOf(host: string): Promise<string>
  /** Has the operator allowed this host by name or address? Such a host may be talked to without encryption. */
  isAllowed(host: string): boolean
}

/**
 * Lets through what is public, and what `allowed` names: hosts (`mail.internal`, `*.internal`), addresses and networks
 * (`10.0.5.0/24`). Throws where one of these is none. `resolve` gives a name's addresses.
 */
export function createHostGuard(
  allowed: readonly string[],
  resolve: (host: string) => Promise<readonly string[]> = resolveAll,
): HostGuard {
  const networks = allowed.filter(isNetwork).map(networkOf)
  const names = allowed.filter((one) => !isNetwork(one)).map((name) => name.toLowerCase())
  const isNamed = (host: string) =>
    names.some((name) =>
      name.startsWith('*.')
        ? host.toLowerCase().endsWith(name.slice(1))
        : name === host.toLowerCase(),
    )
  const isInNetworks = (address: string) => {
    const parsed = ipaddr.process(address)
    return networks.some((network) => parsed.kind() === network[0].kind() && parsed.match(network))
  }

  return {
    isAllowed: (host) =>
      isNamed(bare(host)) || (isIP(bare(host)) !== 0 && isInNetworks(bare(host))),
    async addressOf(given) {
      const host = bare(given)
      const addresses = isIP(host) === 0 ? await resolve(host) : [host]
      const fit = addresses.find(
        (address) => isNamed(host) || isPublic(address) || isInNetworks(address),
      )
      if (fit !== undefined) return fit
      throw new Error(
        addresses.length === 0
          ? `${host} has no address`
          : `${host} leads to ${addresses.join(', ')}, which is not public: have the operator name it in GATEWATCH_ALLOW_HOSTS`,
      )
    },
  }
}

function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1')
}

function isPublic(address: string): boolean {
  return ipaddr.process(address).range() === 'unicast'
}

function isNetwork(text: string): boolean {
  return isIP(text.split('/', 1)[0] ?? '') !== 0
}

function networkOf(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  if (text.includes('/')) return ipaddr.parseCIDR(text)
  const address = ipaddr.process(text)
  return [address, address.kind() === 'ipv4' ? 32 : 128]
}

async function resolveAll(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address)
}
