import { summarise } from './summary.ts'

/** A part of an evaluation in words and one table, for a terminal, Markdown or a page alike. */
export interface Section {
  readonly title: string
  /** Sentences before the table. */
  readonly lines: readonly string[]
  /** The first row is the heading, the first column names the rows; empty: no table. */
  readonly table: readonly (readonly string[])[]
}

/** A share as per cent, never rounded up; `-` where it is unknown. */
export function percent(share: number | undefined, digits = 1): string {
  if (share === undefined || Number.isNaN(share)) return '-'
  const shown = (Math.floor(share * 100 * 10 ** digits + 1e-9) / 10 ** digits).toFixed(digits)
  return digits === 0 ? shown : shown.replace(/\.?0+$/, '')
}

/** A number with so many decimals; `-` where it is unknown. */
export function number(value: number | undefined, digits: number): string {
  return value === undefined || Number.isNaN(value) ? '-' : value.toFixed(digits)
}

/** A share that may be flagged, as it heads a column: `@0.3 %`. */
export function atRate(rate: number): string {
  return `@${Number((rate * 100).toPrecision(3))} %`
}

/**
 * A share in per cent: of one world with its interval in brackets where one is given; of several worlds their mean, in
 * brackets the worst of them and the standard deviation.
 */
export function shareCell(
  values: readonly (number | undefined)[],
  interval?: readonly [number, number],
): string {
  const { worlds, mean, sd, low } = summarise(values.map((one) => one ?? Number.NaN))
  if (worlds === 0) return '-'
  if (values.length > 1) return `${percent(mean)} (${percent(low)}, ${number(100 * sd, 1)})`
  return interval === undefined || Number.isNaN(interval[0])
    ? percent(mean)
    : `${percent(mean)} (${percent(interval[0])}-${percent(interval[1])})`
}

/** The mean over worlds of something; NaN where no world has it. */
export function meanOf<T>(from: readonly T[], read: (one: T) => number | undefined): number {
  return summarise(from.map((one) => read(one) ?? Number.NaN)).mean
}

/** Sections as text for a terminal, columns aligned. */
export function asText(sections: readonly Section[]): string {
  return sections
    .map(({ title, lines, table }) => [title, ...lines, ...aligned(table)].join('\n'))
    .join('\n\n')
}

/** Sections as Markdown, to be put into a document. */
export function asMarkdown(sections: readonly Section[]): string {
  const cell = (text: string) => text.replaceAll('|', '\\|')
  const row = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`
  return sections
    .map(({ title, lines, table: [head = [], ...rows] }) => {
      const rule = head.map((_, i) => (i === 0 ? '---' : '---:'))
      const table = head.length === 0 ? [] : [row(head), `|${rule.join('|')}|`, ...rows.map(row)]
      return [
        `### ${title.replace(/:$/, '')}`,
        '',
        ...lines.flatMap((line) => [line, '']),
        ...table,
      ].join('\n')
    })
    .join('\n\n')
    .concat('\n')
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>(
    (sofar, row) => row.map((cell, i) => Math.max(cell.length, sofar[i] ?? 0)),
    [],
  )
  return rows.map(
    (row) =>
      `  ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ')}`,
  )
}
