import type { Notice, Severity } from '@gatewatch/schema'
import type { Message } from '../../ports/courier.ts'

/** A notice in plain words, not yet escaped for any medium. */
export interface Telling {
  readonly title: string
  readonly severity: Severity | null
  readonly facts: readonly (readonly [label: string, value: string])[]
  readonly reasons: readonly string[]
  /** Where more is to be seen; null where this installation has no address. */
  readonly link: string | null
}

const WORDS = {
  raised: 'New alert',
  joined: 'Another alert of an incident',
  graver: 'Incident became graver',
  acknowledged: 'Incident acknowledged',
  closed: 'Incident closed',
  withdrawn: 'Incident withdrawn',
} as const

/** A notice in plain words; `source` is the address of this installation. Texts are one line each, without control characters. */
export function tellingOf(notice: Notice, source: string): Telling {
  const site = /^https?:/.test(source) ? source.replace(/\/+$/, '') : null
  const plain = { severity: null, facts: [], reasons: [], link: site }
  if (notice.about === 'test')
    return { ...plain, title: `Test message, sent by ${line(notice.by)}` }
  if (notice.about === 'question') {
    const facts = notice.what.map(([label, value]) => [line(label), line(value)] as const)
    const until = ['Answer until', moment(notice.expires)] as const
    return { ...plain, title: 'Was this you?', facts: [...facts, until], link: notice.url }
  }
  if (notice.about === 'channel') return { ...plain, title: line(notice.text) }
  const { alert, change } = notice
  const said = alert.feedback
  return {
    title: line(`${WORDS[change]}: ${alert.title} (${alert.entity_name})`),
    severity: alert.severity,
    facts: [
      ['Who', line(alert.entity_name)],
      ['Severity', alert.severity],
      ['Risk', `${Math.round(alert.risk)} of 100`],
      ['Decision', alert.decision],
      ['First seen', moment(alert.first_seen)],
      ['Last seen', moment(alert.last_seen)],
      ['Events', String(alert.count)],
      ...(alert.techniques.length === 0
        ? []
        : [['ATT&CK', line(alert.techniques.join(', '))] as const]),
      ...(said === undefined ? [] : [['Verdict', line(`${said.verdict}, by ${said.by}`)] as const]),
      ...(alert.withdrawn === undefined ? [] : [['Why', line(alert.withdrawn.why)] as const]),
    ],
    reasons: alert.reasons.map(({ text }) => line(text)),
    link: site === null ? null : `${site}/alerts/${encodeURIComponent(alert.id)}`,
  }
}

/** What a message is about in one line. */
export function headlineOf({ notices: [first, ...others] }: Message, source: string): string {
  const { title } = tellingOf(first, source)
  return others.length === 0 ? title : `${others.length + 1} messages, the first: ${title}`
}

/** The text in one line without control and invisible characters, at most 500 of them. */
export function line(text: string): string {
  return cut(
    text
      .toWellFormed()
      .replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ')
      .trim(),
    500,
  )
}

/** At most `length` characters, with dots where something is missing. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text
  return `${text.slice(0, length - 3).toWellFormed()}...`
}

function moment(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
