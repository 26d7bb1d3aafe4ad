import type { EventInput } from '@gatewatch/schema'
import { Button, SegmentedControl, Textarea, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { Card } from '../../components/card.tsx'
import { text } from '../../text.ts'
import { variations } from './prefill.ts'
import { eventFromJson, eventOf, type TryForm, tryFormErrors } from './try-event.ts'
import './try-form.css'

interface TryFormCardProps {
  readonly initial: TryForm
  readonly busy: boolean
  readonly judge: (event: EventInput) => void
}

/** A sign-in to be judged, as fields or as JSON. JSON starts from the fields and, once edited, is sent as it is. */
export function TryFormCard({ initial, busy, judge }: TryFormCardProps) {
  const [form, setForm] = useState(initial)
  const [view, setView] = useState<'form' | 'json'>('form')
  const [json, setJson] = useState<string>()
  const [tried, setTried] = useState(false)
  const errors = tryFormErrors(form)
  const typed = json ?? JSON.stringify(eventOf(form), null, 2)
  const fromJson = view === 'json' ? eventFromJson(typed) : undefined

  function submit(submitted: FormEvent): void {
    submitted.preventDefault()
    setTried(true)
    if (fromJson) {
      if ('event' in fromJson) judge(fromJson.event)
    } else if (Object.keys(errors).length === 0) judge(eventOf(form))
  }

  return (
    <Card
      title={text.facts.title}
      className="try-form"
      aside={
        <SegmentedControl
          size="xs"
          value={view}
          onChange={(next) => setView(next === 'json' ? 'json' : 'form')}
          data={[
            { value: 'form', label: text.try.form },
            { value: 'json', label: text.try.json },
          ]}
        />
      }
    >
      <form onSubmit={submit} noValidate>
        {view === 'form' ? (
          <>
            <Fields form={form} setForm={setForm} errors={tried ? errors : {}} />
            <Variations form={form} setForm={setForm} />
          </>
        ) : (
          <Textarea
            description={text.try.jsonHint}
            aria-label={text.try.json}
            classNames={{ input: 'try-json' }}
            rows={18}
            spellCheck={false}
            value={typed}
            onChange={(event) => setJson(event.currentTarget.value)}
            error={fromJson && 'error' in fromJson && fromJson.error}
          />
        )}
        <div className="try-buttons">
          <Button type="submit" loading={busy}>
            {text.try.submit}
          </Button>
          {view === 'json' && json !== undefined && (
            <Button variant="default" onClick={() => setJson(undefined)}>
              {text.try.jsonReset}
            </Button>
          )}
        </div>
      </form>
    </Card>
  )
}

function Variations({ form, setForm }: Pick<FieldsProps, 'form' | 'setForm'>) {
  const kinds = ['place', 'night', 'device'] as const
  return (
    <p className="try-vary">
      <span className="dim">{text.try.vary}</span>
      {kinds.map((kind) => (
        <Button
          key={kind}
          variant="default"
          size="compact-xs"
          onClick={() => setForm(variations[kind](form))}
        >
          {text.try.variations[kind]}
        </Button>
      ))}
    </p>
  )
}

interface FieldsProps {
  readonly form: TryForm
  readonly setForm: (form: TryForm) => void
  readonly errors: Partial<Record<keyof TryForm, string>>
}

function Fields({ form, setForm, errors }: FieldsProps) {
  const field = (name: Exclude<keyof TryForm, 'outcome'>, label: string, hint?: string) => (
    <TextInput
      label={label}
      description={hint}
      value={form[name]}
      error={errors[name]}
      spellCheck={false}
      autoCapitalize="none"
      autoComplete="off"
      type={name === 'time' ? 'datetime-local' : 'text'}
      onChange={(event) => setForm({ ...form, [name]: event.currentTarget.value })}
    />
  )
  return (
    <div className="try-fields">
      <div className="try-wide">{field('who', text.try.who, text.try.whoHint)}</div>
      {field('ip', text.try.ip, text.try.ipHint)}
      {field('device', text.try.device, text.try.deviceHint)}
      {field('country', text.try.country, text.try.countryHint)}
      {field('city', text.try.city, text.try.cityHint)}
      {field('lat', text.try.lat)}
      {field('long', text.try.long)}
      <div className="try-wide">{field('userAgent', text.try.userAgent)}</div>
      <div className="try-time">{field('time', text.try.time, text.try.timeHint)}</div>
      <div className="try-outcome">
        <span>{text.try.outcome}</span>
        <SegmentedControl
          aria-label={text.try.outcome}
          value={form.outcome}
          onChange={(value) =>
            setForm({ ...form, outcome: value === 'failure' ? 'failure' : 'success' })
          }
          data={[
            { value: 'success', label: text.try.success },
            { value: 'failure', label: text.try.failure },
          ]}
        />
      </div>
    </div>
  )
}
