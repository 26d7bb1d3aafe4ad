import { useEffect, useState } from 'react'
import { BrokenIcon } from '../../components/icons.tsx'
import { text } from '../../text.ts'
import type { Connection } from './connection.ts'
import { useConnection } from './live-context.tsx'
import './connection-pill.css'

/** Says honestly whether what the page shows is up to date. */
export function ConnectionPill() {
  const { connection, retry } = useConnection()
  const broken = connection.kind === 'waiting' || connection.kind === 'offline'
  return (
    <div
      className={`pill pill-${connection.kind}`}
      role="status"
      title={text.live.explain[connection.kind]}
    >
      {broken ? <BrokenIcon /> : <span className="pill-dot" aria-hidden="true" />}
      <ConnectionWords connection={connection} />
      {connection.kind === 'waiting' && (
        <button type="button" onClick={retry}>
          {text.live.retryNow}
        </button>
      )}
    </div>
  )
}

function ConnectionWords({ connection }: { readonly connection: Connection }) {
  if (connection.kind === 'waiting') return <Countdown until={connection.retryAt} />
  return <span>{text.live[connection.kind]}</span>
}

function Countdown({ until }: { readonly until: number }) {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 500)
    return () => window.clearInterval(timer)
  }, [])
  return (
    <span className="num">{text.live.waiting(Math.max(0, Math.ceil((until - now) / 1000)))}</span>
  )
}
