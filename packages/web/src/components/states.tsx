import { Button, Skeleton } from '@mantine/core'
import type { ReactNode } from 'react'
import { ApiError } from '../api/request.ts'
import { text } from '../text.ts'
import './states.css'

/** Something is on its way; takes about the room that it will need, so that nothing jumps. */
export function Loading({ lines }: { readonly lines: number }) {
  return (
    <div className="loading" role="status" aria-label={text.states.loading}>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are alike and never move
        <Skeleton key={line} height={14} width={`${96 - ((line * 17) % 40)}%`} />
      ))}
    </div>
  )
}

/** Nothing to show, which is no error. */
export function Empty(props: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="state">
      <p className="state-title">{props.title}</p>
      {props.children && <p className="dim">{props.children}</p>}
    </div>
  )
}

/** Something failed: what, and what the reader can do. */
export function Failure(props: { readonly error: unknown; readonly retry?: () => void }) {
  const { title, body } = failureWords(props.error)
  return (
    <div className="state" role="alert">
      <p className="state-title">{title}</p>
      <p className="dim">{body}</p>
      {props.retry && mayPass(props.error) && (
        <Button variant="default" size="xs" onClick={props.retry}>
          {text.states.retry}
        </Button>
      )}
    </div>
  )
}

/** Whether asking again can help. */
function mayPass(error: unknown): boolean {
  return !(error instanceof ApiError) || (error.status !== 403 && error.status !== 404)
}

/** An error in the reader's words. The server's own message names field and remedy, so it is shown as it is. */
export function failureWords(error: unknown): { readonly title: string; readonly body: string } {
  const { states } = text
  if (!(error instanceof ApiError)) return { title: states.crashed, body: states.crashedBody }
  if (error.status === 0) return { title: states.unreachable, body: states.unreachableBody }
  if (error.status === -1) return { title: states.failed, body: states.unexpected }
  if (error.status === 403) return { title: states.forbidden, body: error.message }
  if (error.status === 404) return { title: states.gone, body: error.message }
  return { title: states.failed, body: error.message }
}
