import type { SuppressionMatch, TuningState } from '@gatewatch/schema'
import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import { Card } from '../../components/card.tsx'
import { Empty } from '../../components/states.tsx'
import { Moment } from '../../components/times.tsx'
import { text } from '../../text.ts'
import type { Draft } from './review-card.tsx'
import './tuning.css'

const { tuning } = text

interface SuppressionsCardProps {
  readonly suppressions: TuningState['suppressions']
  readonly mayTune: boolean
  readonly propose: (draft: Draft) => void
}

/** What is hidden, by whom, why, until when, and how often it was met; and a form for another. */
export function SuppressionsCard({ suppressions, mayTune, propose }: SuppressionsCardProps) {
  return (
    <Card title={tuning.suppressions} note={tuning.suppressionsNote}>
      {suppressions.length === 0 && (
        <Empty title={tuning.noSuppressions}>{tuning.noSuppressionsBody}</Empty>
      )}
      <ul className="tuned">
        {suppressions.map((one) => (
          <li key={one.id} className={one.expired ? 'tuned-ended' : undefined}>
            <div>
              <p className="tuned-what">{tuning.match(one.match)}</p>
              <p>{one.reason}</p>
              <p className="dim">
                {tuning.owner(one.owner)} · {one.expired ? tuning.ended : tuning.until}{' '}
                <Moment time={one.expires} as="short" /> ·{' '}
                {one.hits === 0 ? tuning.never : tuning.hits(one.hits)}
                {one.last_hit !== null && (
                  <>
                    , {tuning.last} <Moment time={one.last_hit} as="ago" />
                  </>
                )}
                {one.stale && <strong> · {tuning.stale}</strong>}
              </p>
            </div>
            {mayTune && !one.expired && (
              <Button
                variant="default"
                size="xs"
                onClick={() => propose({ kind: 'lift', suppression: one.id })}
              >
                {tuning.lift}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {mayTune && <AddForm propose={propose} />}
    </Card>
  )
}

const EMPTY = { identity: '', network: '', rule: '', countries: '', days: '30' }

function AddForm({ propose }: Pick<SuppressionsCardProps, 'propose'>) {
  const [form, setForm] = useState(EMPTY)
  const [tried, setTried] = useState(false)
  const match = matchOf(form)
  const isEmpty = Object.keys(match).length === 0
  const field = (name: keyof typeof EMPTY, label: string, hint?: string) => (
    <TextInput
      label={label}
      placeholder={hint}
      spellCheck={false}
      autoCapitalize="none"
      autoComplete="off"
      value={form[name]}
      onChange={(event) => setForm({ ...form, [name]: event.currentTarget.value })}
    />
  )
  return (
    <form
      className="tuning-form tuning-add"
      onSubmit={(event) => {
        event.preventDefault()
        setTried(true)
        if (!isEmpty) propose({ kind: 'suppress', match, days: Number(form.days) })
      }}
    >
      <h3>{tuning.add}</h3>
      <div className="tuning-fields">
        {field('identity', tuning.identity, tuning.identityHint)}
        {field('rule', tuning.rule, tuning.ruleHint)}
        {field('network', tuning.network, tuning.networkHint)}
        {field('countries', tuning.countries, tuning.countriesHint)}
        {field('days', tuning.days)}
      </div>
      {tried && isEmpty && (
        <p className="tuning-error" role="alert">
          {tuning.needsOne}
        </p>
      )}
      <div className="tuning-buttons">
        <Button type="submit" variant="default">
          {tuning.review}
        </Button>
      </div>
    </form>
  )
}

function matchOf({ identity, network, rule, countries }: typeof EMPTY): SuppressionMatch {
  const [one, another] = countries
    .toUpperCase()
    .split(/[\s,]+/)
    .filter(Boolean)
  return {
    ...(identity.trim() && { identity: identity.trim() }),
    ...(network.trim() && { network: network.trim() }),
    ...(rule.trim() && { rule: rule.trim() }),
    ...(one && { countries: [one, another ?? ''] as [string, string] }),
  }
}
