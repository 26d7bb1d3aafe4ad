import { TextInput } from '@mantine/core'
import { text } from '../../text.ts'
import type { ExploreSearch } from './explore-search.ts'

interface TimeFieldsProps {
  readonly search: ExploreSearch
  readonly choose: (change: ExploreSearch) => void
}

/** A fixed time, in the reader's zone. */
export function TimeFields({ search, choose }: TimeFieldsProps) {
  return (
    <details className="explore-fixed">
      <summary>{text.explore.fixed}</summary>
      {(['from', 'to'] as const).map((name) => (
        <TextInput
          key={`${name} ${search[name] ?? ''}`}
          type="datetime-local"
          size="xs"
          label={text.explore[name]}
          defaultValue={localMinute(search[name])}
          onBlur={(event) => {
            const time = new Date(event.currentTarget.value).getTime()
            if (!Number.isNaN(time) && event.currentTarget.value !== localMinute(search[name]))
              choose({ [name]: time })
          }}
        />
      ))}
    </details>
  )
}

function localMinute(time: number | undefined): string {
  if (time === undefined || Number.isNaN(new Date(time).getTime())) return ''
  const local = time - new Date(time).getTimezoneOffset() * 60_000
  return new Date(local).toISOString().slice(0, 16)
}
