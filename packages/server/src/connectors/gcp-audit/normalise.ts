import type { AccessEvent, Actor, FailureClass } from '@gatewatch/schema'
import type { Connector, Origin } from '../connector.ts'
import { activityEvent } from '../google-workspace/normalise.ts'
import { parametersOf } from '../google-workspace/parameters.ts'
import { type Outcome, ok, reject } from '../outcome.ts'
import { readAddress } from '../values/address.ts'
import { begin } from '../values/begin.ts'
import { identified } from '../values/derived-uid.ts'
import { at, entryOf, type Fields, fieldsOf, isFields, known, listOf } from '../values/fields.ts'
import { instantOf } from '../values/instant.ts'
import { countOf, loginOf, textOf } from '../values/text.ts'
import { readEpoch, readTime } from '../values/time.ts'
import { changeFacts } from './change-facts.ts'

/** Google Cloud audit logs, and what Google Workspace shares with them: entries of Cloud Logging. */
export const gcpAudit: Connector = {
  format: 'gcp_audit',
  title: 'Google Cloud audit logs (entries of Cloud Logging, JSON)',
  recognise(record) {
    if (!isFields(record) || !isFields(record.protoPayload)) return 0
    const { methodName, serviceName } = record.protoPayload
    return typeof methodName === 'string' || typeof serviceName === 'string' ? 0.98 : 0
  },
  normalise(record, origin) {
    const payload = fieldsOf(fieldsOf(record).protoPayload)
    const method = textOf(payload.methodName, 255)
    if (!isFields(record) || method === undefined)
      return reject('protoPayload.methodName is missing: not an audit entry of Google Cloud')
    return workspaceEvent(record, payload, origin) ?? auditEvent(record, payload, method, origin)
  },
}

const workspaceApps: Readonly<Record<string, string>> = {
  'login.googleapis.com': 'login',
  'admin.googleapis.com': 'admin',
  'oauth2.googleapis.com': 'token',
  'cloudidentity.googleapis.com': 'groups_enterprise',
}

/** Activities of Google Workspace carry what the Reports API has, under the id that it has there. */
function workspaceEvent(
  record: Fields,
  payload: Fields,
  origin: Origin,
): Outcome<AccessEvent> | undefined {
  const app = entryOf(workspaceApps, payload.serviceName)
  const metadata = fieldsOf(payload.metadata)
  const event = fieldsOf(listOf(metadata.event)[0])
  const name = textOf(event.eventName, 255)
  if (app === undefined || name === undefined) return undefined
  if (listOf(metadata.event).length > 1)
    return reject('an entry of several events that is too long to be taken apart')
  const id = fieldsOf(metadata.activityId)
  const micros = readEpoch(id.timeUsec, 'us')
  const request = fieldsOf(payload.requestMetadata)
  return activityEvent(
    {
      app,
      name,
      parameters: parametersOf(event.parameter),
      time: micros >= 0 ? new Date(Math.min(micros, 8.64e15)).toISOString() : record.timestamp,
      qualifier: textOf(id.uniqQualifier, 255),
      index: countOf(record.eventIndex) ?? 0,
      actor: { email: fieldsOf(payload.authenticationInfo).principalEmail },
      address: request.callerIp ?? request.callerIP,
      network: {},
      customer: undefined,
      userAgent: request.callerSuppliedUserAgent,
    },
    origin,
  )
}

const accountCalls: Readonly<Record<string, number>> = {
  CreateServiceAccount: 1,
  EnableServiceAccount: 2,
  DisableServiceAccount: 5,
  DeleteServiceAccount: 6,
  CreateServiceAccountKey: 99,
  UploadServiceAccountKey: 99,
  DeleteServiceAccountKey: 99,
}

const verbs: readonly (readonly [RegExp, number])[] = [
  [/^(batch)?(get|list|aggregatedlist|search|query|read|lookup|test|check|describe|export)/i, 2],
  [/^(batch)?(create|insert|add|generate|sign|start|run|import|upload)/i, 1],
  [/^(batch)?(delete|remove|destroy|purge|undeploy)/i, 4],
  [/^(batch)?(update|patch|set|modify|enable|disable|move|change|attach|detach|reset)/i, 3],
]

