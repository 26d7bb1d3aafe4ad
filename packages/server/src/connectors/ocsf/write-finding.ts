import type { Alert, Severity } from '@gatewatch/schema'
import { version } from '../../version.ts'
import { type Fields, known, knownOrNone } from '../values/fields.ts'
import { toOcsf, VERSION } from './write.ts'

const CLASS = 2004

/** What became of an alert, which is what a finding tells: that it is there, that it changed, that it is closed. */
export type FindingActivity = 'create' | 'update' | 'close'
const activityIds: Readonly<Record<FindingActivity, number>> = { create: 1, update: 2, close: 3 }

const severities: Readonly<Record<Severity, { readonly id: number; readonly risk: number }>> = {
  low: { id: 2, risk: 1 },
  medium: { id: 3, risk: 2 },
  high: { id: 4, risk: 3 },
  critical: { id: 5, risk: 4 },
}

/** New, in progress (somebody judged it, and it goes on), suppressed, resolved. */
function statusOf({ status, feedback }: Alert): { id: number; name: string } {
  if (status === 'closed') return { id: 4, name: 'Resolved' }
  if (status === 'kept_back' || status === 'suppressed') return { id: 3, name: 'Suppressed' }
  return feedback === undefined ? { id: 1, name: 'New' } : { id: 2, name: 'In Progress' }
}

/**
 * An alert as a detection finding of OCSF 1.3 (class 2004): `finding_info.uid` is the alert's, the same through its life. The strangest
 * event is its evidence; reasons with their points, the decision and the counterfactual, for which OCSF has no word, stand under
 * `unmapped`. Times in ms, UTC.
 */
export function toOcsfFinding(alert: Alert, activity: FindingActivity): Fields {
  const { event, verdict } = alert
  const { actor, api, src_endpoint, device, cloud, http_request } = toOcsf(event)
  const severity = severities[alert.severity]
  const status = statusOf(alert)
  const activity_id = activityIds[activity]
  return known({
    metadata: {
      version: VERSION,
      uid: `${alert.id}/${activity}/${alert.last_seen}`,
      product: { name: 'Gatewatch', vendor_name: 'Gatewatch', version },
      event_code: alert.reasons[0]?.code ?? 'unusual',
      log_name: event.source.format,
    },
    time: alert.last_seen,
    class_uid: CLASS,
    category_uid: 2,
    activity_id,
    activity_name: activity,
    type_uid: CLASS * 100 + activity_id,
    severity_id: severity.id,
    severity: alert.severity,
    status_id: status.id,
    status: status.name,
    is_alert: true,
    message: alert.title,
    comment: alert.feedback?.comment,
    count: alert.count,
    start_time: alert.first_seen,
    end_time: alert.last_seen,
    risk_level_id: severity.risk,
    risk_score: Math.round(alert.risk),
    finding_info: findingInfo(alert),
    actor,
    src_endpoint,
    cloud,
    evidences: [
      known({
        actor,
        api,
        src_endpoint,
        device,
        http_request,
        data: { uid: event.uid, activity: event.activity, time: event.time },
      }),
    ],
    resources: [{ uid: alert.entity, name: alert.entity_name, type: 'identity' }],
    remediation: alert.runbook === undefined ? undefined : { desc: alert.runbook },
    unmapped: knownOrNone({
      decision: alert.decision,
      probability: verdict.probability,
      reasons: verdict.reasons.map(({ code, points, text }) => ({ code, points, text })),
      counterfactual: verdict.counterfactual,
      feedback: alert.feedback?.verdict,
      withdrawn: alert.withdrawn?.why,
    }),
  })
}

/** Analytics of OCSF: 1 a rule, which names techniques of attack, 3 a statistical finding. */
function findingInfo(alert: Alert): Fields {
  const [first] = alert.reasons
  const said = alert.reasons.map(({ text }) => text).join(' ')
  const related = [alert.verdict, ...alert.related].map(({ uid }) => uid)
  return known({
    uid: alert.id,
    title: alert.title,
    desc: said === '' ? alert.title : said,
    analytic: {
      uid: first?.code ?? 'unusual',
      name: first?.code ?? 'unusual',
      type_id: first?.techniques === undefined ? 3 : 1,
    },
    attacks:
      alert.techniques.length === 0
        ? undefined
        : alert.techniques.map((uid) => ({ version: '16.1', technique: { uid } })),
    first_seen_time: alert.first_seen,
    last_seen_time: alert.last_seen,
    created_time: alert.first_seen,
    modified_time: alert.last_seen,
    data_sources: [`${alert.event.source.vendor} ${alert.event.source.product}`],
    related_events: [...new Set(related)].map((uid) => ({ uid })),
  })
}
