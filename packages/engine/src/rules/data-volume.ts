import { LARGE_DAY } from '../detectors/volume.ts'
import { found, type Rule } from './rule.ts'

/** Nats from which a day's volume has a name: one large day in ten of people at work (simulated exports) lies above. */
const STRANGE = 2.4

/** Three nats beside the surprise term of the volume: on known devices at home it is all that speaks against an insider. */
export const dataVolume: Rule = {
  code: 'data_volume',
  title: 'Unusual volume of data',
  kinds: ['api_activity', 'authentication', 'other'],
  techniques: ['T1530', 'T1567'],
  severity: 'high',
  points: 3,
  why: 'Much more data leaves through this identity in a day than on any usual day.',
  falsePositives: 'A month-end export, a first backup, a large delivery that was agreed.',
  runbook:
    'What was read and where did it go? Ask the owner for the reason. Otherwise end the sessions and list the objects that were read.',
  sentence: (facts) =>
    facts.times === undefined
      ? `${facts.megabytes} MB in a day from an identity that never sent any`
      : `${facts.megabytes} MB in a day, ${facts.times} times the usual`,
  when({ input, signals }) {
    if (input.event.traffic?.bytes_out === undefined) return null
    const { bytesOut24h, bytesOutUsual, bytesOutSurprise } = signals
    if (!(bytesOut24h >= LARGE_DAY) || !(bytesOutSurprise >= STRANGE)) return null
    const times = Math.max(1, Math.round(Math.exp(Math.log1p(bytesOut24h) - bytesOutUsual)))
    return found(dataVolume, {
      megabytes: Math.round(bytesOut24h / 1e6),
      ...(Number.isNaN(times) ? {} : { times }),
    })
  },
  examples: {
    hit: [
      {
        name: 'forty gigabytes by somebody who moves twenty megabytes a day',
        event: { class_uid: 6003, activity: 'GetObject', traffic: { bytes_out: 2e9 } },
        signals: {
          bytesOut24h: 4e10,
          bytesOutUsual: Math.log1p(2e7),
          bytesOutSurprise: 4,
        },
        needs: ['bytesOut24h', 'bytesOutSurprise'],
      },
    ],
    miss: [
      {
        name: 'a backup job as every night',
        event: { class_uid: 6003, activity: 'GetObject', traffic: { bytes_out: 2e11 } },
        signals: {
          bytesOut24h: 1e12,
          bytesOutUsual: Math.log1p(9e11),
          bytesOutSurprise: 0,
        },
      },
      {
        name: 'a lot for this person, but nothing to speak of',
        event: { class_uid: 6003, activity: 'GetObject', traffic: { bytes_out: 2e6 } },
        signals: {
          bytesOut24h: 6e6,
          bytesOutUsual: Math.log1p(1e3),
          bytesOutSurprise: 3,
        },
      },
    ],
  },
}
