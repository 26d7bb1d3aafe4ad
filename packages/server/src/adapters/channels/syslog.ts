import { connect as connectPlain, isIP } from 'node:net'
import { hostname } from 'node:os'
import { connect as connectSecure } from 'node:tls'
import type { ChannelSettings, Notice, Severity } from '@gatewatch/schema'
import type { Message, Sent } from '../../ports/courier.ts'
import { version } from '../../version.ts'
import type { HostGuard } from './guard.ts'
import { messageOf } from './post.ts'
import { line, tellingOf } from './telling.ts'

const TIMEOUT_MS = 15_000
/** Facility 10, security. */
const FACILITY = 10
const priorities: Readonly<Record<Severity, number>> = { critical: 2, high: 3, medium: 4, low: 5 }
const cefSeverities: Readonly<Record<Severity, number>> = {
  critical: 10,
  high: 8,
  medium: 5,
  low: 3,
}

/**
 * Sends a message's notices in CEF by syslog (RFC 5424, each counted in octets as RFC 6587 has it) over TCP, encrypted unless the
 * host is allowed. Syslog says no word of receipt: sent is what the other side's computer has taken.
 */
export async function sendSyslog(
  guard: HostGuard,
  { host, port, tls, ca }: Extract<ChannelSettings, { kind: 'syslog' }>,
  message: Message,
  source: string,
): Promise<Sent> {
  try {
    if (!tls && !guard.isAllowed(host)) {
      throw new Error(
        `${host} is asked without encryption: have the operator name it in GATEWATCH_ALLOW_HOSTS`,
      )
    }
    const address = await guard.addressOf(host)
    const frames = message.notices.map((notice) => {
      const text = Buffer.from(syslogLine(notice, message.tenant, source))
      return Buffer.concat([Buffer.from(`${text.length} `), text])
    })
    await new Promise<void>((resolve, reject) => {
      const to = { host: address, port }
      const servername = isIP(host) === 0 ? { servername: host } : {}
      const socket = tls
        ? connectSecure({ ...to, ...servername, ...(ca === undefined ? {} : { ca }) })
        : connectPlain(to)
      // Of all of it, not of a silence: one who says a byte now and then would hold us for ever.
      const timer = setTimeout(
        () => socket.destroy(new Error('it did not answer in time')),
        TIMEOUT_MS,
      )
      socket.on('error', reject)
      socket.on('close', () => {
        clearTimeout(timer)
        resolve()
      })
      socket.once(tls ? 'secureConnect' : 'connect', () => socket.end(Buffer.concat(frames)))
      socket.resume()
    })
    return { kind: 'sent' }
  } catch (error) {
    return { kind: 'failed', why: messageOf(error) }
  }
}

/** A notice as one line of syslog. */
function syslogLine(notice: Notice, tenant: string, source: string): string {
  const severity = notice.about === 'alert' ? notice.alert.severity : 'low'
  const priority = FACILITY * 8 + priorities[severity]
  const time = new Date(notice.time).toISOString()
  const own = hostname().replace(/[^!-~]/g, '') || '-'
  return `<${priority}>1 ${time} ${own} gatewatch - ${notice.about} - ${cefOf(notice, tenant, source)}`
}

/** A notice in the Common Event Format. */
export function cefOf(notice: Notice, tenant: string, source: string): string {
  const { title, link } = tellingOf(notice, source)
  const isAlert = notice.about === 'alert'
  const head = [
    'CEF:0',
    'Gatewatch',
    'Gatewatch',
    version,
    isAlert ? (notice.alert.reasons[0]?.code ?? 'unusual') : notice.about,
    isAlert ? notice.alert.title : title,
    String(isAlert ? cefSeverities[notice.alert.severity] : 1),
  ].map((field) => line(field).replace(/[\\|]/g, (sign) => `\\${sign}`))
  const fields: Readonly<Record<string, string | number | undefined>> = {
    rt: notice.time,
    msg: title,
    externalId: isAlert ? notice.alert.id : notice.key,
    cs1Label: 'tenant',
    cs1: tenant,
    ...(isAlert
      ? {
          suser: notice.alert.entity_name,
          suid: notice.alert.entity,
          act: notice.alert.decision,
          outcome: notice.change,
          start: notice.alert.first_seen,
          end: notice.alert.last_seen,
          cnt: notice.alert.count,
          cn1Label: 'risk',
          cn1: Math.round(notice.alert.risk),
          reason: notice.alert.reasons.map(({ text }) => text).join('; '),
          cs2Label: 'techniques',
          cs2: notice.alert.techniques.join(','),
        }
      : {}),
    ...(link === null ? {} : { request: link }),
  }
  const extension = Object.entries(fields).flatMap(([key, value]) =>
    value === undefined || value === '' ? [] : `${key}=${escaped(String(value))}`,
  )
  return `${head.join('|')}|${extension.join(' ')}`
}

function escaped(value: string): string {
  return line(value).replace(/[\\=]/g, (sign) => `\\${sign}`)
}