function auditEvent(
  record: Fields,
  payload: Fields,
  method: string,
  origin: Origin,
): Outcome<AccessEvent> {
  const when = instantOf(readTime(record.timestamp), record.timestamp, origin)
  if ('why' in when) return reject(when.why)
  const call = method.slice(method.lastIndexOf('.') + 1)
  const account = entryOf(accountCalls, call)
  const isPolicy = /^setIamPolicy$/i.test(call)
  const status = statusOf(record, payload)
  const change = status.status_id === 2 ? [] : changeFacts(method, payload)
  const request = fieldsOf(payload.requestMetadata)
  const resource = fieldsOf(record.resource)
  const labels = fieldsOf(resource.labels)
  const project = textOf(labels.project_id, 255)
  const activity_id = verbs.find(([form]) => form.test(call))?.[1] ?? 99
  const uid = textOf(payload.resourceName, 2048)
  return ok(
    identified(
      {
        ...begin(when, origin, {
          vendor: 'google',
          product: 'gcp_audit',
          format: 'gcp_audit',
          tenant_uid: project,
          log_name: logName(record.logName),
        }),
        class_uid: isPolicy ? 3005 : account === undefined ? 6003 : 3001,
        activity_id: isPolicy ? 1 : (account ?? activity_id),
        activity: method,
        ...status,
        actor: actorOf(fieldsOf(payload.authenticationInfo)),
        src: readAddress(request.callerIp ?? request.callerIP),
        user_agent: textOf(request.callerSuppliedUserAgent, 1024),
        cloud: known<NonNullable<AccessEvent['cloud']>>({
          provider: 'gcp',
          account_uid: project,
          region: textOf(
            labels.location ??
              labels.zone ??
              at(payload, 'resourceLocation', 'currentLocations', '0'),
            64,
          ),
        }),
        api: known({
          service: textOf(payload.serviceName, 255) ?? 'unknown',
          operation: method,
          read_only: activity_id === 2 || undefined,
          request_uid: textOf(fieldsOf(record.operation).id, 255),
          data_plane: /data_access$/.test(logName(record.logName) ?? '') || undefined,
        }),
        change: change.length === 0 ? undefined : change,
        resources:
          uid === undefined ? undefined : [known({ uid, type: textOf(resource.type, 255) })],
      },
      record.insertId,
    ),
  )
}

/** `projects/p/logs/cloudaudit.googleapis.com%2Factivity` is the log cloudaudit.googleapis.com/activity. */
function logName(said: unknown): string | undefined {
  const text = textOf(said, 512)
  const last = text?.slice(text.lastIndexOf('/') + 1)
  return last?.replace('%2F', '/').slice(0, 128)
}

/** Codes of google.rpc.Code. */
const codes: Readonly<Record<string, FailureClass>> = {
  4: 'other',
  7: 'unauthorized',
  8: 'rate_limited',
  16: 'token_invalid',
}

/** A long operation has a record at its start and one at its end; the end says how it went. */
function statusOf(
  record: Fields,
  payload: Fields,
): Pick<AccessEvent, 'status_id' | 'status_code' | 'status_detail' | 'failure_class'> {
  const status = fieldsOf(payload.status)
  const code = countOf(status.code) ?? 0
  if (code !== 0) {
    const status_detail = textOf(status.message, 1024)
    return {
      status_id: 2,
      status_code: String(code),
      status_detail,
      failure_class: entryOf(codes, code) ?? 'other',
    }
  }
  const { first, last } = fieldsOf(record.operation)
  return { status_id: first === true && last !== true ? 99 : 1 }
}

/** Who called. A service account that somebody acts as is the caller, and they stand in `assumed_from`. */
function actorOf(info: Fields): Actor {
  const email = loginOf(info.principalEmail)
  const subject = textOf(info.principalSubject, 512)
  const name = email.name ?? subject?.replace(/^(user|serviceAccount):/, '')
  const isService =
    /\.gserviceaccount\.com$/i.test(name ?? '') || subject?.startsWith('serviceAccount:') === true
  const delegated = listOf(info.serviceAccountDelegationInfo).map(fieldsOf)
  const behind = delegated
    .map((one) =>
      textOf(fieldsOf(one.firstPartyPrincipal).principalEmail ?? one.principalSubject, 512),
    )
    .find((one) => one !== undefined)
  const credential = textOf(info.serviceAccountKeyName, 512)
  return known<Actor>({
    ...(isService
      ? { uid: name, name: name?.slice(0, 320) }
      : { ...email, uid: email.name === undefined ? subject : undefined }),
    type: name === undefined ? 'unknown' : isService ? 'service' : 'user',
    credential_uid: credential,
    assumed_from: behind,
  })
}
