import { found, type Rule } from './rule.ts'
import { hasEffect } from './sensitive-operations.ts'

/** Two nats: administrators do it too, seldom; attackers do it early, because nothing afterwards is seen. */
export const loggingOff: Rule = {
  code: 'logging_off',
  title: 'Logging switched off',
  kinds: ['api_activity', 'account_change', 'other'],
  techniques: ['T1562.008'],
  severity: 'high',
  points: 2,
  why: 'Whoever stops a trail or deletes its logs does not want what follows to be seen.',
  falsePositives: 'A trail that is replaced by another, a test environment that is torn down.',
  runbook:
    'Switch it on again first. Then ask who did it, and read everything that this identity did before, and what other logs show of the gap.',
  sentence: (facts) => `${facts.activity} stops or narrows a log`,
  when({ input }) {
    const { event } = input
    if (event.status_id !== 1 || !hasEffect(event, 'logging_off', 'disables_logging')) return null
    return found(loggingOff, { activity: event.activity })
  },
  examples: {
    hit: [
      {
        name: 'the trail is stopped',
        event: {
          class_uid: 6003,
          activity: 'StopLogging',
          api: { service: 'cloudtrail.amazonaws.com', operation: 'StopLogging' },
        },
      },
      {
        name: 'the connector read that the change narrows a log',
        event: { class_uid: 6003, activity: 'PutEventSelectors', change: ['disables_logging'] },
      },
    ],
    miss: [
      { name: 'a log is read', event: { class_uid: 6003, activity: 'LookupEvents' } },
      {
        name: 'a log is set up anew',
        event: { class_uid: 6003, activity: 'PutEventSelectors' },
      },
      { name: 'it was refused', event: { class_uid: 6003, activity: 'StopLogging', status_id: 2 } },
    ],
  },
}
