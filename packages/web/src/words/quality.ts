/** What is noticed, how often, and how right it was. */
export const detections = {
  title: 'Detections',
  lead: 'What Gatewatch notices, and what came of it in the last 30 days.',
  rules: 'Rules',
  rulesNote:
    'Each names one thing that somebody did. Its examples are tests that every version passes.',
  habits: 'Habits',
  habitsNote:
    'How unusual a value is for its identity and for the organisation. Each of these adds to or takes from a score.',
  matched: (share: string, events: string, entities: string) =>
    `strongest reason for ${events} (${share} of all) of ${entities}`,
  neverMatched: 'strongest reason for no event',
  identities: (count: number) => (count === 1 ? '1 identity' : `${count} identities`),
  alerts: (count: string) => `${count} alerts name it`,
  verdicts: (compromised: number, safe: number, dismissed: number) =>
    `judged: ${compromised} compromised, ${safe} safe, ${dismissed} dismissed`,
  weight: (points: string) => `at most ${points} points`,
  factor: (weight: string) => `weight ${weight} as shipped`,
  why: 'Why it matters',
  falsePositives: 'What looks the same and is harmless',
  runbook: 'What to do',
  hit: 'It reports',
  miss: 'It does not report',
  models: 'The models that weigh them together',
}

/** Precision, alert budget and answers, of people's verdicts alone. */
export const quality = {
  title: 'Quality',
  lead: "Measured on people's verdicts alone. What made-up worlds say of the engine is in the benchmarks of the documentation, and never mixed with this.",
  demo: 'This is the demo organisation: its events are made up, so these numbers are no proof of anything.',
  days: 'Time',
  daysOf: (days: number) => `${days} d`,
  precision: 'Precision',
  precisionNote: 'Compromised, of alerts that were judged compromised or safe.',
  worthIt: 'Worth a look',
  worthItNote: 'Compromised or dismissed, of all that were judged.',
  interval: (low: string, high: string, of: number) =>
    `95 % interval ${low} to ${high}, of ${of} judged`,
  nobody: 'Nobody has judged one yet, so nothing can be said.',
  verdicts: 'Verdicts',
  verdictsNote: (alerts: string) => `Of ${alerts} alerts of this time.`,
  unjudged: 'Not judged',
  budget: 'Alert budget',
  kept: (most: string) =>
    `Kept: on no day were more than ${most} alerts told, critical ones aside.`,
  broken: (most: string) =>
    `Not kept: on some day more than ${most} alerts were told, critical ones aside.`,
  told: 'Told',
  keptBack: 'Kept back',
  critical: 'critical',
  answer: 'Time to an answer',
  answerNote: 'From the first event of an incident until somebody took it up, commented or judged.',
  median: 'Half within',
  p90: 'Nine in ten within',
  answered: (answered: string, incidents: string) =>
    `${answered} of ${incidents} incidents answered`,
  none: 'No answer yet',
}
