import type { EnrichedEvent } from '@gatewatch/schema'
import { found, type Rule } from './rule.ts'
import { sensitiveOperation } from './sensitive-operations.ts'

/** One and a half nats: infrastructure code creates in bursts too, but then it has done so before. */
export const resourceSpike: Rule = {
  code: 'resource_spike',
  title: 'Spike of new resources',
  kinds: ['api_activity'],
  techniques: ['T1578.002', 'T1496'],
  severity: 'high',
  points: 1.5,
  why: 'Far more is created than this identity ever created in an hour. Stolen keys are turned into mining machines within minutes.',
  falsePositives: 'The first run of new infrastructure code, a load test, a new environment.',
  runbook:
    'What was created, in which regions, how large? Ask the owner. Otherwise stop the identity and the machines, and look for others in regions that you do not use.',
  sentence: (facts) => `${facts.creates} creations within the hour, usually at most ${facts.usual}`,
  when({ input, signals }) {
    const cost = creationCost(input)
    if (cost === 0 || input.event.status_id !== 1) return null
    const { creates60m, usualCreates60m } = signals
    // forty small things, or ten machines; and several times the own record
    if (!(creates60m * cost >= 40) || !(creates60m > 4 * usualCreates60m)) return null
    return found(resourceSpike, {
      creates: Math.round(creates60m),
      usual: Math.round(usualCreates60m),
    })
  },
  examples: {
    hit: [
      {
        name: 'twelve times machines, by a key that never made one',
        event: { class_uid: 6003, activity_id: 1, activity: 'RunInstances' },
        signals: { creates60m: 12, usualCreates60m: 0 },
        needs: ['creates60m', 'usualCreates60m'],
      },
    ],
    miss: [
      {
        name: 'the build system as every day',
        event: { class_uid: 6003, activity_id: 1, activity: 'RunInstances' },
        signals: { creates60m: 40, usualCreates60m: 35 },
      },
      {
        name: 'two machines',
        event: { class_uid: 6003, activity_id: 1, activity: 'RunInstances' },
        signals: { creates60m: 2, usualCreates60m: 0 },
      },
    ],
  },
}

function creationCost({ event }: EnrichedEvent): number {
  const known = sensitiveOperation(event)
  if (known?.effect === 'resource_create') return known.weight
  return event.class_uid === 6003 && event.activity_id === 1 ? 1 : 0
}
