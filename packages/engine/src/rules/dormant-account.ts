import { found, type Rule } from './rule.ts'

/** One nat: long leave ends like this too. */
export const dormantAccount: Rule = {
  code: 'dormant_account',
  title: 'Dormant account in use again',
  kinds: ['authentication', 'api_activity'],
  techniques: ['T1078'],
  severity: 'medium',
  points: 1,
  why: 'Nobody misses an account that nobody uses: forgotten ones are taken over quietly.',
  falsePositives: 'Return from leave or illness, a yearly task, a seasonal worker.',
  runbook:
    'Ask the owner or their manager. Is the account still needed? Look at place and device of the sign-in, and at what it did first.',
  sentence: (facts) => `first activity after ${facts.days} days`,
  when({ input, signals }) {
    if (!(signals.idleDays >= 60) || input.event.status_id !== 1) return null
    // somebody seen once or twice was never there; there is no habit to return to
    if (!(signals.activeDays >= 3)) return null
    return found(dormantAccount, { days: Math.round(signals.idleDays) })
  },
  examples: {
    hit: [
      {
        name: 'a sign-in after four months',
        signals: { idleDays: 121 },
        needs: ['idleDays', 'activeDays'],
      },
    ],
    miss: [
      { name: 'back from three weeks of holiday', signals: { idleDays: 21 } },
      { name: 'a failed attempt', event: { status_id: 2 }, signals: { idleDays: 121 } },
      { name: 'seen on one day only', signals: { idleDays: 121, activeDays: 1 } },
    ],
  },
}
