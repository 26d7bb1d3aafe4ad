import { found, type Rule } from './rule.ts'

/** Three nats: a person says that it was not them, which is the best evidence there is. */
export const mfaFraudReported: Rule = {
  code: 'mfa_fraud_reported',
  title: 'Prompt reported as fraud by its owner',
  kinds: ['authentication'],
  techniques: ['T1621'],
  severity: 'high',
  points: 3,
  why: 'The owner refused a prompt and said that they did not ask for it: somebody else knows the password.',
  falsePositives: 'A wrong tap on the phone.',
  runbook:
    'Reset the password, end the sessions, and look where the attempt came from and what else came from there.',
  sentence: () => 'the owner reported the prompt as not theirs',
  when({ input }) {
    return input.event.failure_class === 'mfa_fraud_reported' ? found(mfaFraudReported, {}) : null
  },
  examples: {
    hit: [
      {
        name: 'reported on the phone',
        event: { status_id: 2, failure_class: 'mfa_fraud_reported', auth: { stage: 'mfa' } },
      },
    ],
    miss: [
      {
        name: 'merely refused',
        event: { status_id: 2, failure_class: 'mfa_denied', auth: { stage: 'mfa' } },
      },
    ],
  },
}
