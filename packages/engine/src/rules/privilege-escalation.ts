import { found, type Rule } from './rule.ts'
import { actsOnSelf } from './self.ts'
import { hasEffect } from './sensitive-operations.ts'

/** Two nats when somebody raises their own rights, half of it when it is done for another: that is an administrator's work. */
export const privilegeEscalation: Rule = {
  code: 'privilege_escalation',
  title: 'Administrator rights granted',
  kinds: ['api_activity', 'account_change'],
  techniques: ['T1098.003'],
  severity: 'high',
  points: 2,
  why: 'Rights over everything were given. Attackers raise the account they hold, or make a second one to come back.',
  falsePositives:
    'A new administrator, a role taken for a task, roles set up by infrastructure code.',
  runbook:
    'Is there a request and somebody who approved it? Remove the right if not. Look at the sign-in of whoever granted it, and at what the raised account did since.',
  sentence: (facts) => `${facts.activity} grants administrator rights ${facts.whom}`,
  when({ input }) {
    const { event } = input
    if (event.status_id !== 1 || !hasEffect(event, 'admin_grant', 'grants_admin')) return null
    const self = actsOnSelf(input)
    return found(
      privilegeEscalation,
      {
        activity: event.activity,
        whom: self ? 'to the actor itself' : `to ${event.target?.name ?? 'another identity'}`,
      },
      { points: self ? 2 : 1 },
    )
  },
  examples: {
    hit: [
      {
        name: 'a user attaches the administrator policy to itself',
        event: {
          class_uid: 6003,
          activity: 'AttachUserPolicy',
          change: ['grants_admin'],
          target: { type: 'user', key: 'user:ada@example.com' },
        },
      },
      {
        name: 'somebody becomes global administrator',
        event: {
          class_uid: 3005,
          activity: 'Add member to role',
          target: { type: 'user', name: 'bob' },
        },
      },
      {
        name: 'an identity provider grants a privilege',
        event: { class_uid: 3005, activity: 'user.account.privilege.grant' },
      },
    ],
    miss: [
      {
        name: 'a policy for reading is attached',
        event: { class_uid: 6003, activity: 'AttachUserPolicy' },
      },
      {
        name: 'it was refused',
        event: {
          class_uid: 6003,
          activity: 'AttachUserPolicy',
          change: ['grants_admin'],
          status_id: 2,
        },
      },
    ],
  },
}
