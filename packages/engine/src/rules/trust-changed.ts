import { found, type Rule } from './rule.ts'
import { sensitiveOperation } from './sensitive-operations.ts'

/** One and a half nats: rare, powerful, and mostly done by infrastructure code, which has its own habits. */
export const trustChanged: Rule = {
  code: 'trust_changed',
  title: 'Trust in others changed',
  kinds: ['api_activity', 'account_change'],
  techniques: ['T1484.002', 'T1098'],
  severity: 'high',
  points: 1.5,
  why: 'Who may take on a role, or which identity provider is believed, was changed: a door that opens without a password.',
  falsePositives: 'Setting up a partner, a build system or a new identity provider.',
  runbook:
    'Compare the trust before and after. Which outside account or provider is new? Undo it if nobody can name the reason.',
  sentence: (facts) => `${facts.activity} changes who is trusted`,
  when({ input }) {
    const { event } = input
    if (event.status_id !== 1 || sensitiveOperation(event)?.effect !== 'trust_change') return null
    return found(trustChanged, { activity: event.activity })
  },
  examples: {
    hit: [
      {
        name: 'the trust of a role is rewritten',
        event: { class_uid: 6003, activity: 'UpdateAssumeRolePolicy' },
      },
      {
        name: 'a domain is federated',
        event: { class_uid: 3001, activity: 'Set domain authentication' },
      },
    ],
    miss: [{ name: 'a role is taken on', event: { class_uid: 6003, activity: 'AssumeRole' } }],
  },
}
