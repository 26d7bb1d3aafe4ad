import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import { z } from 'zod'
import type { Bulletin, News } from '../../ports/news.ts'

/** Channel of NOTIFY; a database has its own. */
const CHANNEL = 'gatewatch_news'
/** Bytes of a notification: PostgreSQL takes up to 8,000. */
const MOST_BYTES = 7_500
/** How long (ms) a connection that broke is waited out. */
const PAUSE_MS = 500

const Told = z.object({
  from: z.string(),
  tenant: z.int(),
  uids: z.array(z.string()),
  more: z.int(),
  alerts: z.array(z.object({ id: z.string(), isNew: z.boolean() })),
})

/**
 * LISTEN and NOTIFY, in transactions of their own and never in a batch's: notifying ones commit one after the other. Names of events and alerts
 * alone are told; whoever wants to see them reads them as the tenant.
 */
export function postgresNews(pool: pg.Pool, onError: (error: unknown) => void): News {
  const from = randomUUID()
  return {
    async tell(bulletin) {
      for (const text of partsOf(from, bulletin)) {
        await pool.query('select pg_notify($1, $2)', [CHANNEL, text])
      }
    },
    hear(listener) {
      const stopping = new AbortController()
      const { signal } = stopping
      const listening = (async () => {
        while (!signal.aborted) {
          try {
            await listenOnce(pool, signal, (text) => {
              // Whoever may connect to the database may notify, and so may another version: what throws here ends the process.
              try {
                const { from: teller, ...bulletin } = Told.parse(JSON.parse(text))
                if (teller !== from) listener(bulletin)
              } catch (error) {
                onError(error)
              }
            })
          } catch (error) {
            if (!signal.aborted) onError(error)
          }
          if (!signal.aborted) await delay(PAUSE_MS, undefined, { signal }).catch(() => {})
        }
      })()
      return async () => {
        stopping.abort()
        await listening
      }
    },
  }
}

/** Listens until the connection breaks or `signal` says so. */
async function listenOnce(
  pool: pg.Pool,
  signal: AbortSignal,
  onText: (text: string) => void,
): Promise<void> {
  const client = await pool.connect()
  const ended = new Promise<void>((resolve) => {
    // it may have ended while the connection was made
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
    client.once('end', resolve)
    client.once('error', () => resolve())
  })
  client.on('notification', ({ payload }) => onText(payload ?? ''))
  try {
    await client.query(`listen ${CHANNEL}`)
    await ended
  } finally {
    client.removeAllListeners('notification')
    // Never back into the pool: it would go on listening there.
    client.release(true)
  }
}

/** As many texts as the alerts need; of the events, what has room beside them. */
function* partsOf(from: string, { tenant, uids, more, alerts }: Bulletin): Generator<string> {
  const waiting = [...alerts]
  let rest: readonly string[] = uids
  do {
    const part = { from, tenant, uids: [] as string[], more: 0, alerts: [] as typeof waiting }
    let bytes = Buffer.byteLength(JSON.stringify(part))
    const hasRoom = (one: unknown) => {
      bytes += Buffer.byteLength(JSON.stringify(one)) + 1
      return bytes < MOST_BYTES
    }
    for (let [next] = waiting; next !== undefined && hasRoom(next); [next] = waiting) {
      part.alerts.push(next)
      waiting.shift()
    }
    if (waiting.length === 0) {
      let named = 0
      while (named < rest.length && hasRoom(rest[named])) named += 1
      part.uids.push(...rest.slice(0, named))
      part.more = more + rest.length - named
      rest = []
    }
    yield JSON.stringify(part)
  } while (waiting.length > 0)
}
