import { signsIn } from './egress.ts'
import { found, type Rule } from './rule.ts'
import { sprayAround } from './spray-evidence.ts'

/** Three nats, the most a rule may add: a member of a proven campaign that got in. */
export const spraySuccess: Rule = {
  code: 'spray_success',
  title: 'Sign-in inside a password spray',
  kinds: ['authentication'],
  techniques: ['T1110.003', 'T1078'],
  severity: 'critical',
  points: 3,
  why: 'While one source fails on account after account, this one opens, on a network new to its owner: the attacker found a valid password.',
  falsePositives:
    'Somebody who uses the same network or kind of client for the first time during an attack by others.',
  runbook:
    'Treat the password as known to the attacker. End the session, reset the password, read what the session did, and look for more successes of the same campaign.',
  sentence: (facts) =>
    `signed in from ${facts.where} while ${facts.users} accounts fail from there`,
  when(input) {
    // those who always come this way are bystanders of the campaign
    if (input.signals.newPrefix !== true || !signsIn(input.input)) return null
    const spray = sprayAround(input)
    if (spray === null) return null
    if (!spray.campaign.startsWith('spray:prefix:')) {
      // a whole network, or a kind of client, has many honest customers
      if (input.signals.newDevice !== true) return null
    }
    return found(
      spraySuccess,
      { users: Math.round(spray.users), where: spray.where },
      { campaign: spray.campaign },
    )
  },
  examples: {
    hit: [
      {
        name: 'the password of the forty-first account fits',
        context: { network: { prefix: '203.0.113.0/24', asn: 64500, class: 'hosting' } },
        signals: {
          newPrefix: true,
          prefixFailingUsers: 40,
          prefixFailures: 44,
          prefixSuccesses: 1,
        },
        needs: ['newPrefix', 'prefixFailingUsers', 'prefixFailures', 'prefixSuccesses'],
      },
      {
        name: 'a hit of a spray spread over one network, on an unknown device',
        context: { network: { prefix: '203.0.113.0/24', asn: 64500, class: 'residential' } },
        signals: { newPrefix: true, newDevice: true, asnFailingUsers: 60, asnFailingUsersUsual: 4 },
        needs: ['newPrefix', 'newDevice', 'asnFailingUsers'],
      },
    ],
    miss: [
      {
        name: 'a colleague who always comes from there',
        context: { network: { prefix: '203.0.113.0/24', asn: 64500, class: 'hosting' } },
        signals: {
          newPrefix: false,
          prefixFailingUsers: 40,
          prefixFailures: 44,
          prefixSuccesses: 1,
        },
      },
      {
        name: 'a customer of the same provider on the own laptop',
        context: { network: { prefix: '203.0.113.0/24', asn: 64500, class: 'residential' } },
        signals: {
          newPrefix: true,
          newDevice: false,
          newAsn: false,
          asnFailingUsers: 60,
          asnFailingUsersUsual: 4,
        },
      },
    ],
  },
}
