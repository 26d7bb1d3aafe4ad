import { LiveMessage } from '@gatewatch/schema'

/** How the live connection is. `retryAt` (ms since 1970): when the next attempt comes. */
export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'waiting'; readonly retryAt: number }
  | { readonly kind: 'offline' }

/** Who hears what. `lost` is called once for each connection that ends or fails. */
export interface LiveListeners {
  readonly message: (message: LiveMessage) => void
  readonly changed: (connection: Connection) => void
  readonly lost: () => void
}

/** An open connection that keeps itself open. */
export interface Live {
  /** Tries at once instead of at `retryAt`. */
  retry(): void
  close(): void
}

const FIRST_WAIT = 1000
const LONGEST_WAIT = 30_000

/** How long to wait (ms) before attempt number `attempt` (from 1): doubling to 30 s, spread by `dice` (0-1) over the upper half. */
export function backoff(attempt: number, dice: number): number {
  const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempt - 1))
  return Math.round(longest * (0.5 + dice / 2))
}

/** Opens the live WebSocket and opens it again whenever it is lost, until closed. */
export function openLive(url: string, listeners: LiveListeners): Live {
  let socket: WebSocket | undefined
  let timer: number | undefined
  let attempts = 0
  let closed = false

  function connect(): void {
    window.clearTimeout(timer)
    if (closed || socket) return
    if (!navigator.onLine) {
      listeners.changed({ kind: 'offline' })
      return
    }
    listeners.changed({ kind: 'connecting' })
    const opened = new WebSocket(url)
    socket = opened
    opened.onmessage = (event) => {
      const message = parseMessage(event.data)
      if (message?.type === 'hello') {
        attempts = 0
        listeners.changed({ kind: 'live' })
      } else if (message) listeners.message(message)
    }
    opened.onclose = () => lose(opened)
  }

  function lose(which: WebSocket): void {
    if (socket !== which) return
    socket = undefined
    if (closed) return
    listeners.lost()
    attempts += 1
    if (!navigator.onLine) {
      listeners.changed({ kind: 'offline' })
      return
    }
    const wait = backoff(attempts, Math.random())
    listeners.changed({ kind: 'waiting', retryAt: Date.now() + wait })
    timer = window.setTimeout(connect, wait)
  }

  function offline(): void {
    const was = socket
    was?.close()
    if (was) lose(was)
    window.clearTimeout(timer)
    listeners.changed({ kind: 'offline' })
  }

  window.addEventListener('online', connect)
  window.addEventListener('offline', offline)
  connect()
  return {
    retry: connect,
    close() {
      closed = true
      window.clearTimeout(timer)
      window.removeEventListener('online', connect)
      window.removeEventListener('offline', offline)
      socket?.close()
    },
  }
}

function parseMessage(data: unknown): LiveMessage | undefined {
  if (typeof data !== 'string') return undefined
  try {
    return LiveMessage.safeParse(JSON.parse(data)).data
  } catch {
    return undefined
  }
}
