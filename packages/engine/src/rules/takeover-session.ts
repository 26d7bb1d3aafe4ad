import { CHANNELS, type Channel, channelPoints } from '../detectors/takeover-session.ts'
import { createSession, type Session } from '../profile/session.ts'
import { found, type Rule } from './rule.ts'

/** Risk of a session from which it is reported: one benign session in 1,000 is as strange. */
const REPORTED = 75

/** Channels that are told, at most, and the least nats of one. */
const MOST_TOLD = 4
const LEAST_TOLD = 0.5

/** What each channel stands for, in the middle of a sentence. */
const STORY: Readonly<Record<Channel, (session: Session) => string>> = {
  sign_in: () => 'it began with a strange sign-in',
  network: () => 'from networks or places new to the identity',
  program: () => 'with a program new to it',
  hour: () => 'at an unusual hour',
  bytes: ({ bytes }) => `${amount(bytes)} sent out`,
  objects: ({ objects }) => `${objects} objects it had never read`,
  slow: ({ slow }) => `about ${Math.round(slow)} new objects within days`,
  reads: ({ reads }) => `${reads} reads of data`,
  denied: ({ denied }) => `${denied} actions refused`,
  deletes: ({ deletes }) => `${deletes} deletions`,
  reconnaissance: ({ reconnaissance }) => `${reconnaissance} ways of looking around it never used`,
  sensitive: ({ sensitive }) => `${sensitive} sensitive operations it never used`,
  care: ({ care }) => `its own ${(care & 1) !== 0 ? 'factors' : 'password'} changed after that`,
  together: () => 'these together',
}

/** The session's strongest evidence in words, strongest first. */
function storyline(session: Session): string {
  return [...CHANNELS.entries()]
    .map(([i, name]) => ({ name, points: channelPoints(session.evidence, i) }))
    .filter(({ points }) => points >= LEAST_TOLD)
    .sort((a, b) => b.points - a.points)
    .slice(0, MOST_TOLD)
    .map(({ name, points }) => `${STORY[name](session)} (+${points.toFixed(1)})`)
    .join(', ')
}

/**
 * Evidence that adds up over a session: a stranger's, or that of somebody who takes more than they ever did. It is judged as a
 * session and reported as one; what each action scores is its own, else every ordinary one after it would be denied.
 */
export const takeoverSession: Rule = {
  code: 'takeover_session',
  title: 'A session that does not fit its owner',
  kinds: ['api_activity', 'account_change', 'other'],
  techniques: ['T1078', 'T1530'],
  severity: 'high',
  points: 0,
  why: 'Each action may pass alone. Together, what this session did, took and read is stranger than 999 of 1,000 sessions.',
  falsePositives:
    'A new task, an export for somebody else, an incident, a tool used for the first time from a new place.',
  runbook:
    'Ask the owner, by a way other than this account, about this session. If it was not them, or they cannot explain what was taken: end the session, reset the credentials, and read every action of it.',
  sentence: (facts) => `${facts.actions} actions in ${facts.minutes} minutes: ${facts.story}`,
  when({ input, signals }) {
    const { session } = signals
    if (session === null || !(session.risk >= REPORTED)) return null
    const seconds = input.event.time / 1000 - session.start
    return found(
      takeoverSession,
      {
        actions: session.actions,
        minutes: Math.max(1, Math.round(seconds / 60)),
        story: storyline(session) || 'nothing stands out alone',
      },
      { campaign: `session:${input.entity.key}:${session.start}` },
    )
  },
  examples: {
    hit: [
      {
        name: 'a stolen session that copies a bucket',
        event: { class_uid: 6003, activity: 'GetObject' },
        signals: { session: example(40, 80) },
        needs: ['session'],
      },
    ],
    miss: [
      {
        name: 'a busy day',
        event: { class_uid: 6003, activity: 'GetObject' },
        signals: { session: example(200, 55) },
      },
      {
        name: 'an organisation that showed too few sessions',
        event: { class_uid: 6003, activity: 'GetObject' },
        signals: { session: example(40, Number.NaN) },
      },
    ],
  },
}

function example(actions: number, risk: number): Session {
  const evidence = Float64Array.of(3, 4, 2, 0, 3, 5, 1, 4, 0, 0, 0, 0, 0, 2)
  const start = Date.UTC(2025, 5, 16, 8, 30) / 1000
  return {
    ...createSession(),
    start,
    evidence,
    actions,
    risk,
    bytes: 4.1e9,
    reads: 64,
    objects: 64,
  }
}

function amount(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB']
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`
}
