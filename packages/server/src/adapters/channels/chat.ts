import type { ChannelSettings } from '@gatewatch/schema'
import type { Message, Sent } from '../../ports/courier.ts'
import type { HostGuard } from './guard.ts'
import { post } from './post.ts'
import { cut, headlineOf, type Telling, tellingOf } from './telling.ts'

/** Notices of a digest that are told in full; of the others only how many there are. */
const MOST_IN_FULL = 10

/** Posts a message to an incoming webhook of Slack. */
export function sendSlack(
  guard: HostGuard,
  { url, ca }: Extract<ChannelSettings, { kind: 'slack' }>,
  message: Message,
  source: string,
): Promise<Sent> {
  const headers = { 'content-type': 'application/json' }
  return post(guard, { url, ca, headers, body: JSON.stringify(slackBody(message, source)) })
}

/**
 * A message in Slack's blocks. What others wrote stands in plain text alone, where neither links nor mentions work; in the line for
 * notifications it is escaped. At most 43 blocks, of 50 that Slack takes.
 */
export function slackBody(message: Message, source: string): object {
  const plain = (text: string, length: number) => ({
    type: 'plain_text',
    text: cut(text, length),
    emoji: false,
  })
  const told = message.notices.slice(0, MOST_IN_FULL).map((notice) => tellingOf(notice, source))
  const blocks = told.flatMap(({ title, facts, reasons, link }) => [
    { type: 'header', text: plain(title, 150) },
    ...(facts.length === 0
      ? []
      : [
          {
            type: 'section',
            fields: facts.slice(0, 10).map((fact) => plain(fact.join(': '), 300)),
          },
        ]),
    ...(reasons.length === 0
      ? []
      : [{ type: 'section', text: plain(reasons.map((reason) => `• ${reason}`).join('\n'), 900) }]),
    ...(link === null
      ? []
      : [
          {
            type: 'section',
            text: { type: 'mrkdwn', text: `<${escaped(link)}|Open in Gatewatch>` },
          },
        ]),
  ])
  const left = message.notices.length - told.length
  return {
    text: escaped(cut(headlineOf(message, source), 1_000)),
    unfurl_links: false,
    blocks:
      left === 0 ? blocks : [...blocks, { type: 'section', text: plain(`and ${left} more`, 100) }],
  }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** Posts a message to a workflow of Teams. */
export function sendTeams(
  guard: HostGuard,
  { url, ca }: Extract<ChannelSettings, { kind: 'teams' }>,
  message: Message,
  source: string,
): Promise<Sent> {
  const headers = { 'content-type': 'application/json' }
  return post(guard, { url, ca, headers, body: JSON.stringify(teamsBody(message, source)) })
}

/** A message as an adaptive card for Teams. What others wrote stands in text runs, which know no markdown. */
export function teamsBody(message: Message, source: string): object {
  const told = message.notices.slice(0, MOST_IN_FULL).map((notice) => tellingOf(notice, source))
  const left = message.notices.length - told.length
  const body = told.flatMap(cardOf)
  const [{ link }] = told as [Telling, ...Telling[]]
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: left === 0 ? body : [...body, run(`and ${left} more`)],
          ...(link === null || told.length > 1
            ? {}
            : { actions: [{ type: 'Action.OpenUrl', title: 'Open in Gatewatch', url: link }] }),
        },
      },
    ],
  }
}

function cardOf({ title, facts, reasons }: Telling): readonly object[] {
  return [
    run(title, { weight: 'bolder', size: 'medium' }),
    ...facts.map((fact) => run(fact.join(': '))),
    ...reasons.map((reason) => run(`• ${reason}`)),
  ]
}

function run(text: string, look: object = {}): object {
  return { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: cut(text, 300), ...look }] }
}
