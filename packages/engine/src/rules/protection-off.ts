import { found, type Rule } from './rule.ts'
import { hasEffect } from './sensitive-operations.ts'

/** One and a half nats: as telling as a stopped log, but part of more ordinary housekeeping. */
export const protectionOff: Rule = {
  code: 'protection_off',
  title: 'Protection or recovery switched off',
  kinds: ['api_activity', 'account_change', 'other'],
  techniques: ['T1562.001', 'T1490'],
  severity: 'high',
  points: 1.5,
  why: 'Detectors, sign-in policies, backups and key protection are removed before damage is done.',
  falsePositives:
    'A move to another product, a change of policy, an environment that is torn down.',
  runbook:
    'Ask for the planned change. Without one, restore the setting, hold the identity’s sessions, and read what it did.',
  sentence: (facts) => `${facts.activity} removes a protection`,
  when({ input }) {
    const { event } = input
    if (event.status_id !== 1) return null
    if (
      !hasEffect(event, 'protection_off', 'disables_protection') &&
      !hasEffect(event, 'recovery_off', 'disables_protection')
    ) {
      return null
    }
    return found(protectionOff, { activity: event.activity })
  },
  examples: {
    hit: [
      {
        name: 'the threat detector is deleted',
        event: { class_uid: 6003, activity: 'DeleteDetector' },
      },
      {
        name: 'a backup vault is deleted',
        event: { class_uid: 6003, activity: 'DeleteBackupVault' },
      },
      {
        name: 'a sign-in policy loses its teeth',
        event: {
          class_uid: 3001,
          activity: 'Update conditional access policy',
          change: ['disables_protection'],
        },
      },
    ],
    miss: [
      {
        name: 'a sign-in policy is edited',
        event: { class_uid: 3001, activity: 'Update conditional access policy' },
      },
      {
        name: 'it was refused',
        event: { class_uid: 6003, activity: 'DeleteDetector', status_id: 2 },
      },
    ],
  },
}
