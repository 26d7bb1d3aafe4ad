import { found, type Rule } from './rule.ts'

/** One and a half nats: the volume itself is a surprise term already; the rule names it once it is large in itself. */
export const dataVolume: Rule = {
  code: 'data_volume',
  title: 'Unusual volume of data',
  kinds: ['api_activity', 'authentication', 'other'],
  techniques: ['T1530', 'T1567'],
  severity: 'high',
  points: 1.5,
  why: 'Much more data leaves through this identity in a day than on any usual day.',
  falsePositives: 'A month-end export, a first backup, a large delivery that was agreed.',
  runbook:
    'What was read and where did it go? Ask the owner for the reason. Otherwise end the sessions and list the objects that were read.',
  sentence: (facts) => `${facts.megabytes} MB in a day, ${facts.times} times the usual`,
  when({ input, signals }) {
    if (input.event.traffic?.bytes_out === undefined) return null
    const { bytesOut24h, bytesOutUsual, bytesOutUsualSd, activeDays } = signals
    // below 100 MB nobody is alarmed, and without a week of days there is no usual
    if (!(bytesOut24h >= 1e8) || !(activeDays >= 7)) return null
    const deviations = (Math.log1p(bytesOut24h) - bytesOutUsual) / Math.max(0.5, bytesOutUsualSd)
    if (!(deviations > 4)) return null
    return found(dataVolume, {
      megabytes: Math.round(bytesOut24h / 1e6),
      times: Math.max(1, Math.round(Math.exp(Math.log1p(bytesOut24h) - bytesOutUsual))),
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
          bytesOutUsualSd: 1,
          activeDays: 90,
        },
        needs: ['bytesOut24h', 'bytesOutUsual', 'bytesOutUsualSd', 'activeDays'],
      },
    ],
    miss: [
      {
        name: 'a backup job as every night',
        event: { class_uid: 6003, activity: 'GetObject', traffic: { bytes_out: 2e11 } },
        signals: {
          bytesOut24h: 1e12,
          bytesOutUsual: Math.log1p(9e11),
          bytesOutUsualSd: 0.2,
          activeDays: 90,
        },
      },
      {
        name: 'a lot for this person, but nothing to speak of',
        event: { class_uid: 6003, activity: 'GetObject', traffic: { bytes_out: 2e6 } },
        signals: {
          bytesOut24h: 6e6,
          bytesOutUsual: Math.log1p(1e3),
          bytesOutUsualSd: 0.5,
          activeDays: 90,
        },
      },
    ],
  },
}
