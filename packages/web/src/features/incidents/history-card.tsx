import type { IncidentDetail } from '@gatewatch/schema'
import { Button, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { commentOn } from '../../api/incidents.ts'
import { Card } from '../../components/card.tsx'
import { failureWords } from '../../components/states.tsx'
import { Moment } from '../../components/times.tsx'
import { text } from '../../text.ts'
import './incidents.css'

const { incidents } = text

interface HistoryCardProps {
  readonly incident: IncidentDetail
  /** Viewers may read but not comment. */
  readonly mayComment: boolean
}

/** What happened to an incident and what people said, newest first, and room to say something. */
export function HistoryCard({ incident, mayComment }: HistoryCardProps) {
  const [said, setSaid] = useState('')
  const queries = useQueryClient()
  const comment = useMutation({
    mutationFn: (words: string) => commentOn(incident.id, words),
    onSuccess() {
      setSaid('')
      return queries.invalidateQueries({ queryKey: ['incidents'] })
    },
  })
  return (
    <Card title={incidents.history}>
      {mayComment && (
        <form
          className="comment"
          onSubmit={(event) => {
            event.preventDefault()
            comment.mutate(said.trim())
          }}
        >
          <Textarea
            label={incidents.comment}
            placeholder={incidents.commentHint}
            maxLength={2000}
            rows={2}
            value={said}
            onChange={(event) => setSaid(event.currentTarget.value)}
          />
          {comment.error && (
            <p className="handle-error" role="alert">
              {incidents.failed} {failureWords(comment.error).body}
            </p>
          )}
          <Button
            type="submit"
            variant="default"
            disabled={said.trim() === ''}
            loading={comment.isPending}
          >
            {incidents.say}
          </Button>
        </form>
      )}
      <ol className="history">
        {incident.history.toReversed().map((note) => (
          <li key={`${note.time} ${note.change} ${note.text}`}>
            <p>{note.text}</p>
            <p className="dim">
              {note.by === 'gatewatch' ? incidents.itself : note.by},{' '}
              {incidents.changes[note.change]}, <Moment time={note.time} as="short" />
            </p>
          </li>
        ))}
      </ol>
    </Card>
  )
}
