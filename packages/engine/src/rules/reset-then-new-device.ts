import { signsIn } from './egress.ts'
import { found, type Rule } from './rule.ts'

/** One and a half nats: people do reset passwords on new phones; the new network keeps most of them out. */
export const resetThenNewDevice: Rule = {
  code: 'reset_then_new_device',
  title: 'Password reset, then a first sign-in from an unknown device',
  kinds: ['authentication'],
  techniques: ['T1098', 'T1078'],
  severity: 'high',
  points: 1.5,
  why: 'Talking the help desk into a reset, or resetting through a stolen mailbox, ends with a sign-in on the attacker’s device and network.',
  falsePositives:
    'Somebody who lost their computer and starts on a new one away from home or office.',
  runbook:
    'Find out who asked for the reset and how they proved who they were. Call the person on a number known from before. Look for changed factors and recovery addresses.',
  sentence: (facts) =>
    `first sign-in on a new device and network, ${facts.minutes} minutes after the password was reset`,
  when({ input, signals }) {
    if (!(signals.minutesSincePasswordReset <= 120)) return null
    if (signals.newDevice !== true || signals.newPrefix !== true || !signsIn(input)) return null
    return found(resetThenNewDevice, { minutes: Math.round(signals.minutesSincePasswordReset) })
  },
  examples: {
    hit: [
      {
        name: 'twelve minutes after the reset, unknown device, unknown network',
        signals: { minutesSincePasswordReset: 12, newDevice: true, newPrefix: true },
        needs: ['minutesSincePasswordReset', 'newDevice', 'newPrefix'],
      },
    ],
    miss: [
      {
        name: 'a reset at the own desk',
        signals: { minutesSincePasswordReset: 12, newDevice: false, newPrefix: false },
      },
      {
        name: 'a new phone at home after a reset',
        signals: { minutesSincePasswordReset: 12, newDevice: true, newPrefix: false },
      },
      {
        name: 'a new device two days later',
        signals: { minutesSincePasswordReset: 2_880, newDevice: true, newPrefix: true },
      },
    ],
  },
}
