import type { AccessEvent, Principal } from '@gatewatch/schema'
import { eventOutcome } from '@gatewatch/schema'
import { type Fields, known, knownOrNone } from '../values/fields.ts'

/** The event as a document of the Elastic Common Schema 8, with nested names. What ECS has no word for stands under `gatewatch`. */
export function toEcs(event: AccessEvent): Fields {
  const { actor, cloud, src, target, device } = event
  const { autonomous_system: network, location } = src
  const outcome = eventOutcome(event)
  const related = [actor.email_addr, actor.name, actor.uid, target?.name].filter(
    (one) => one !== undefined,
  )
  return known({
    '@timestamp': new Date(event.time).toISOString(),
    ecs: { version: '8.11.0' },
    event: known({
      kind: event.class_uid === 2004 ? 'alert' : 'event',
      ...categoryOf(event),
      outcome: outcome === 'other' ? 'unknown' : outcome,
      action: event.activity,
      id: event.uid,
      code: event.status_code,
      reason: event.status_detail,
      module: event.source.vendor,
      dataset: `${event.source.vendor}.${event.source.product}`,
      provider: event.api?.service,
      risk_score: event.vendor_risk?.score,
    }),
    user: known({
      ...personOf(actor),
      target: target === undefined ? undefined : personOf(target),
    }),
    session: actor.session?.uid === undefined ? undefined : { id: actor.session.uid },
    transaction: event.auth?.attempt_uid === undefined ? undefined : { id: event.auth.attempt_uid },
    source: known({
      ip: src.ip,
      address: src.ip ?? src.hostname ?? src.ip_raw,
      port: src.port,
      geo:
        location === undefined
          ? undefined
          : knownOrNone({
              country_iso_code: location.country,
              region_name: location.region,
              city_name: location.city,
              location:
                location.lat === undefined ? undefined : { lat: location.lat, lon: location.long },
            }),
      as:
        network === undefined
          ? undefined
          : known({
              number: network.number,
              organization: network.name === undefined ? undefined : { name: network.name },
            }),
    }),
    user_agent: knownOrNone({
      original: event.user_agent,
      name: device?.browser,
      os: device?.os === undefined ? undefined : { full: device.os },
    }),
    device: device?.uid === undefined ? undefined : { id: device.uid },
    service: event.app,
    cloud:
      cloud === undefined
        ? undefined
        : known({
            provider: cloud.provider,
            region: cloud.region,
            account: cloud.account_uid === undefined ? undefined : { id: cloud.account_uid },
          }),
    organization:
      event.source.tenant_uid === undefined ? undefined : { id: event.source.tenant_uid },
    related: knownOrNone({
      ip: src.ip === undefined ? undefined : [src.ip],
      user: related.length === 0 ? undefined : related,
    }),
    gatewatch: knownOrNone({
      failure_class: event.failure_class,
      stage: event.auth?.stage,
      is_mfa: event.auth?.is_mfa ?? undefined,
      change: event.change,
    }),
  })
}

const verbs: Readonly<Record<number, string>> = {
  1: 'creation',
  2: 'access',
  3: 'change',
  4: 'deletion',
}

function categoryOf({ class_uid, activity_id }: AccessEvent): {
  category: string[]
  type: string[]
} {
  if (class_uid === 3002)
    return { category: ['authentication'], type: [activity_id === 2 ? 'end' : 'start'] }
  if (class_uid === 3001)
    return {
      category: ['iam'],
      type: ['user', activity_id === 1 ? 'creation' : activity_id === 6 ? 'deletion' : 'change'],
    }
  if (class_uid === 3005)
    return { category: ['iam'], type: ['group', activity_id === 2 ? 'deletion' : 'creation'] }
  if (class_uid === 6003)
    return { category: ['api', 'configuration'], type: [verbs[activity_id] ?? 'info'] }
  return { category: [], type: ['info'] }
}

function personOf(who: Principal): Fields {
  return known({ id: who.uid, name: who.name, email: who.email_addr, domain: who.domain })
}
