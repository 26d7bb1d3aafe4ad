import type { AuditNote } from '@gatewatch/schema'
import type { Generated } from 'kysely'

/** Rows of the tables that queries are built for; times in ms, UTC. migrations/ says what each is for. */
export interface Tables {
  tenant: { id: Generated<number>; name: string; hash_key: Buffer; demo: boolean }
  event: {
    tenant: number
    key: string
    time: number
    uid: string
    entity: string
    kind: string
    risk: number
    body: string
    verdict: string
    raw: Buffer | null
    facets: string | null
    ip: string | null
  }
  profile: {
    tenant: number
    entity: string
    name: string
    class: string
    revision: number
    body: Buffer
    last_time: number
  }
  alert: {
    tenant: number
    id: string
    status: string
    severity: string
    entity: string
    first_seen: number
    last_seen: number
    summary: string
    runbook: string
    shown_key: string
    shown_time: number
    profile_before: Buffer | null
    case_file: Buffer | null
  }
  alert_event: { tenant: number; alert: string; time: number; key: string }
  risk_contribution: {
    tenant: number
    entity: string
    time: number
    key: string
    uid: string
    code: string
    text: string
    points: number
  }
  audit: {
    tenant: number
    id: Generated<number>
    time: number
    by: string
    action: AuditNote['action']
    subject: string
  }
  dead_letter: {
    tenant: number
    id: Generated<number>
    received: number
    source: string
    line: number | null
    reason: string
    raw: Buffer
    sealed: Generated<boolean>
  }
  hourly: {
    tenant: number
    hour: number
    shard: number
    events: number
    authentications: number
    failures: number
    high_risk: number
    allow: number
    challenge: number
    deny: number
    max_risk: number
  }
  hourly_place: {
    tenant: number
    hour: number
    lat: number
    long: number
    shard: number
    city: string | null
    country: string | null
    events: number
    max_risk: number
  }
  source_total: {
    tenant: number
    format: string
    shard: number
    events: number
    last_event: number
  }
  api_key: {
    id: string
    tenant: number
    name: string
    role: string
    hash: Buffer
    created: number
    last_used: number | null
  }
  person: { tenant: number; name: string; role: string; password: string | null; created: number }
  proof: { hash: Buffer; kind: string; tenant: number; name: string; expires: number }
}
