import { found, type Rule } from './rule.ts'
import { hasEffect } from './sensitive-operations.ts'

/** One and a half nats: data leaves without a single byte in the traffic counters. */
export const sharedOutside: Rule = {
  code: 'shared_outside',
  title: 'Data made public or shared outside',
  kinds: ['api_activity', 'account_change'],
  techniques: ['T1537', 'T1530'],
  severity: 'high',
  points: 1.5,
  why: 'A bucket, snapshot or image can now be read by everybody or by an account of somebody else.',
  falsePositives:
    'A public web site, a snapshot shared with an own account, an agreed delivery to a partner.',
  runbook:
    'What is in it, and who can read it now? Take the share back if nobody can name the receiver. Look whether it was copied.',
  sentence: (facts) => `${facts.activity} opens data to others`,
  when({ input }) {
    const { event } = input
    if (event.status_id !== 1) return null
    if (
      !hasEffect(event, 'share_out', 'grants_public_access') &&
      event.change?.includes('shares_outside') !== true
    ) {
      return null
    }
    return found(sharedOutside, { activity: event.activity })
  },
  examples: {
    hit: [
      {
        name: 'a bucket policy for everybody',
        event: { class_uid: 6003, activity: 'PutBucketPolicy', change: ['grants_public_access'] },
      },
      {
        name: 'a snapshot shared with a foreign account',
        event: { class_uid: 6003, activity: 'ModifySnapshotAttribute', change: ['shares_outside'] },
      },
      {
        name: 'the guard against public buckets is taken away',
        event: { class_uid: 6003, activity: 'DeletePublicAccessBlock' },
      },
    ],
    miss: [
      {
        name: 'a bucket policy for the own account',
        event: { class_uid: 6003, activity: 'PutBucketPolicy' },
      },
    ],
  },
}
