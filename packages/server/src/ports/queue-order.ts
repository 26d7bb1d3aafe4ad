import { type QueueSort, SEVERITIES, type Severity } from '@gatewatch/schema'

/** More than any time in ms, so that a severity outweighs it. */
const GRAVER = 10_000_000_000_000

/** The number that alerts and incidents are sorted by, descending: cursors hold it as their time. */
export function queuePlace(
  { severity, last_seen }: { readonly severity: Severity; readonly last_seen: number },
  sort: QueueSort,
): number {
  if (sort === 'oldest') return -last_seen
  return sort === 'severity' ? SEVERITIES.indexOf(severity) * GRAVER + last_seen : last_seen
}

/** The same of a row of a table with the columns `severity` and `last_seen`. */
export function queuePlaceSql(sort: QueueSort): string {
  if (sort === 'oldest') return '-last_seen'
  const order = SEVERITIES.map((severity) => `'${severity}'`).join(', ')
  return sort === 'severity'
    ? `(array_position(array[${order}], severity) - 1) * ${GRAVER}::int8 + last_seen`
    : 'last_seen'
}

/** Whether what is said of an alert or incident holds this text somewhere, without regard to case. */
export function holdsText(summary: object, search: string): boolean {
  return JSON.stringify(summary).toLowerCase().includes(jsonText(search).toLowerCase())
}

/** A text as it stands within JSON. */
export function jsonText(search: string): string {
  return JSON.stringify(search).slice(1, -1)
}
