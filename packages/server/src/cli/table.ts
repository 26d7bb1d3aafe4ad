/** Rows as aligned columns under a heading, for a terminal. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [heading, ...rows]
  const widths = heading.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** A moment (ms, UTC) as people read it; `never` for null. */
export function moment(time: number | null): string {
  if (time === null) return 'never'
  return new Date(time).toISOString().slice(0, 16).replace('T', ' ')
}
