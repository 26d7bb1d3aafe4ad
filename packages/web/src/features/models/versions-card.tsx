import type { ModelList } from '@gatewatch/schema'
import { Link } from '@tanstack/react-router'
import { Card } from '../../components/card.tsx'
import { Empty } from '../../components/states.tsx'
import { Moment } from '../../components/times.tsx'
import { formatCount, formatProbability } from '../../format.ts'
import { text } from '../../text.ts'
import { StateMark } from './state-mark.tsx'
import './models.css'

const { models } = text

/** Every version, newest first: its state, when it was fitted, what it did, and why it is where it is. */
export function VersionsCard({ list }: { readonly list: ModelList }) {
  const isShipped = list.versions.every(({ state }) => state !== 'active')
  return (
    <Card title={models.versions} note={isShipped ? models.nobody : undefined}>
      {list.versions.length === 0 && <Empty title={models.none}>{models.noneBody}</Empty>}
      <ul className="model-rows">
        {list.versions.map((version) => (
          <li key={version.version}>
            <Link
              className="model-row"
              to="/models/$version"
              params={{ version: String(version.version) }}
            >
              <span className="model-name num">{models.version(version.version)}</span>
              <StateMark state={version.state} />
              <span className="dim">
                <Moment time={version.created} as="ago" />
              </span>
              <span className="model-why">
                {version.reason}
                <span className="dim num"> · {judgedBy(version.outcomes)}</span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  )
}

function judgedBy({ judged, challenged }: ModelList['versions'][number]['outcomes']): string {
  if (judged === 0) return models.judgedNone
  return models.judged(formatCount(judged), formatProbability(challenged / judged))
}

/** What happened to versions, newest first. */
export function NotesCard({ notes }: { readonly notes: ModelList['notes'] }) {
  return (
    <Card title={models.notes}>
      {notes.length === 0 && <p className="dim">{models.notesNone}</p>}
      <ol className="model-notes">
        {notes.slice(0, 30).map((note) => (
          <li key={`${note.time} ${note.version} ${note.change}`}>
            <p>
              <strong>{models.version(note.version)}</strong> {models.changes[note.change]}{' '}
              <span className="dim">
                {models.byWhom(note.by)}, <Moment time={note.time} as="short" />
              </span>
            </p>
            <p className="model-reason">{note.reason}</p>
          </li>
        ))}
      </ol>
    </Card>
  )
}
