import { stripVTControlCharacters } from 'node:util'
import type { Reason } from '@gatewatch/schema'
import type { Strange, Summary } from './score-summary.ts'

const shownReasons = 4

/** The summary of a run as text for a terminal: totals, what was unreadable, the strangest events with their reasons. */
export function summaryText(summary: Summary): string {
  return [...totals(summary), ...strangest(summary)].join('\n')
}

function totals(summary: Summary): string[] {
  const { events, duplicates, revisions, identities, decisions, unreadable, skipped } = summary
  const lines = [
    `${several(events, 'event')} of ${several(identities, 'identity')}${events === 0 ? '' : `, ${day(summary.from)} to ${day(summary.to)}`}`,
    `  ${[...summary.kinds].map(([kind, count]) => `${kind} ${number(count)}`).join(', ')}`,
    `  allow ${number(decisions.allow)}, challenge ${number(decisions.challenge)}, deny ${number(decisions.deny)}; alerts ${number(summary.alerts)}`,
    `  duplicates left out ${number(duplicates)}, amended ${number(revisions)}, records that are no events ${number(sum(skipped))}, unreadable ${number(sum(unreadable))}`,
  ]
  for (const [reason, count] of skipped.slice(0, 5))
    lines.push(`    left out ${number(count)}: ${printable(reason)}`)
  for (const [reason, count] of unreadable.slice(0, 8)) {
    lines.push(`    unreadable ${number(count)}: ${printable(reason)}`)
  }
  const young = summary.notAssessed.slice(0, 6).map(([code, count]) => `${code} ${number(count)}`)
  if (young.length > 0) lines.push(`  not assessed: ${young.join(', ')}`)
  return lines.filter((line) => line.trim() !== '')
}

function strangest({ strangest: found }: Summary): string[] {
  if (found.length === 0) return []
  return [
    '',
    found.length === 1 ? 'The strangest event' : `The ${found.length} strangest events`,
    ...found.flatMap(eventLines),
  ]
}

function eventLines({ verdict, input }: Strange): string[] {
  const { event, context } = input
  const where = [event.src.ip ?? event.src.ip_raw, context.place?.city, context.place?.country]
  const head = [
    `risk ${verdict.risk.toFixed(0).padStart(3)}`,
    verdict.decision.padEnd(9),
    moment(verdict.time),
    printable(verdict.entity_name),
    printable(verdict.activity),
    verdict.outcome,
    where
      .filter((part) => part !== undefined)
      .map(printable)
      .join(' '),
  ]
  return [`  ${head.join('  ').trimEnd()}`, ...strongest(verdict.reasons).map(reasonLine)]
}

/** The reasons that count most, in order of their weight. */
export function strongest(reasons: readonly Reason[], most = shownReasons): readonly Reason[] {
  return [...reasons].sort((a, b) => Math.abs(b.points) - Math.abs(a.points)).slice(0, most)
}

function reasonLine({ points, text }: Reason): string {
  return `      ${points < 0 ? '-' : '+'}${Math.abs(points).toFixed(1).padStart(4)}  ${printable(text)}`
}

/** Nothing that a log holds may steer the terminal. */
function printable(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\p{Cc}/gu, ' ')
    .slice(0, 200)
}

function sum(counts: readonly (readonly [string, number])[]): number {
  return counts.reduce((total, [, count]) => total + count, 0)
}

function several(count: number, word: 'event' | 'identity'): string {
  const plural = word === 'event' ? 'events' : 'identities'
  return `${number(count)} ${count === 1 ? word : plural}`
}

function number(value: number): string {
  return value.toLocaleString('en-US')
}

function moment(time: number): string {
  return new Date(time).toISOString().slice(0, 16).replace('T', ' ')
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}
