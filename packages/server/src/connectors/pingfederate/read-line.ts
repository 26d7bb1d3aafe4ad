import type { Fields } from '../values/fields.ts'

const begin = /^(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d[.,]\d{3}(?: ?(?:Z|[+-]\d\d:?\d\d))?) ?\|/
/** The order of the default pattern; since 11.3 a transaction's number stands behind the tracking number. */
const names = [
  'event',
  'subject',
  'ip',
  'app',
  'connectionid',
  'protocol',
  'host',
  'role',
  'status',
  'adapterid',
  'description',
  'responsetime',
] as const
const events = /^(SSO|SLO|OAuth|STS|CREATE|[A-Z]{3,12}(_[A-Z]{2,12}){1,5})$/
const statuses = /^(success|failure|failed|inprogress|in_progress)$/i

/** Is it a line of PingFederate's audit log? */
export function isAuditLine(text: string): boolean {
  return readLine(text) !== undefined
}

/**
 * A line of audit.log in the default pattern, under the names of the documentation; undefined for any other text. A subject is what
 * somebody typed and may hold the bar that separates fields: the status is looked for from the end. Linear.
 */
export function readLine(text: string): Fields | undefined {
  const found = begin.exec(text)
  if (found === null) return undefined
  const cells = text
    .slice(found[0].length, found[0].length + 16_384)
    .split('|')
    .map((cell) => cell.trim())
  const first = cells.findIndex((cell, i) => i < 3 && events.test(cell))
  if (first < 1) return undefined
  const own = cells.slice(first)
  const status = own.findLastIndex((cell) => statuses.test(cell))
  const extra = status - names.indexOf('status')
  if (extra < 0) return undefined
  // Bars of the subject stand before the address, which is the server's own observation.
  const values = [own[0], own.slice(1, 2 + extra).join('|'), ...own.slice(2 + extra)]
  return {
    time: found[1],
    trackingid: cells[0],
    ...(first > 1 && { transactionid: cells[1] }),
    ...Object.fromEntries(names.map((name, i) => [name, values[i] ?? ''])),
  }
}
