import { type Alert, FEEDBACK_VERDICTS, type FeedbackVerdict } from '@gatewatch/schema'
import { Button, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { alertQuery, sendFeedback, takeBackFeedback } from '../../api/alerts.ts'
import { Card } from '../../components/card.tsx'
import { CheckIcon } from '../../components/icons.tsx'
import { failureWords } from '../../components/states.tsx'
import { Moment } from '../../components/times.tsx'
import { text } from '../../text.ts'
import { Effect } from './effect.tsx'
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
        <Given
          id={alert.id}
          feedback={alert.feedback}
          name={alert.entity_name}
          mayJudge={mayJudge}
        />
      ) : (
        mayJudge && <Choice alert={alert} />
      )}
    </Card>
  )
}

function Given(props: {
  readonly id: string
  readonly feedback: NonNullable<Alert['feedback']>
  readonly name: string
  readonly mayJudge: boolean
}) {
  const { verdict, by, time, comment } = props.feedback
  const refresh = useRefresh()
  const undo = useMutation({ mutationFn: () => takeBackFeedback(props.id), onSuccess: refresh })
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
      <Effect id={props.id} verdict={verdict} />
      {undo.error && (
        <p className="confirm-error" role="alert">
          {failureWords(undo.error).body}
        </p>
      )}
      {props.mayJudge && (
        <div className="confirm-buttons">
          <Button variant="default" loading={undo.isPending} onClick={() => undo.mutate()}>
            {text.feedback.takeBack}
          </Button>
        </div>
      )}
    </div>
  )
}

/** Shows an alert as it was stored, and has everything that may hang on it read again. */
function useRefresh(): (stored: Alert) => Promise<unknown> {
  const queries = useQueryClient()
  return (stored) => {
    queries.setQueryData(alertQuery(stored.id).queryKey, stored)
    queries.removeQueries({ queryKey: [...alertQuery(stored.id).queryKey, 'effect'] })
    return Promise.all(
      ['alerts', 'overview', 'entity', 'entity-risk'].map((key) =>
        queries.invalidateQueries({ queryKey: [key] }),
      ),
    )
  }
}

function Choice({ alert }: { readonly alert: Alert }) {
  const [verdict, setVerdict] = useState<FeedbackVerdict>()
  const [comment, setComment] = useState('')
  const refresh = useRefresh()
  const feedback = useMutation({
    mutationFn: (chosen: FeedbackVerdict) =>
      sendFeedback(alert.id, {
        verdict: chosen,
        ...(comment.trim() && { comment: comment.trim() }),
      }),
    onSuccess: refresh,
  })
  if (!verdict) return <Choices choose={setVerdict} />
  const choice = text.feedback.choices[verdict]
  return (
    <div className="confirm">
      <p className="confirm-name">{choice.name}</p>
      <p>{choice.consequence(alert.entity_name)}</p>
      <Effect id={alert.id} verdict={verdict} />
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
