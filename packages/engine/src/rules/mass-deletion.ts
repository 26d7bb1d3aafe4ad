import type { EnrichedEvent } from '@gatewatch/schema'
import { found, type Rule } from './rule.ts'
import { sensitiveOperation } from './sensitive-operations.ts'

/** Two nats: damage in progress, when it is many times what this actor ever deleted. */
export const massDeletion: Rule = {
  code: 'mass_deletion',
  title: 'Mass deletion',
  kinds: ['api_activity'],
  techniques: ['T1485'],
  severity: 'critical',
  points: 2,
  why: 'Far more is deleted than this identity ever deleted in an hour: sabotage, or extortion that has taken its copy.',
  falsePositives: 'An environment that is torn down, a clean-up script on its first run.',
  runbook:
    'Stop the identity first, ask afterwards. See what can be restored: versions, snapshots, backups. Read what it did before the first deletion.',
  sentence: (facts) => `${facts.deletes} deletions within the hour, usually at most ${facts.usual}`,
  when({ input, signals }) {
    const weight = deletionWeight(input)
    if (weight === 0 || input.event.status_id !== 1) return null
    const { deletes60m, usualDeletes60m } = signals
    // sixty objects, or twelve databases; and several times the own record
    if (!(deletes60m * weight >= 60) || !(deletes60m > 4 * usualDeletes60m)) return null
    return found(massDeletion, {
      deletes: Math.round(deletes60m),
      usual: Math.round(usualDeletes60m),
    })
  },
  examples: {
    hit: [
      {
        name: 'the thirtieth database within the hour, by somebody who deletes one',
        event: { class_uid: 6003, activity_id: 4, activity: 'DeleteDBInstance' },
        signals: { deletes60m: 30, usualDeletes60m: 1 },
        needs: ['deletes60m', 'usualDeletes60m'],
      },
    ],
    miss: [
      {
        name: 'a nightly clean-up as every night',
        event: { class_uid: 6003, activity_id: 4, activity: 'DeleteSnapshot' },
        signals: { deletes60m: 80, usualDeletes60m: 75 },
      },
      {
        name: 'a few objects',
        event: { class_uid: 6003, activity_id: 4, activity: 'DeleteObject' },
        signals: { deletes60m: 6, usualDeletes60m: 0 },
      },
      {
        name: 'reading, after many deletions',
        event: { class_uid: 6003, activity_id: 2, activity: 'ListBuckets' },
        signals: { deletes60m: 100, usualDeletes60m: 0 },
      },
    ],
  },
}

function deletionWeight({ event }: EnrichedEvent): number {
  const known = sensitiveOperation(event)
  if (known?.effect === 'resource_delete' || known?.effect === 'recovery_off') return known.weight
  return event.class_uid === 6003 && event.activity_id === 4 ? 1 : 0
}
