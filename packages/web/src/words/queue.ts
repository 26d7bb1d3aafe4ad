import type { QueueSort } from '@gatewatch/schema'

/** Queues: going through alerts and incidents. */
export const queue = {
  triage: 'What to do with what is chosen',
  chosen: (count: number) => (count === 0 ? 'None chosen' : `${count} chosen`),
  select: (name: string) => `Select ${name}`,
  assign: 'I work on it',
  search: 'Search in title, names, reasons',
  sort: 'Order',
  sorts: {
    newest: 'Newest',
    oldest: 'Oldest',
    severity: 'Gravest',
  } satisfies Record<QueueSort, string>,
  export: { csv: 'Export CSV', json: 'Export JSON' },
  help: 'What the keys do',
  close: 'Close',
  keys: [
    ['j', 'next row'],
    ['k', 'row before'],
    ['o', 'open it (Enter does too)'],
    ['x', 'take it into the selection, or out of it'],
    ['c', 'verdict: compromised'],
    ['s', 'verdict: safe'],
    ['d', 'verdict: dismissed'],
    ['Enter', 'confirm the verdict that is asked for'],
    ['Esc', 'take back the question, then the selection'],
    ['a', 'I work on it'],
    ['/', 'go to the search'],
    ['?', 'show these keys'],
  ] as const,
}
