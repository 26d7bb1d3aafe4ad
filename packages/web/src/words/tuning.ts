import type {
  Decision,
  Preview,
  SuppressionMatch,
  TrustedKind,
  TuningChange,
} from '@gatewatch/schema'

const people = (count: number) => (count === 1 ? '1 person' : `${count} people`)

/** Tuning: policy, suppressions, own networks; tried before they are changed, and taken back. */
export const tuning = {
  title: 'Tuning',
  lead: 'What raises an alert, what is hidden, and which networks are your own. Every change can be tried on the last 30 days, and taken back.',
  docs: 'Guide',
  policy: 'Policy',
  policyNote: 'Which risk leads to what, and how many alerts a day people want. Above 100: never.',
  challengeAt: 'Challenge from risk',
  denyAt: 'Deny from risk',
  alertAt: 'Alert from risk',
  perDay: 'Alerts a day',
  perDayHint: 'as configured',
  groups: 'Groups',
  groupsHow:
    'Groups with limits of their own are set over the API or with gatewatch tuning policy.',
  groupLimit: (name: string, limit: number) => `${name} ${limit}`,
  limitNames: {
    challenge_at: 'challenge',
    deny_at: 'deny',
    alert_at: 'alert',
    alerts_per_day: 'a day',
  },
  review: 'Try it',
  suppressions: 'Suppressions',
  suppressionsNote: 'Alerts that are not told. They are found, counted and learned from as ever.',
  noSuppressions: 'Nothing is suppressed',
  noSuppressionsBody: 'Every alert within the budget is told.',
  hits: (count: number) => (count === 1 ? 'met once' : `met ${count} times`),
  never: 'not met yet',
  last: 'last',
  until: 'until',
  ended: 'ended',
  stale: 'met nothing for 30 days',
  lift: 'Lift',
  add: 'Suppress something',
  identity: 'Identity',
  identityHint: 'key, * for anything',
  network: 'Network',
  networkHint: '203.0.113.0/24 or AS64500',
  rule: 'Rule',
  ruleHint: 'e.g. impossible_travel',
  countries: 'Between two countries',
  countriesHint: 'e.g. SE, NO',
  days: 'For days',
  needsOne: 'Say what to hide: fill in one field at least.',
  owner: (who: string) => `owner ${who}`,
  networks: 'Own networks',
  networksNote: 'Coming from one is little surprise. Everything else is judged as ever.',
  kinds: { office: 'Office', vpn: 'VPN' } satisfies Record<TrustedKind, string>,
  distrust: 'End',
  proposals: 'Proposed',
  proposalsNone: 'No further network looks like your own.',
  evidence: (count: number, share: string, days: number) =>
    `${people(count)} (${share}) on ${days} days`,
  since: 'since',
  alerts: (count: number) =>
    count === 0 ? 'no alert' : count === 1 ? 'in 1 alert' : `in ${count} alerts`,
  accept: 'Accept',
  reject: 'Reject',
  acceptWhy: (evidence: string) => `Proposed: ${evidence}`,
  rejectWhy: 'Not ours',
  history: 'Versions',
  historyNone: 'Nothing was changed yet.',
  version: (version: number) => `Version ${version}`,
  rollBack: 'Go back',
  shipped: 'As it ships',
  inEffect: 'in effect',
  reviewTitle: 'Before it goes live',
  trying: 'Trying it on stored events',
  why: 'Reason',
  whyHint: 'For those who read this later',
  apply: 'Make it so',
  cancel: 'Leave it',
  failed: 'Nothing was changed.',
  admin: 'This needs an administrator.',
  viewer: 'Viewers read; analysts and administrators tune.',
  told: 'Alerts told',
  toldWhat: (before: number, after: number) => `${before} as things are, ${after} with the change`,
  added: 'Added',
  removed: 'Removed',
  removedHow: (hidden: number, keptBack: number) => `${hidden} hidden, ${keptBack} kept back`,
  lost: 'Confirmed ones lost',
  decided: (events: number, from: Decision, to: Decision) =>
    `${events === 1 ? '1 event' : `${events} events`}: ${decisionWords[to]} instead of ${decisionWords[from]}`,
  same: 'Nothing would have been different.',
  leftOut: (count: number) => `${count} strange events could not be tried.`,
  incomplete: 'There were more events; the newest were tried.',
  how: { stored_scores: 'Exact', replay: 'Estimate' } satisfies Record<Preview['how'], string>,
  tried: (events: string) => `${events} tried`,
  changeOf: (change: TuningChange): string => {
    switch (change.kind) {
      case 'policy':
        return 'Change the policy'
      case 'suppress':
        return `Suppress ${matchWords(change.match)} for ${change.days} days`
      case 'lift':
        return 'Lift a suppression'
      case 'trust':
        return `Take ${change.network} as your own`
      case 'distrust':
        return `Take ${change.network} as your own no longer`
      case 'reject':
        return `Turn ${change.network} down`
      case 'roll_back':
        return change.version === 0
          ? 'Go back to what ships'
          : `Go back to version ${change.version}`
    }
  },
  match: matchWords,
}

const decisionWords: Record<Decision, string> = {
  allow: 'allowed',
  challenge: 'challenged',
  deny: 'denied',
}

function matchWords({ identity, network, countries, rule, hours, from }: SuppressionMatch): string {
  return [
    rule === undefined ? 'alerts' : `alerts of ${rule}`,
    identity === undefined ? [] : `of ${identity}`,
    network === undefined ? [] : `from ${network}`,
    countries === undefined ? [] : `between ${countries.join(' and ')}`,
    hours === undefined ? [] : `${hours.from}–${hours.until} ${hours.time_zone}`,
    from === undefined ? [] : `since ${new Date(from).toISOString().slice(0, 16)}`,
  ]
    .flat()
    .join(' ')
}
