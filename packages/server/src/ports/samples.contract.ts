import { createHash } from 'node:crypto'
import type { AccessEvent, Decision, Severity, Verdict } from '@gatewatch/schema'
import type { ArrivingEvent, JudgedEvent } from './store.ts'

/** Noon of a Wednesday: the present of the contract suites. */
export const NOON = Date.UTC(2026, 4, 20, 12)

/** What differs between the events of a suite. */
export interface SampleEvent {
  readonly uid: string
  readonly user?: string
  readonly time?: number
  readonly activity?: string
  readonly country?: string
  readonly raw?: Uint8Array
  readonly change?: Partial<AccessEvent>
}

/** A sign-in as the pipeline would hand it to the store. */
export function sampleEvent(sample: SampleEvent): ArrivingEvent {
  const { uid, user = 'ada', time = NOON, activity = 'login', country = 'SE' } = sample
  const event: AccessEvent = {
    v: 1,
    uid,
    uid_kind: 'native',
    revision: 0,
    time,
    observed_time: time,
    source: { vendor: 'test', product: 'suite', format: 'canonical', connector: 'suite' },
    class_uid: 3002,
    activity_id: 1,
    activity,
    status_id: 1,
    actor: { type: 'user', name: user, key: `user:${user}` },
    src: { ip: '192.0.2.7', ip_kind: 'public' },
    auth: { stage: 'primary', is_mfa: null },
    ...sample.change,
  }
  const place = { country, city: 'Uppsala', lat: 59.86, long: 17.64, provider: 'geoip' as const }
  return {
    key: digest(`suite\0${uid}`),
    content: digest(JSON.stringify(event)),
    event,
    context: { client: { kind: 'unknown' }, missing: [], place },
    entity: { key: `user:${user}`, name: user, class: 'human' },
    ...(sample.raw === undefined ? {} : { raw: sample.raw }),
    backfill: false,
  }
}

/** What differs between verdicts. `group` given: the event raises an alert of this group. */
export interface SampleJudgement extends SampleEvent {
  readonly risk?: number
  readonly decision?: Decision
  readonly learned?: number
  readonly group?: string
  readonly severity?: Severity
  readonly profileBefore?: Uint8Array
}

/** A judged sign-in. */
export function sampleJudged(sample: SampleJudgement): JudgedEvent {
  const arriving = sampleEvent(sample)
  const { risk = 10, decision = 'allow', learned = 1, group, severity = 'medium' } = sample
  const verdict: Verdict = {
    uid: arriving.event.uid,
    time: arriving.event.time,
    entity: arriving.entity.key,
    entity_name: arriving.entity.name,
    kind: 'authentication',
    outcome: 'success',
    activity: arriving.event.activity,
    score: risk / 10,
    risk,
    probability: risk / 200,
    decision,
    reasons: [
      { code: 'country', points: risk / 10, text: `risk ${risk}` },
      { code: 'habit', points: -1, text: 'usual browser' },
    ],
    not_assessed: [],
  }
  const alert =
    group === undefined
      ? null
      : {
          group,
          rule: 'unusual',
          title: `Group ${group}`,
          severity,
          techniques: ['T1078'],
          runbook: 'Ask.',
        }
  const profileBefore = alert === null ? null : (sample.profileBefore ?? Uint8Array.of(1, 2, 3))
  const caseFile = alert === null ? null : { body: Uint8Array.of(4, 5), models: 7 }
  return { arriving, verdict, learned, alert, profileBefore, caseFile }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
