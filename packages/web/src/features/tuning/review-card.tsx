import type { Preview, TuningChange } from '@gatewatch/schema'
import { Button, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { previewQuery, tune } from '../../api/tuning.ts'
import { Card } from '../../components/card.tsx'
import { SeverityMark } from '../../components/marks.tsx'
import { Failure, failureWords, Loading } from '../../components/states.tsx'
import { formatCount } from '../../format.ts'
import { text } from '../../text.ts'
import './tuning.css'

const { tuning } = text

/** A change that waits for its reason. */
export type Draft = TuningChange extends infer Change
  ? Change extends TuningChange
    ? Omit<Change, 'why'>
    : never
  : never

interface ReviewCardProps {
  readonly draft: Draft
  /** May this reader make it? */
  readonly mayApply: boolean
  readonly close: () => void
}

/** What a change would have done, before anybody makes it; the reason is asked for here. */
export function ReviewCard({ draft, mayApply, close }: ReviewCardProps) {
  const [why, setWhy] = useState('')
  const change = withWhy(draft, why.trim())
  // the reason changes nothing of what would have happened
  const preview = useQuery(previewQuery(withWhy(draft, tuning.reviewTitle)))
  const apply = useTune(close)
  return (
    <Card title={tuning.reviewTitle} note={tuning.changeOf(withWhy(draft, ''))} className="review">
      {preview.data && <Outcome preview={preview.data} />}
      {preview.error && <Failure error={preview.error} retry={() => preview.refetch()} />}
      {preview.isPending && (
        <>
          <p className="dim">{tuning.trying}</p>
          <Loading lines={4} />
        </>
      )}
      <form
        className="tuning-form"
        onSubmit={(event) => {
          event.preventDefault()
          apply.mutate(change)
        }}
      >
        {mayApply && (
          <TextInput
            label={tuning.why}
            placeholder={tuning.whyHint}
            required
            maxLength={1000}
            value={why}
            onChange={(event) => setWhy(event.currentTarget.value)}
          />
        )}
        {!mayApply && <p className="dim">{tuning.admin}</p>}
        {apply.error && <ChangeFailed error={apply.error} />}
        <div className="tuning-buttons">
          {mayApply && (
            <Button type="submit" loading={apply.isPending} disabled={why.trim() === ''}>
              {tuning.apply}
            </Button>
          )}
          <Button variant="default" onClick={close}>
            {tuning.cancel}
          </Button>
        </div>
      </form>
    </Card>
  )
}

/** Makes changes, and reads everything again that hangs on them. */
export function useTune(done: () => void = () => {}) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: tune,
    onSuccess() {
      done()
      return Promise.all(
        ['tuning', 'alerts', 'alert', 'incidents', 'overview'].map((key) =>
          queries.invalidateQueries({ queryKey: [key] }),
        ),
      )
    },
  })
}

/** Why a change was not made. */
export function ChangeFailed({ error }: { readonly error: unknown }) {
  return (
    <p className="tuning-error" role="alert">
      {tuning.failed} {failureWords(error).body}
    </p>
  )
}

/** The draft with its reason. */
function withWhy(draft: Draft, why: string): TuningChange {
  return { ...draft, why }
}

function Outcome({ preview }: { readonly preview: Preview }) {
  const { added, removed, known_lost, decisions, hidden, kept_back } = preview
  const isSame = added.count + removed.count + decisions.length === 0
  return (
    <div className="outcome">
      <dl className="outcome-facts">
        <dt>{tuning.told}</dt>
        <dd>{tuning.toldWhat(preview.alerts_before, preview.alerts_after)}</dd>
        <dt>{tuning.added}</dt>
        <dd>{formatCount(added.count)}</dd>
        <dt>{tuning.removed}</dt>
        <dd>
          {formatCount(removed.count)}
          {removed.count > 0 && (
            <span className="dim"> ({tuning.removedHow(hidden, kept_back)})</span>
          )}
        </dd>
        <dt className={known_lost.count > 0 ? 'outcome-lost' : undefined}>{tuning.lost}</dt>
        <dd className={known_lost.count > 0 ? 'outcome-lost' : undefined}>
          {formatCount(known_lost.count)}
        </dd>
      </dl>
      {isSame && <p>{tuning.same}</p>}
      <ul className="outcome-decisions">
        {decisions.map(({ from, to, events }) => (
          <li key={`${from} ${to}`}>{tuning.decided(events, from, to)}</li>
        ))}
      </ul>
      <Named title={tuning.lost} alerts={known_lost.alerts} />
      <Named title={tuning.added} alerts={added.alerts} />
      <Named title={tuning.removed} alerts={removed.alerts} />
      <p className="dim outcome-exact">
        <strong>{tuning.how[preview.how]}</strong>, {tuning.tried(text.events(preview.events))}.{' '}
        {!preview.complete && `${tuning.incomplete} `}
        {preview.left_out > 0 && `${tuning.leftOut(preview.left_out)} `}
        {preview.exactness}
      </p>
    </div>
  )
}

function Named(props: { readonly title: string; readonly alerts: Preview['added']['alerts'] }) {
  if (props.alerts.length === 0) return null
  return (
    <div>
      <h3>{props.title}</h3>
      <ul className="outcome-alerts">
        {props.alerts.slice(0, 5).map((alert) => (
          <li key={alert.id}>
            <SeverityMark severity={alert.severity} />
            <span>{alert.title}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}
