import { found, type Rule } from './rule.ts'
import { actsOnOther } from './self.ts'
import { hasEffect } from './sensitive-operations.ts'

/** One and a half nats: part of the work of few people, and the usual way to keep access. */
export const credentialForAnother: Rule = {
  code: 'credential_for_another',
  title: 'Credential created for another identity',
  kinds: ['api_activity', 'account_change'],
  techniques: ['T1098.001'],
  severity: 'medium',
  points: 1.5,
  why: 'A key or password made for somebody else works as that identity, and stays when the first way in is closed.',
  falsePositives: 'Administrators who set up accounts or rotate keys of service accounts.',
  runbook:
    'Ask both: who made it and for whom. Disable the credential if nobody needs it, and look at its first use.',
  sentence: (facts) => `${facts.activity} makes a credential for ${facts.whom}`,
  when({ input }) {
    const { event } = input
    if (event.status_id !== 1 || !actsOnOther(input)) return null
    if (!hasEffect(event, 'credential_create', 'creates_credential')) return null
    const { target } = event
    return found(credentialForAnother, {
      activity: event.activity,
      whom: target?.name ?? target?.key ?? target?.uid ?? 'another identity',
    })
  },
  examples: {
    hit: [
      {
        name: 'an access key for another user',
        event: {
          class_uid: 6003,
          activity: 'CreateAccessKey',
          target: { type: 'user', name: 'backup-operator' },
        },
      },
    ],
    miss: [
      {
        name: 'an own key',
        event: {
          class_uid: 6003,
          activity: 'CreateAccessKey',
          target: { type: 'user', key: 'user:ada@example.com' },
        },
      },
      { name: 'nobody knows for whom', event: { class_uid: 6003, activity: 'CreateAccessKey' } },
    ],
  },
}
