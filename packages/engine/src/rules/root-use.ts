import { found, type Rule } from './rule.ts'

/** Two nats: rare by design and worth a look every time, though most uses are planned. */
export const rootUse: Rule = {
  code: 'root_use',
  title: 'Root or emergency account in use',
  kinds: ['authentication', 'api_activity', 'account_change'],
  techniques: ['T1078.004'],
  severity: 'high',
  points: 2,
  why: 'The root user and emergency accounts can do everything and are stopped by no policy. Their use should be planned and written down.',
  falsePositives: 'The few tasks that only root can do, a drill, a real emergency.',
  runbook:
    'Find the ticket or the two people who agreed on the use. Without one, treat it as an intrusion: change the password, remove its access keys, read everything it did.',
  sentence: (facts) => `${facts.name} was used: ${facts.activity}`,
  when({ input }) {
    const { event, entity } = input
    if (event.actor.invoked_by !== undefined) return null
    if (event.actor.type !== 'root' && !isEmergency(entity.name)) return null
    // what a service does with the account's own right is not somebody at the keyboard
    if (event.src.ip_kind === 'service') return null
    return found(rootUse, { name: entity.name, activity: event.activity })
  },
  examples: {
    hit: [
      {
        name: 'root signs in',
        event: { actor: { type: 'root' } },
        entity: { name: 'root@111122223333' },
      },
      { name: 'an emergency account signs in', entity: { name: 'break-glass-1@example.com' } },
    ],
    miss: [
      { name: 'an ordinary person' },
      {
        name: 'a service acts in the name of the account',
        event: { actor: { type: 'root', invoked_by: 'ec2.amazonaws.com' } },
      },
    ],
  },
}

function isEmergency(name: string): boolean {
  return /break-?_?glass|emergency-?_?(access|admin)/i.test(name)
}
