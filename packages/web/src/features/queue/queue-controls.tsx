import { QueueSort } from '@gatewatch/schema'
import { SegmentedControl, TextInput } from '@mantine/core'
import { useDebouncedCallback, useHotkeys } from '@mantine/hooks'
import { useEffect, useRef } from 'react'
import { text } from '../../text.ts'
import type { QueueSearch } from './queue-search.ts'
import './queue.css'

const AFTER_TYPING = 250

interface QueueControlsProps {
  readonly search: QueueSearch
  readonly choose: (change: QueueSearch) => void
}

/** What is searched for, and the order; / goes to the search. */
export function QueueControls({ search, choose }: QueueControlsProps) {
  const input = useRef<HTMLInputElement>(null)
  useHotkeys([['/', () => input.current?.focus()]])
  useEffect(() => {
    // A saved view changes the address, typing does too.
    if (input.current && document.activeElement !== input.current)
      input.current.value = search.search ?? ''
  }, [search.search])
  const find = useDebouncedCallback(
    (typed: string) => choose({ search: typed.trim() || undefined }),
    AFTER_TYPING,
  )
  return (
    <>
      <TextInput
        ref={input}
        type="search"
        size="xs"
        aria-label={text.queue.search}
        placeholder={text.queue.search}
        maxLength={200}
        defaultValue={search.search ?? ''}
        onChange={(event) => find(event.currentTarget.value)}
      />
      <SegmentedControl
        size="xs"
        aria-label={text.queue.sort}
        value={search.sort ?? 'newest'}
        onChange={(value) => choose({ sort: QueueSort.parse(value) })}
        data={QueueSort.options.map((value) => ({ value, label: text.queue.sorts[value] }))}
      />
    </>
  )
}
