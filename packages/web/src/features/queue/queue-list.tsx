import { useHotkeys } from '@mantine/hooks'
import { type ReactNode, useRef } from 'react'
import { CheckIcon } from '../../components/icons.tsx'
import { text } from '../../text.ts'
import type { Queue } from './use-queue.ts'
import './queue.css'

interface QueueListProps<Row> {
  readonly rows: readonly Row[]
  readonly queue: Queue
  /** Names of the columns. */
  readonly head: readonly string[]
  readonly open: (id: string) => void
  /** A row's name, for those who cannot see it. */
  readonly name: (row: Row) => string
  /** A link that fills the row; `focused` is to be called when it has the focus. */
  readonly row: (row: Row, focused: () => void) => ReactNode
}

/** Rows to go through by keyboard: j and k move, Enter opens, x takes a row into the selection. */
export function QueueList<Row extends { readonly id: string }>(props: QueueListProps<Row>) {
  const { rows, queue, head, open, name, row } = props
  const list = useRef<HTMLUListElement>(null)

  function move(step: 1 | -1): void {
    const at = rows.findIndex(({ id }) => id === queue.chosen)
    const next = at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step))
    queue.choose(rows[next]?.id)
    list.current?.children[next]?.querySelector('a')?.focus()
  }

  useHotkeys([
    ['j', () => move(1)],
    ['k', () => move(-1)],
    ['o', () => queue.chosen && open(queue.chosen)],
    ['x', () => queue.chosen && queue.toggle(queue.chosen)],
  ])

  return (
    <>
      <div className="alert-head queue-head" aria-hidden="true">
        {head.map((column) => (
          <span key={column}>{column}</span>
        ))}
      </div>
      <ul ref={list} className="alerts">
        {rows.map((one) => (
          <li key={one.id} className="queue-row">
            <button
              type="button"
              className="queue-pick"
              aria-pressed={queue.selected.has(one.id)}
              aria-label={text.queue.select(name(one))}
              onClick={() => queue.toggle(one.id)}
            >
              <CheckIcon />
            </button>
            {row(one, () => queue.choose(one.id))}
          </li>
        ))}
      </ul>
    </>
  )
}
