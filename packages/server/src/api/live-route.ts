import type { WebSocket } from '@fastify/websocket'
import type { EventSummary, LiveMessage } from '@gatewatch/schema'
import type { FastifyInstance } from 'fastify'
import type { Committed } from '../pipeline/pipeline.ts'
import type { TenantId } from '../ports/store.ts'
import { callerOf, READ, SESSION_COOKIE } from './caller.ts'
import type { Metrics } from './metrics.ts'
import type { ApiParts } from './parts.ts'

const batchMs = 100
/** Verdicts that wait for one reader; more are dropped and counted. */
const waitingLimit = 500
/** Bytes that may be on their way to a reader before it counts as slow. */
const bufferLimit = 256 * 1024
const checkMs = 30_000

interface LiveReader {
  readonly tenant: TenantId
  readonly socket: WebSocket
  events: EventSummary[]
  alerts: Committed['alerts'][number][]
  dropped: number
  answered: boolean
}

/**
 * `WebSocket /v1/live`: what was committed for the caller's tenant by any process, in batches every 100 ms. A slow reader loses
 * verdicts, never memory of the server, and is told how many. A session that ended is disconnected within 30 s.
 */
export function liveRoute(app: FastifyInstance, parts: ApiParts, metrics: Metrics): void {
  const readers = new Set<LiveReader>()
  const stop = parts.pipeline.watch({
    wants: (tenant) => [...readers].some((reader) => reader.tenant === tenant),
    tell(committed, more) {
      for (const reader of readers) {
        if (reader.tenant === committed.tenant) queue(reader, committed, more)
      }
    },
  })
  const ticking = setInterval(() => {
    for (const reader of readers) flush(reader, metrics)
  }, batchMs)
  ticking.unref()
  app.addHook('onClose', async () => {
    clearInterval(ticking)
    stop()
  })

  const options = {
    websocket: true as const,
    config: { access: READ },
  }
  app.get('/v1/live', options, (socket, request) => {
    const { tenant } = callerOf(request)
    const reader: LiveReader = {
      tenant,
      socket,
      events: [],
      alerts: [],
      dropped: 0,
      answered: true,
    }
    readers.add(reader)
    metrics.liveReaders(1)
    socket.on('pong', () => {
      reader.answered = true
    })
    const session =
      request.headers.authorization === undefined ? request.cookies[SESSION_COOKIE] : undefined
    const checking = setInterval(async () => {
      if (!reader.answered) return socket.terminate()
      reader.answered = false
      socket.ping()
      if (session === undefined) return
      // While the database is away nobody is signed out.
      const caller = await parts.accounts.callerBySession(session).catch(() => request.caller)
      if (caller === null) socket.close(4401, 'signed out')
    }, checkMs)
    checking.unref()
    socket.on('close', () => {
      clearInterval(checking)
      readers.delete(reader)
      metrics.liveReaders(-1)
    })
    send(socket, { type: 'hello', time: parts.now() })
  })
}

function queue(
  reader: LiveReader,
  committed: Pick<Committed, 'events' | 'alerts'>,
  more: number,
): void {
  const room = Math.max(0, waitingLimit - reader.events.length)
  reader.events.push(...committed.events.slice(0, room))
  reader.dropped += more + Math.max(0, committed.events.length - room)
  // Alerts are few; beyond the limit the newest win, and the list of alerts has them all.
  reader.alerts = [...reader.alerts, ...committed.alerts].slice(-waitingLimit)
}

function flush(reader: LiveReader, metrics: Metrics): void {
  if (reader.socket.bufferedAmount > bufferLimit) return
  if (reader.events.length > 0 || reader.dropped > 0) {
    send(reader.socket, { type: 'verdicts', events: reader.events, dropped: reader.dropped })
    if (reader.dropped > 0) metrics.liveDropped(reader.dropped)
    reader.events = []
    reader.dropped = 0
  }
  for (const { alert, isNew } of reader.alerts) {
    send(reader.socket, { type: 'alert', alert, is_new: isNew })
  }
  reader.alerts = []
}

function send(socket: WebSocket, message: LiveMessage): void {
  socket.send(JSON.stringify(message))
}
