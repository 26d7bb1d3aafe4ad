import { failsOnCredentials } from './egress.ts'
import { found, type Rule } from './rule.ts'
import { sprayAround } from './spray-evidence.ts'

/** One nat: the finding groups a campaign into one alert; the single failed attempt harms nobody. */
export const passwordSpray: Rule = {
  code: 'password_spray',
  title: 'Password spray',
  kinds: ['authentication'],
  techniques: ['T1110.003', 'T1110.004'],
  severity: 'medium',
  points: 1,
  why: 'Far more accounts fail from one place, network or kind of client than ever on such a day: somebody tries common or leaked passwords on everybody.',
  falsePositives:
    'An outage of the directory, an expired shared password, a fault in a sign-in page. An exit from which many people also succeed is left out.',
  runbook:
    'Read the list of tried accounts. Did any of them succeed from the same place? Reset those first. Block the source if it serves nobody else.',
  sentence: (facts) => `${facts.users} accounts fail from ${facts.where} in a few hours`,
  when(input) {
    if (!input.signals.strangely || !failsOnCredentials(input.input)) return null
    const spray = sprayAround(input)
    if (spray === null) return null
    return found(
      passwordSpray,
      { users: Math.round(spray.users), where: spray.where },
      { campaign: spray.campaign },
    )
  },
  examples: {
    hit: [
      {
        name: 'forty accounts fail from one prefix that nobody works from',
        event: { status_id: 2, failure_class: 'bad_credentials' },
        context: { network: { prefix: '203.0.113.0/24', asn: 64500, class: 'hosting' } },
        signals: {
          strangely: true,
          prefixFailingUsers: 40,
          prefixFailures: 44,
          prefixSuccesses: 0,
          prefixFailingUsersUsual: 0.2,
        },
        needs: ['prefixFailingUsers', 'strangely'],
      },
      {
        name: 'one try each from many prefixes of one network',
        event: { status_id: 2, failure_class: 'bad_credentials' },
        context: { network: { prefix: '203.0.113.0/24', asn: 64500, class: 'residential' } },
        signals: { strangely: true, asnFailingUsers: 60, asnFailingUsersUsual: 4 },
        needs: ['asnFailingUsers'],
      },
      {
        name: 'one try each from everywhere, all by one kind of client',
        event: { status_id: 2, failure_class: 'bad_credentials' },
        context: { client: { os: 'Linux', browser: 'Firefox', kind: 'browser' } },
        signals: { strangely: true, clientFailingUsers: 50, clientFailingUsersUsual: 3 },
        needs: ['clientFailingUsers', 'clientFailingUsersUsual'],
      },
      {
        name: 'one try each from anywhere with anything, when a few do on such a day',
        event: { status_id: 2, failure_class: 'bad_credentials' },
        signals: { strangely: true, failingUsers: 60, failingUsersUsual: 4 },
        needs: ['strangely', 'failingUsers', 'failingUsersUsual'],
      },
      {
        name: 'the next address of a campaign, known by its device',
        event: { status_id: 2, failure_class: 'bad_credentials' },
        signals: { strangely: true, campaign: 1_700_000_100, campaignDevice: true },
        needs: ['strangely'],
      },
    ],
    miss: [
      {
        name: 'a typing error at the own desk while others are attacked',
        event: { status_id: 2, failure_class: 'bad_credentials' },
        context: { network: { prefix: '203.0.113.0/24', asn: 64500, class: 'carrier' } },
        signals: { strangely: false, asnFailingUsers: 60, asnFailingUsersUsual: 4 },
      },
      {
        name: 'Monday morning behind one office address',
        event: { status_id: 2, failure_class: 'bad_credentials' },
        context: { network: { prefix: '203.0.113.0/24', asn: 64500, class: 'corporate' } },
        signals: {
          strangely: true,
          prefixFailingUsers: 40,
          prefixFailures: 60,
          prefixSuccesses: 700,
          prefixFailingUsersUsual: 6,
        },
      },
      {
        name: 'a carrier on which as many fail every day',
        event: { status_id: 2, failure_class: 'bad_credentials' },
        context: { network: { prefix: '203.0.113.0/24', asn: 64500, class: 'carrier' } },
        signals: { strangely: true, asnFailingUsers: 60, asnFailingUsersUsual: 50 },
      },
      {
        name: 'tokens that expired for everybody at once',
        event: { status_id: 2, failure_class: 'token_invalid' },
        context: { network: { prefix: '203.0.113.0/24', asn: 64500, class: 'corporate' } },
        signals: { prefixFailingUsers: 40, prefixFailures: 44, prefixSuccesses: 0 },
      },
    ],
  },
}
