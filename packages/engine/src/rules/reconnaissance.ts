import { found, type Rule } from './rule.ts'

/** One nat: each new operation is a surprise term of its own; the rule says that they come in a row. */
export const reconnaissance: Rule = {
  code: 'reconnaissance',
  title: 'Exploring the account',
  kinds: ['api_activity'],
  techniques: ['T1580', 'T1526', 'T1087.004'],
  severity: 'medium',
  points: 1,
  why: 'One operation after the other that this identity never used, or one refusal after the other: somebody finds out what a credential can do.',
  falsePositives: 'A new tool or task, an auditor, a role whose rights were just cut.',
  runbook:
    'Where do the calls come from, and with which program? Ask the owner. If they know nothing, disable the credential and see which calls went through.',
  sentence: (facts) => `${facts.count} ${facts.what} within the hour`,
  when({ input, signals }) {
    const { newActions60m, denied60m, history, usualEvents60m } = signals
    // wide work forgets operations; that a whole service is new too tells a stranger from a busy administrator
    if (newActions60m >= 10 && signals.newService === true && history >= 30) {
      return found(reconnaissance, {
        count: Math.round(newActions60m),
        what: 'operations never used before',
      })
    }
    const refused = input.event.status_id === 2 && input.event.failure_class === 'unauthorized'
    if (refused && denied60m >= 15 && denied60m > usualEvents60m) {
      return found(reconnaissance, { count: Math.round(denied60m), what: 'refused calls' })
    }
    return null
  },
  examples: {
    hit: [
      {
        name: 'the tenth operation that this key never called',
        event: { class_uid: 6003, activity: 'ListRoles' },
        signals: { newActions60m: 12, newService: true, history: 400 },
        needs: ['newActions60m', 'newService', 'history'],
      },
      {
        name: 'thirty refusals in a row',
        event: {
          class_uid: 6003,
          activity: 'ListUsers',
          status_id: 2,
          failure_class: 'unauthorized',
        },
        signals: { denied60m: 30, usualEvents60m: 12 },
        needs: ['denied60m', 'usualEvents60m'],
      },
    ],
    miss: [
      {
        name: 'a wide day within services used before',
        event: { class_uid: 6003, activity: 'ListRoles' },
        signals: { newActions60m: 25, newService: false, history: 400 },
      },
      {
        name: 'a new colleague, to whom everything is new',
        event: { class_uid: 6003, activity: 'ListRoles' },
        signals: { newActions60m: 25, newService: true, history: 6 },
      },
      {
        name: 'a poller that is refused once a minute, as ever',
        event: {
          class_uid: 6003,
          activity: 'ListUsers',
          status_id: 2,
          failure_class: 'unauthorized',
        },
        signals: { denied60m: 60, usualEvents60m: 62 },
      },
    ],
  },
}
