import { type Alert, FEEDBACK_VERDICTS, type FeedbackVerdict } from '@gatewatch/schema'
import { Button, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { alertQuery, sendFeedback } from '../../api/alerts.ts'
import { Card } from '../../components/card.tsx'
import { CheckIcon } from '../../components/icons.tsx'
import { failureWords } from '../../components/states.tsx'
import { Moment } from '../../components/times.tsx'
import { text } from '../../text.ts'
import './feedback-card.css'

interface FeedbackCardProps {
  readonly alert: Alert
  /** Viewers may read but not judge. */
  readonly mayJudge: boolean
}

/** Three verdicts with what each one does; a second step confirms; then what happened. */
export function FeedbackCard({ alert, mayJudge }: FeedbackCardProps) {
  return (
    <Card
      title={text.feedback.title}
      note={alert.feedback ? undefined : mayJudge ? text.feedback.lead : text.feedback.viewer}
      className="feedback"
    >
      {alert.feedback ? (
        <Given feedback={alert.feedback} name={alert.entity_name} />
      ) : (
        mayJudge && <Choice alert={alert} />
      )}
    </Card>
  )
}

function Given(props: {
  readonly feedback: NonNullable<Alert['feedback']>
  readonly name: string
}) {
  const { verdict, by, time, comment } = props.feedback
  return (
    <div className="given" role="status">
      <p className="given-verdict">
        <CheckIcon /> {text.feedback.said(text.feedback.choices[verdict].name)}
      </p>
      <p>{text.feedback.storedBody[verdict](props.name)}</p>
      {comment && <blockquote>{comment}</blockquote>}
      <p className="dim">
        {text.feedback.by(by)}, <Moment time={time} as="full" />
      </p>
    </div>
  )
}

function Choice({ alert }: { readonly alert: Alert }) {
  const [verdict, setVerdict] = useState<FeedbackVerdict>()
  const [comment, setComment] = useState('')
  const queries = useQueryClient()
  const feedback = useMutation({
    mutationFn: (chosen: FeedbackVerdict) =>
      sendFeedback(alert.id, {
        verdict: chosen,
        ...(comment.trim() && { comment: comment.trim() }),
      }),
    onSuccess(stored) {
      queries.setQueryData(alertQuery(alert.id).queryKey, stored)
      return Promise.all(
        ['alerts', 'overview', 'entity', 'entity-risk'].map((key) =>
          queries.invalidateQueries({ queryKey: [key] }),
        ),
      )
    },
  })
  if (!verdict) return <Choices choose={setVerdict} />
  const choice = text.feedback.choices[verdict]
  return (
    <div className="confirm">
      <p className="confirm-name">{choice.name}</p>
      <p>{choice.consequence(alert.entity_name)}</p>
      <Textarea
        label={text.feedback.comment}
        placeholder={text.feedback.commentPlaceholder}
        maxLength={2000}
        rows={3}
        value={comment}
        onChange={(event) => setComment(event.currentTarget.value)}
      />
      {feedback.error && (
        <p className="confirm-error" role="alert">
          {text.feedback.failed} {failureWords(feedback.error).body}
        </p>
      )}
      <div className="confirm-buttons">
        <Button loading={feedback.isPending} onClick={() => feedback.mutate(verdict)}>
          {text.feedback.confirm(choice.name)}
        </Button>
        <Button variant="default" onClick={() => setVerdict(undefined)}>
          {text.feedback.cancel}
        </Button>
      </div>
    </div>
  )
}

function Choices({ choose }: { readonly choose: (verdict: FeedbackVerdict) => void }) {
  return (
    <ul className="choices">
      {FEEDBACK_VERDICTS.map((verdict) => (
        <li key={verdict}>
          <button
            type="button"
            className={`choice choice-${verdict}`}
            onClick={() => choose(verdict)}
          >
            <span className="choice-name">{text.feedback.choices[verdict].name}</span>
            <span className="choice-short">{text.feedback.choices[verdict].short}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}
