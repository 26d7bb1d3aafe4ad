import { Button, TextInput } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { z } from 'zod'
import { CrossIcon } from '../../components/icons.tsx'
import { text } from '../../text.ts'
import './saved-views.css'

const Views = z.array(
  z.object({ name: z.string().min(1).max(60), search: z.record(z.string(), z.unknown()) }),
)
type Views = z.infer<typeof Views>

interface SavedViewsProps<Search> {
  /** What the list of this page is kept under. */
  readonly name: 'explore' | 'alerts' | 'incidents'
  readonly search: Search
  readonly parse: (search: Record<string, unknown>) => Search
}

/** Addresses of this page that were given a name, kept in this browser. */
export function SavedViews<Search extends object>({
  name: page,
  search,
  parse,
}: SavedViewsProps<Search>) {
  const [views, setViews] = useLocalStorage<Views>({
    key: `gatewatch-views-${page}`,
    defaultValue: [],
    deserialize: readViews,
  })
  const [name, setName] = useState('')
  const wanted = name.trim()
  const save = () => {
    setViews([
      ...views.filter((view) => view.name !== wanted),
      { name: wanted, search: Object.fromEntries(Object.entries(search)) },
    ])
    setName('')
  }
  return (
    <details className="views">
      <summary>
        {text.views.title} {views.length > 0 && <span className="dim num">{views.length}</span>}
      </summary>
      <ul>
        {views.map((view) => (
          <li key={view.name} className="view">
            <Link to={`/${page}`} search={parse(view.search)}>
              {view.name}
            </Link>
            <button
              type="button"
              className="icon-button"
              aria-label={text.views.forget(view.name)}
              onClick={() => setViews(views.filter((one) => one !== view))}
            >
              <CrossIcon />
            </button>
          </li>
        ))}
      </ul>
      <form
        className="views-save"
        onSubmit={(event) => {
          event.preventDefault()
          if (wanted !== '') save()
        }}
      >
        <TextInput
          size="xs"
          aria-label={text.views.name}
          placeholder={text.views.name}
          maxLength={60}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" size="xs" variant="default" disabled={wanted === ''}>
          {text.views.save}
        </Button>
      </form>
      <p className="dim">{text.views.note}</p>
    </details>
  )
}

function readViews(stored: string | undefined): Views {
  try {
    return Views.parse(JSON.parse(stored ?? '[]'))
  } catch {
    return []
  }
}
