import type { AlertSummary, EventSummary } from '@gatewatch/schema'
import {
  createContext,
  type ReactNode,
  use,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { type Connection, type Live, openLive } from './connection.ts'

/** What a listener may hear. Events come in bundles, a few times a second, oldest first. */
interface LiveListener {
  readonly events?: (events: readonly EventSummary[], dropped: number) => void
  readonly alert?: (alert: AlertSummary, isNew: boolean) => void
}

interface LiveValue {
  readonly connection: Connection
  readonly retry: () => void
  readonly listen: (listener: LiveListener) => () => void
}

const LiveContext = createContext<LiveValue | undefined>(undefined)

/** Events arrive faster than a person reads: they are handed on at most this often (ms). */
const BUNDLE_EVERY = 250

interface LiveProviderProps {
  /** Called when a connection was lost, e.g. to find out whether the session ended. */
  readonly onLost: () => void
  readonly children: ReactNode
}

/** Keeps one live connection open for everything below it. `onLost` must not change between renders. */
export function LiveProvider({ onLost, children }: LiveProviderProps) {
  const [connection, setConnection] = useState<Connection>({ kind: 'connecting' })
  const listeners = useRef(new Set<LiveListener>())
  const live = useRef<Live>(undefined)

  useEffect(() => {
    let events: EventSummary[] = []
    let dropped = 0
    let timer: number | undefined
    function handOn(): void {
      timer = undefined
      for (const listener of listeners.current) listener.events?.(events, dropped)
      events = []
      dropped = 0
    }
    const opened = openLive(liveUrl(window.location), {
      changed: setConnection,
      lost: onLost,
      message(message) {
        if (message.type === 'verdicts') {
          events.push(...message.events)
          dropped += message.dropped
          timer ??= window.setTimeout(handOn, BUNDLE_EVERY)
        } else if (message.type === 'alert') {
          for (const listener of listeners.current) listener.alert?.(message.alert, message.is_new)
        }
      },
    })
    live.current = opened
    return () => {
      window.clearTimeout(timer)
      opened.close()
    }
  }, [onLost])

  const listen = useCallback((listener: LiveListener) => {
    listeners.current.add(listener)
    return () => listeners.current.delete(listener)
  }, [])
  const retry = useCallback(() => live.current?.retry(), [])
  const value = useMemo(() => ({ connection, retry, listen }), [connection, retry, listen])
  return <LiveContext value={value}>{children}</LiveContext>
}

/** The WebSocket address of the page's own origin. */
function liveUrl(page: { readonly protocol: string; readonly host: string }): string {
  return `${page.protocol === 'https:' ? 'wss:' : 'ws:'}//${page.host}/v1/live`
}

/** How the live connection is, and a way to try again at once. */
export function useConnection(): Pick<LiveValue, 'connection' | 'retry'> {
  return useLive()
}

/** Hears events and alerts while the component shows. `listener` must not change between renders. */
export function useLiveListener(listener: LiveListener): void {
  const { listen } = useLive()
  useEffect(() => listen(listener), [listen, listener])
}

function useLive(): LiveValue {
  const value = use(LiveContext)
  if (!value) throw new Error('LiveProvider is missing above this component')
  return value
}
