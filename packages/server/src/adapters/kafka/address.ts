import { readFileSync } from 'node:fs'

/** How to reach a cluster, and what to use there. */
export interface KafkaAddress {
  readonly bootstrapBrokers: string[]
  readonly topic: string
  /** Partitions of the topic where it has to be made: how many workers can share the work. */
  readonly partitions: number
  /** Copies of each event where the topic has to be made; -1: as the brokers are set. */
  readonly replicas: number
  readonly tls?: { readonly ca?: Buffer }
  readonly sasl?: {
    readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512'
    readonly username: string
    readonly password: string
  }
}

const mechanisms = {
  plain: 'PLAIN',
  'scram-sha-256': 'SCRAM-SHA-256',
  'scram-sha-512': 'SCRAM-SHA-512',
} as const

/**
 * Reads kafka://user:password@host:9092,host:9092/topic?partitions=16&replicas=3&sasl=scram-sha-512&ca=/path/ca.pem; `kafkas:` is TLS. All but
 * the hosts may be left out. Throws an error that names the part that is wrong, and never the password.
 */
export function parseKafkaUrl(url: string): KafkaAddress {
  const match = /^(kafkas?):\/\/(?:([^:@/]*):([^@/]*)@)?([^/?@]+)(?:\/([\w.-]*))?(?:\?(.*))?$/.exec(
    url,
  )
  const [, protocol, username, password, hosts, topic, query] = match ?? []
  if (hosts === undefined) {
    throw new Error('The stream URL must be like kafka://user:password@host:9092,host:9092/topic.')
  }
  const asked = new URLSearchParams(query)
  const sasl = asked.get('sasl')?.toLowerCase() ?? 'plain'
  if (!isMechanism(sasl)) {
    throw new Error(`The stream URL: sasl is one of ${Object.keys(mechanisms).join(', ')}.`)
  }
  const ca = asked.get('ca')
  return {
    bootstrapBrokers: hosts.split(',').map((host) => (/:\d+$/.test(host) ? host : `${host}:9092`)),
    topic: topic || 'gatewatch-events',
    partitions: countOf(asked, 'partitions', 16),
    replicas: countOf(asked, 'replicas', -1),
    ...(protocol === 'kafkas' && { tls: ca === null ? {} : { ca: readFileSync(ca) } }),
    ...(username !== undefined && {
      sasl: {
        mechanism: mechanisms[sasl],
        username: decodeURIComponent(username),
        password: decodeURIComponent(password ?? ''),
      },
    }),
  }
}

function isMechanism(text: string): text is keyof typeof mechanisms {
  return Object.hasOwn(mechanisms, text)
}

function countOf(asked: URLSearchParams, name: string, standard: number): number {
  const text = asked.get(name)
  if (text === null) return standard
  if (!/^[1-9]\d{0,4}$/.test(text))
    throw new Error(`The stream URL: ${name} is a whole number from 1.`)
  return Number(text)
}
