import type { PolicyGroup, TenantPolicy } from '@gatewatch/schema'
import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import { Card } from '../../components/card.tsx'
import { text } from '../../text.ts'
import type { Draft } from './review-card.tsx'
import './tuning.css'

const { tuning } = text

interface PolicyCardProps {
  readonly policy: TenantPolicy
  /** Viewers may read but not try. */
  readonly mayTry: boolean
  readonly propose: (draft: Draft) => void
}

/** Which risk leads to what, the budget, and groups with limits of their own. */
export function PolicyCard({ policy, mayTry, propose }: PolicyCardProps) {
  const [limits, setLimits] = useState({
    challenge_at: String(policy.challenge_at),
    deny_at: String(policy.deny_at),
    alert_at: String(policy.alert_at),
    alerts_per_day: policy.alerts_per_day === undefined ? '' : String(policy.alerts_per_day),
  })
  const field = (name: keyof typeof limits, label: string, hint?: string) => (
    <TextInput
      label={label}
      placeholder={hint}
      inputMode="numeric"
      disabled={!mayTry}
      value={limits[name]}
      onChange={(event) => setLimits({ ...limits, [name]: event.currentTarget.value })}
    />
  )
  return (
    <Card title={tuning.policy} note={mayTry ? tuning.policyNote : tuning.viewer}>
      <form
        className="tuning-form"
        onSubmit={(event) => {
          event.preventDefault()
          const { alerts_per_day, ...risks } = limits
          const policyNow = {
            challenge_at: Number(risks.challenge_at),
            deny_at: Number(risks.deny_at),
            alert_at: Number(risks.alert_at),
            ...(alerts_per_day.trim() && { alerts_per_day: Number(alerts_per_day) }),
            groups: policy.groups,
          }
          propose({ kind: 'policy', policy: policyNow })
        }}
      >
        <div className="tuning-fields">
          {field('challenge_at', tuning.challengeAt)}
          {field('deny_at', tuning.denyAt)}
          {field('alert_at', tuning.alertAt)}
          {field('alerts_per_day', tuning.perDay, tuning.perDayHint)}
        </div>
        {mayTry && (
          <div className="tuning-buttons">
            <Button type="submit" variant="default">
              {tuning.review}
            </Button>
          </div>
        )}
      </form>
      <div className="tuning-groups">
        <h3>{tuning.groups}</h3>
        <ul>
          {policy.groups.map((group) => (
            <li key={group.name}>
              <strong>{group.name}</strong> <span className="dim num">{limitsOf(group)}</span>
            </li>
          ))}
        </ul>
        <p className="dim">{tuning.groupsHow}</p>
      </div>
    </Card>
  )
}

function limitsOf(group: PolicyGroup): string {
  const names = ['challenge_at', 'deny_at', 'alert_at', 'alerts_per_day'] as const
  return names
    .flatMap((name) => {
      const limit = group[name]
      return limit === undefined ? [] : tuning.groupLimit(tuning.limitNames[name], limit)
    })
    .join(', ')
}
