import { found, type Rule } from './rule.ts'
import { sensitiveOperation } from './sensitive-operations.ts'

/** One and a half nats: programs read secrets all day; this names an identity that starts to, in bulk. */
export const secretsHarvest: Rule = {
  code: 'secrets_harvest',
  title: 'Secrets read in bulk',
  kinds: ['api_activity'],
  techniques: ['T1552.001', 'T1555.006'],
  severity: 'high',
  points: 1.5,
  why: 'An identity that never read secrets, or never this fast, reads one after the other: they are the keys to everything else.',
  falsePositives: 'A new program that loads its configuration, a rotation of all secrets.',
  runbook:
    'Which secrets were read, from where and with which program? Rotate them if nobody can explain it, and look for the use of what they open.',
  sentence: (facts) =>
    `reads secrets, ${facts.events} calls within the hour, usually at most ${facts.usual}`,
  when({ input, signals }) {
    if (sensitiveOperation(input.event)?.effect !== 'secret_read' || input.event.status_id !== 1)
      return null
    const { events60m, usualEvents60m, newService, newAction } = signals
    if (newAction !== true && newService !== true) return null
    if (!(events60m >= 15) || !(events60m > 3 * usualEvents60m)) return null
    return found(secretsHarvest, {
      events: Math.round(events60m),
      usual: Math.round(usualEvents60m),
    })
  },
  examples: {
    hit: [
      {
        name: 'a laptop key reads forty secrets for the first time',
        event: {
          class_uid: 6003,
          activity: 'GetSecretValue',
          api: { service: 'secretsmanager.amazonaws.com', operation: 'GetSecretValue' },
        },
        signals: { newAction: true, events60m: 40, usualEvents60m: 6 },
        needs: ['newAction', 'events60m', 'usualEvents60m'],
      },
    ],
    miss: [
      {
        name: 'a program that loads its secrets at every start',
        event: { class_uid: 6003, activity: 'GetSecretValue' },
        signals: { newAction: false, newService: false, events60m: 40, usualEvents60m: 6 },
      },
      {
        name: 'one secret by somebody new to it',
        event: { class_uid: 6003, activity: 'GetSecretValue' },
        signals: { newAction: true, events60m: 3, usualEvents60m: 6 },
      },
    ],
  },
}
