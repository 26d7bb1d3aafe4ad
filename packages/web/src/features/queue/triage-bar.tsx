import { FEEDBACK_VERDICTS, type FeedbackVerdict } from '@gatewatch/schema'
import { Button } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { failureWords } from '../../components/states.tsx'
import { text } from '../../text.ts'
import type { Queue } from './use-queue.ts'
import './queue.css'

interface TriageBarProps {
  readonly queue: Queue
  /** Says this of these; rejects where it could not be stored. */
  readonly judge: (ids: readonly string[], verdict: FeedbackVerdict) => Promise<unknown>
  /** Gives these to the one who is signed in. */
  readonly assign: (ids: readonly string[]) => Promise<unknown>
}

const CHANGED = ['alerts', 'alert', 'incidents', 'overview', 'entity', 'entity-risk']

/** One verdict for what is chosen or selected, in two steps: c, s or d asks, Enter confirms. a takes it up. */
export function TriageBar({ queue, judge, assign }: TriageBarProps) {
  const [asked, setAsked] = useState<FeedbackVerdict>()
  const confirm = useRef<HTMLButtonElement>(null)
  const queries = useQueryClient()
  useEffect(() => {
    if (asked !== undefined) confirm.current?.focus()
  }, [asked])
  const change = useMutation({
    mutationFn: (work: () => Promise<unknown>) => work(),
    onSettled: () =>
      Promise.all(CHANGED.map((key) => queries.invalidateQueries({ queryKey: [key] }))),
    onSuccess() {
      setAsked(undefined)
      queue.clear()
    },
  })
  const { targets } = queue
  const ask = (verdict: FeedbackVerdict) => targets.length > 0 && setAsked(verdict)
  const take = () => targets.length > 0 && change.mutate(() => assign(targets))
  useHotkeys([
    ['c', () => ask('compromised')],
    ['s', () => ask('safe')],
    ['d', () => ask('dismissed')],
    ['a', take],
    ['Escape', () => (asked === undefined ? queue.clear() : setAsked(undefined))],
  ])
  return (
    <section className="triage" aria-label={text.queue.triage}>
      <span className="triage-count num" role="status">
        {text.queue.chosen(targets.length)}
      </span>
      {asked === undefined ? (
        <>
          {FEEDBACK_VERDICTS.map((verdict) => (
            <Button
              key={verdict}
              size="xs"
              variant="default"
              disabled={targets.length === 0 || change.isPending}
              onClick={() => ask(verdict)}
            >
              {text.feedback.choices[verdict].name}
            </Button>
          ))}
          <Button
            size="xs"
            variant="default"
            disabled={targets.length === 0 || change.isPending}
            onClick={take}
          >
            {text.queue.assign}
          </Button>
        </>
      ) : (
        <>
          <span className="triage-short">{text.feedback.choices[asked].short}</span>
          <Button
            size="xs"
            ref={confirm}
            loading={change.isPending}
            onClick={() => change.mutate(() => judge(targets, asked))}
          >
            {text.feedback.confirm(text.feedback.choices[asked].name)}
          </Button>
          <Button size="xs" variant="default" onClick={() => setAsked(undefined)}>
            {text.feedback.cancel}
          </Button>
        </>
      )}
      {change.error && (
        <span className="confirm-error" role="alert">
          {text.feedback.failed} {failureWords(change.error).body}
        </span>
      )}
    </section>
  )
}
