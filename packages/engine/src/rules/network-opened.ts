import { found, type Rule } from './rule.ts'

/** One nat: developers do this by mistake more often than attackers on purpose. */
export const networkOpened: Rule = {
  code: 'network_opened',
  title: 'Network opened to the world',
  kinds: ['api_activity', 'account_change'],
  techniques: ['T1562.007'],
  severity: 'medium',
  points: 1,
  why: 'A firewall now lets every address in.',
  falsePositives: 'A public web server, a quick test.',
  runbook:
    'Which port, and what listens there? Close it unless it is meant for the public. Ask who opened it.',
  sentence: (facts) => `${facts.activity} lets every address in`,
  when({ input }) {
    const { event } = input
    if (event.status_id !== 1 || !event.change?.includes('opens_network_to_world')) return null
    return found(networkOpened, { activity: event.activity })
  },
  examples: {
    hit: [
      {
        name: 'port 22 for everybody',
        event: {
          class_uid: 6003,
          activity: 'AuthorizeSecurityGroupIngress',
          change: ['opens_network_to_world'],
        },
      },
    ],
    miss: [
      {
        name: 'one address is let in',
        event: { class_uid: 6003, activity: 'AuthorizeSecurityGroupIngress' },
      },
    ],
  },
}
