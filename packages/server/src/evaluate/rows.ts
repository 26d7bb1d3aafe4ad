import type { SignInRow } from './trial.ts'

/** Was this sign-in an attack? */
export function isHostile({ truth }: Pick<SignInRow, 'truth'>): boolean {
  return truth.label !== 'benign'
}

/** How many rows have each name. */
export function countBy<T>(rows: readonly T[], name: (row: T) => string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const row of rows) counts[name(row)] = (counts[name(row)] ?? 0) + 1
  return counts
}

/** A small integer for each name, the same for the same. */
export function numbered(names: readonly string[]): Uint32Array {
  const known = new Map<string, number>()
  return Uint32Array.from(names, (name) => {
    const index = known.get(name) ?? known.size
    known.set(name, index)
    return index
  })
}
