import { createContext, type ReactNode, use, useEffect, useState } from 'react'
import { formatAgo, formatClock, formatDateTime, formatShortTime, formatUtc } from '../format.ts'

const NowContext = createContext(Date.now())

/** Lets every "3 min ago" below it move on together, every ten seconds. */
export function NowProvider({ children }: { readonly children: ReactNode }) {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 10_000)
    return () => window.clearInterval(timer)
  }, [])
  return <NowContext value={now}>{children}</NowContext>
}

/** A moment in the reader's zone: as an age, a wall clock, a short or a full date. The tooltip has it in UTC. */
export function Moment(props: {
  readonly time: number
  readonly as: 'ago' | 'clock' | 'short' | 'full'
}) {
  const now = use(NowContext)
  const date = new Date(props.time)
  if (Number.isNaN(date.getTime())) return <span>{props.time}</span>
  return (
    <time className="num" dateTime={date.toISOString()} title={formatUtc(props.time)}>
      {props.as === 'ago' && formatAgo(props.time, now)}
      {props.as === 'clock' && formatClock(props.time)}
      {props.as === 'short' && formatShortTime(props.time)}
      {props.as === 'full' && formatDateTime(props.time)}
    </time>
  )
}
