import { FEEDBACK_VERDICTS, type IncidentChange, type IncidentDetail } from '@gatewatch/schema'
import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { changeIncident } from '../../api/incidents.ts'
import { Card } from '../../components/card.tsx'
import { failureWords } from '../../components/states.tsx'
import { text } from '../../text.ts'
import './incidents.css'

const { incidents } = text

interface HandleCardProps {
  readonly incident: IncidentDetail
  /** Who is signed in. */
  readonly me: string
  /** Viewers may read but not decide. */
  readonly mayJudge: boolean
}

/** Takes an incident up, gives it back, closes it with a verdict, or opens it again. */
export function HandleCard({ incident, me, mayJudge }: HandleCardProps) {
  const queries = useQueryClient()
  const change = useMutation({
    mutationFn: (body: IncidentChange) => changeIncident(incident.id, body),
    onSuccess: () =>
      Promise.all(
        ['incidents', 'alerts', 'alert', 'overview', 'entity', 'entity-risk'].map((key) =>
          queries.invalidateQueries({ queryKey: [key] }),
        ),
      ),
  })
  const { status, assignee } = incident
  const button = (name: string, body: IncidentChange) => (
    <Button variant="default" disabled={change.isPending} onClick={() => change.mutate(body)}>
      {name}
    </Button>
  )
  return (
    <Card title={incidents.handle} note={mayJudge ? undefined : incidents.viewer}>
      {mayJudge && (
        <div className="handle">
          <div className="handle-buttons">
            {status === 'open' && button(incidents.acknowledge, { status: 'acknowledged' })}
            {status !== 'closed' &&
              (assignee !== me || status !== 'in_progress') &&
              button(incidents.progress, { status: 'in_progress', assignee: me })}
            {assignee === me && button(incidents.release, { assignee: null })}
            {status === 'closed' && button(incidents.reopen, { status: 'open' })}
          </div>
          {status !== 'closed' && (
            <div>
              <h3>{incidents.close}</h3>
              <p className="card-note">{incidents.closeNote}</p>
              <div className="handle-buttons">
                {FEEDBACK_VERDICTS.map((verdict) => (
                  <Button
                    key={verdict}
                    variant="default"
                    className={`handle-${verdict}`}
                    disabled={change.isPending}
                    onClick={() => change.mutate({ status: 'closed', verdict })}
                  >
                    {incidents.verdict[verdict]}
                  </Button>
                ))}
              </div>
            </div>
          )}
          {change.error && (
            <p className="handle-error" role="alert">
              {incidents.failed} {failureWords(change.error).body}
            </p>
          )}
        </div>
      )}
    </Card>
  )
}
