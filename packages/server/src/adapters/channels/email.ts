import type { ChannelSettings } from '@gatewatch/schema'
import { createTransport } from 'nodemailer'
import type { Message, Sent } from '../../ports/courier.ts'
import type { HostGuard } from './guard.ts'
import { messageOf } from './post.ts'
import { headlineOf, type Telling, tellingOf } from './telling.ts'

type Settings = Extract<ChannelSettings, { kind: 'email' }>

/** Sends a message by SMTP, as text and HTML. What follows an alert's first mail answers it, so that they stand together. */
export async function sendEmail(
  guard: HostGuard,
  settings: Settings,
  message: Message,
  source: string,
): Promise<Sent> {
  const { host, port, tls, ca, user, password, from, to } = settings
  try {
    if (tls === 'none' && !guard.isAllowed(host)) {
      throw new Error(
        `${host} is asked without encryption: have the operator name it in GATEWATCH_ALLOW_HOSTS`,
      )
    }
    const transport = createTransport({
      host: await guard.addressOf(host),
      port,
      secure: tls === 'implicit',
      requireTLS: tls === 'starttls',
      ignoreTLS: tls === 'none',
      tls: { servername: host, ...(ca === undefined ? {} : { ca }) },
      ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
      connectionTimeout: 15_000,
      greetingTimeout: 15_000,
      socketTimeout: 30_000,
      disableFileAccess: true,
      disableUrlAccess: true,
    })
    const tellings = message.notices.map((notice) => tellingOf(notice, source))
    const sending = transport.sendMail({
      from,
      to,
      subject: `[Gatewatch] ${headlineOf(message, source)}`,
      text: textOf(tellings),
      html: htmlOf(tellings),
      date: new Date(message.time),
      messageId: idOf(message.key, from),
      ...threadOf(message, from),
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    })
    const { rejected, accepted } = await sending.finally(() => transport.close())
    if (rejected.length === 0) return { kind: 'sent' }
    return {
      kind: 'refused',
      why: `accepted for ${accepted.length}, refused for ${rejected.map(String).join(', ')}`,
    }
  } catch (error) {
    const code = error instanceof Error && 'responseCode' in error ? error.responseCode : undefined
    const isLogin = error instanceof Error && 'code' in error && error.code === 'EAUTH'
    const isForGood = typeof code === 'number' && code >= 500 && !isLogin
    return { kind: isForGood ? 'refused' : 'failed', why: messageOf(error) }
  }
}

function idOf(key: string, from: string): string {
  const domain = /@([a-z0-9.-]+)>?$/i.exec(from.trim())?.[1] ?? 'gatewatch.invalid'
  return `<${key.replace(/[^\w.-]/g, '')}@${domain}>`
}

function threadOf({ notices }: Message, from: string) {
  const [notice] = notices
  if (notices.length > 1 || notice.about !== 'alert' || notice.change === 'raised') return {}
  const first = idOf(`${notice.alert.incident ?? notice.alert.id}.raised`, from)
  return { inReplyTo: first, references: first }
}

function textOf(tellings: readonly Telling[]): string {
  return tellings
    .map(({ title, facts, reasons, link }) =>
      [
        title,
        ...facts.map(([label, value]) => `${label}: ${value}`),
        ...(reasons.length === 0 ? [] : ['Why:', ...reasons.map((reason) => `- ${reason}`)]),
        ...(link === null ? [] : [link]),
      ].join('\n'),
    )
    .join('\n\n')
}

function htmlOf(tellings: readonly Telling[]): string {
  const parts = tellings.map(({ title, facts, reasons, link }) => {
    const rows = facts.map(
      ([label, value]) => `<tr><th align="left">${html(label)}</th><td>${html(value)}</td></tr>`,
    )
    const why = reasons.map((reason) => `<li>${html(reason)}</li>`).join('')
    const more = link === null ? '' : `<p><a href="${html(link)}">Open in Gatewatch</a></p>`
    return `<h2>${html(title)}</h2><table cellpadding="4">${rows.join('')}</table>${why === '' ? '' : `<ul>${why}</ul>`}${more}`
  })
  return `<!doctype html><html lang="en"><body style="font-family:sans-serif">${parts.join('<hr>')}</body></html>`
}

/** The text as HTML shows it. */
function html(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
