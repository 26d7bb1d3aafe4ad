import { signsIn } from './egress.ts'
import { found, type Rule } from './rule.ts'

/** Two and a half nats: prompts that were refused again and again and then accepted are rarely an accident. */
export const mfaFatigue: Rule = {
  code: 'mfa_fatigue',
  title: 'Accepted after many refused prompts',
  kinds: ['authentication'],
  techniques: ['T1621', 'T1078'],
  severity: 'high',
  points: 2.5,
  why: 'Somebody who has the password sends prompt after prompt until the person gives in.',
  falsePositives: 'A phone without reception that lets prompts run out before one arrives.',
  runbook:
    'Ask the person whether they started those sign-ins. If not, the password is known to somebody: end the sessions, reset it, and move the person to number matching or a security key.',
  sentence: (facts) =>
    `accepted after ${facts.denied} prompts that were refused or ran out within the hour`,
  when({ input, signals }) {
    if (!(signals.mfaDenied60m >= 3)) return null
    const confirms = input.event.status_id === 1 && input.event.auth?.stage === 'mfa'
    if (!confirms && !signsIn(input)) return null
    return found(mfaFatigue, { denied: Math.round(signals.mfaDenied60m) })
  },
  examples: {
    hit: [
      {
        name: 'the sixth prompt is accepted',
        event: { auth: { stage: 'mfa', is_mfa: true } },
        signals: { mfaDenied60m: 5 },
        needs: ['mfaDenied60m'],
      },
    ],
    miss: [
      {
        name: 'one prompt missed',
        event: { auth: { stage: 'mfa' } },
        signals: { mfaDenied60m: 1 },
      },
      {
        name: 'another refusal',
        event: { status_id: 2, auth: { stage: 'mfa' } },
        signals: { mfaDenied60m: 5 },
      },
    ],
  },
}
