import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { BlockList, createServer, isIPv6, type Server, type Socket } from 'node:net'
import { createServer as createSecureServer } from 'node:tls'
import type { FeedOf } from '@gatewatch/schema'
import type { Feed, FeedParts } from '../../ports/feed.ts'
import { type Collector, createCollector } from './collector.ts'
import { createDeframer } from './frames.ts'

/** Most connections at a time, and how long (ms) encryption may take to begin. */
const MOST_CONNECTIONS = 1_000
const HANDSHAKE_MS = 10_000
/** How long (ms) a connection on which nothing comes is kept. */
const IDLE_MS = 15 * 60_000

/**
 * Listens for syslog: RFC 5424 and 3164, over TCP or TLS in either framing of RFC 6587, or a message a datagram. Who sends faster than is taken has to
 * wait; datagrams cannot, and are counted as lost. Each process that may listen does.
 */
export function syslogFeed(settings: FeedOf<'syslog'>): Feed {
  return {
    byOne: false,
    async follow(parts) {
      const collector = createCollector(parts, settings.format)
      const close = await (settings.transport === 'udp' ? listenUdp : listenTcp)(
        settings,
        collector,
        parts,
      )
      try {
        await collector.run()
      } finally {
        await close()
        if (parts.signal.aborted) await collector.settle()
      }
    },
  }
}

type Listen = (
  settings: FeedOf<'syslog'>,
  collector: Collector,
  parts: FeedParts,
) => Promise<() => Promise<void>>

const listenTcp: Listen = async (settings, collector, parts) => {
  const { transport, host, port, cert, key, client_ca } = settings
  const isFrom = allowed(settings.from)
  const sockets = new Map<Socket, () => void>()
  const onSocket = (socket: Socket) => {
    // Whatever becomes of it, the sender connects again.
    socket.on('error', () => socket.destroy())
    if (!isFrom(socket.remoteAddress)) {
      socket.destroy()
      return
    }
    const deframer = createDeframer()
    const end = () => {
      for (const frame of deframer.end()) collector.add(frame)
    }
    sockets.set(socket, end)
    socket.setTimeout(IDLE_MS, () => socket.destroy())
    socket.setKeepAlive(true, 60_000)
    socket.on('data', (chunk: Buffer) => {
      let hasRoom = true
      for (const frame of deframer.push(chunk)) hasRoom = collector.add(frame)
      if (hasRoom && !collector.isFull()) return
      socket.pause()
      collector.hasRoom().then(() => socket.resume())
    })
    socket.on('close', () => {
      sockets.delete(socket)
      end()
    })
  }
  const server: Server =
    transport === 'tls'
      ? createSecureServer(
          {
            cert,
            key,
            handshakeTimeout: HANDSHAKE_MS,
            minVersion: 'TLSv1.2',
            ...(client_ca === undefined
              ? {}
              : { ca: client_ca, requestCert: true, rejectUnauthorized: true }),
          },
          onSocket,
        )
      : createServer(onSocket)
  server.maxConnections = MOST_CONNECTIONS
  server.listen(port, host)
  await once(server, 'listening')
  server.on('error', (error) => parts.say(error.message))
  parts.say(`listens on ${addressOf(server.address())}`)
  return async () => {
    const closed = once(server, 'close')
    server.close()
    for (const [socket, end] of sockets) {
      socket.destroy()
      end()
    }
    await closed
  }
}

const listenUdp: Listen = async ({ host, port, from }, collector, parts) => {
  const isFrom = allowed(from)
  const socket = createSocket({ type: isIPv6(host) ? 'udp6' : 'udp4', recvBufferSize: 4_194_304 })
  socket.bind(port, host)
  await once(socket, 'listening')
  socket.on('error', (error) => parts.say(error.message))
  socket.on('message', (bytes, { address }) => {
    if (!isFrom(address)) return
    if (collector.isFull()) collector.lost(1)
    else collector.add({ bytes, isTooLong: false })
  })
  parts.say(`listens on ${addressOf(socket.address())}`)
  return async () => {
    const closed = once(socket, 'close')
    socket.close()
    await closed
  }
}

function addressOf(at: ReturnType<Server['address']>): string {
  return typeof at === 'object' && at !== null ? `${at.address} port ${at.port}` : String(at)
}

/** Is an address among these? Everyone is where there are none. */
function allowed(networks: readonly string[]): (address: string | undefined) => boolean {
  if (networks.length === 0) return () => true
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return (address = '') => {
    const plain = address.replace(/^::ffff:(?=\d+\.)/, '')
    return plain !== '' && list.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4')
  }
}
