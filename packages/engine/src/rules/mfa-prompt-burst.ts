import type { EnrichedEvent } from '@gatewatch/schema'
import { found, type Rule } from './rule.ts'

/** One and a half nats: the password is known to whoever causes the prompts, but nobody has got in yet. */
export const mfaPromptBurst: Rule = {
  code: 'mfa_prompt_burst',
  title: 'Burst of refused prompts',
  kinds: ['authentication'],
  techniques: ['T1621'],
  severity: 'medium',
  points: 1.5,
  why: 'Each prompt follows a right password. Many refused ones mean that a stranger knows it and keeps trying.',
  falsePositives: 'A program that retries with a stored password while nobody looks at the phone.',
  runbook:
    'Reset the password. Look where the attempts come from and which other accounts that place tried. Tell the person not to accept.',
  sentence: (facts) => `${facts.denied} prompts refused or run out within the hour`,
  when({ input, signals }) {
    if (!(signals.mfaDenied60m >= 4) || !refusesPrompt(input)) return null
    return found(mfaPromptBurst, { denied: Math.round(signals.mfaDenied60m) })
  },
  examples: {
    hit: [
      {
        name: 'a fifth prompt is refused',
        event: { status_id: 2, failure_class: 'mfa_denied', auth: { stage: 'mfa' } },
        signals: { mfaDenied60m: 4 },
        needs: ['mfaDenied60m'],
      },
    ],
    miss: [
      {
        name: 'one prompt ran out',
        event: { status_id: 2, failure_class: 'mfa_timeout', auth: { stage: 'mfa' } },
        signals: { mfaDenied60m: 1 },
      },
      {
        name: 'a wrong password',
        event: { status_id: 2, failure_class: 'bad_credentials' },
        signals: { mfaDenied60m: 4 },
      },
    ],
  },
}

function refusesPrompt({ event }: EnrichedEvent): boolean {
  const why = event.failure_class
  return (
    event.status_id === 2 && (why === 'mfa_denied' || why === 'mfa_timeout' || why === 'mfa_failed')
  )
}
