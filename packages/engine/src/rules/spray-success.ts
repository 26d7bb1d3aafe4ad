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
    const { newPrefix, newDevice, newAsn, prefixFailingUsers, campaignDevice, failures60m } =
      input.signals
    if (newPrefix !== true || newDevice === false || !signsIn(input.input)) return null
    const spray = sprayAround(input)
    // a campaign that is everywhere says nothing about those who come from somewhere new
    if (spray === null || spray.by === 'everywhere') return null
    // a whole network, or a kind of client, has many honest customers
    const isWide = spray.by === 'network' || spray.by === 'client'
    if (isWide && newDevice !== true) return null
    // it takes somebody else who failed from this very range, or the campaign's own device in a network new to the owner:
    // who mistypes on a new phone leaves a mark of their own
    const others = prefixFailingUsers - (failures60m > 0 ? 1 : 0)
    if (!(others >= 1) && !(campaignDevice && newAsn !== false)) return null
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
          newDevice: true,
          prefixFailingUsers: 40,
          prefixFailures: 44,
          prefixSuccesses: 1,
        },
        needs: ['newPrefix', 'prefixFailingUsers'],
      },
      {
        name: 'a hit of a spray spread over one network, on an unknown device',
        context: { network: { prefix: '203.0.113.0/24', asn: 64500, class: 'residential' } },
        signals: {
          newPrefix: true,
          newDevice: true,
          prefixFailingUsers: 1,
          asnFailingUsers: 60,
          asnFailingUsersUsual: 4,
        },
        needs: ['newPrefix', 'newDevice', 'asnFailingUsers', 'prefixFailingUsers'],
      },
      {
        name: 'from an address that a campaign under way has used',
        context: { network: { prefix: '203.0.113.0/24', asn: 64500, class: 'residential' } },
        signals: {
          newPrefix: true,
          newDevice: true,
          campaignPrefix: true,
          prefixFailingUsers: 2,
          prefixFailures: 2,
        },
        needs: ['newPrefix'],
      },
    ],
    miss: [
      {
        name: 'somebody who mistyped once on the way, on a new phone, while others are attacked',
        context: { network: { prefix: '203.0.113.0/24', asn: 64500, class: 'residential' } },
        signals: {
          newPrefix: true,
          newDevice: true,
          campaignPrefix: true,
          failures60m: 1,
          prefixFailingUsers: 1,
          prefixFailures: 1,
          failingUsers: 60,
          failingUsersUsual: 4,
        },
      },
      {
        name: 'a customer of the same carrier on a new phone, where nobody else failed',
        context: { network: { prefix: '203.0.113.0/24', asn: 64500, class: 'carrier' } },
        signals: {
          newPrefix: true,
          newDevice: true,
          prefixFailingUsers: 0,
          asnFailingUsers: 60,
          asnFailingUsersUsual: 4,
        },
      },
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
