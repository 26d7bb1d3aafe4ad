import type { AliasLookup } from '../../ports/lookup.ts'
import { watchedFile } from '../watched-file.ts'

/** What the operator says of aliases, following the file. */
export interface Aliases extends AliasLookup {
  /** Reads the file again now. */
  reload(): Promise<void>
  close(): void
}

/**
 * Aliases out of a CSV file: one identity a line, then its aliases, each a key of an entity, `user:` where it names no kind
 * (`ada@example.com,linux/ada,111122223333/ada`); `#` begins a comment. Without a file nothing is an alias. Rejects, naming file and
 * line, where an alias stands for two identities or for one that is an alias itself; a file that changes is read again, faults are told
 * to `onProblem` and the former content stays in use.
 */
export async function openAliases(
  path: string | undefined,
  onProblem: (problem: Error) => void,
): Promise<Aliases> {
  if (path === undefined) return { find: () => undefined, reload: async () => {}, close() {} }
  const file = await watchedFile(path, (content) => readAliases(path, content), onProblem)
  return {
    find: (key) => file.current().get(key),
    reload: () => file.reload(),
    close: () => file.close(),
  }
}

function readAliases(path: string, content: Buffer): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const identities = new Set<string>()
  const refuse = (line: number, why: string) => new Error(`${path}, line ${line}: ${why}`)
  for (const [index, text] of content.toString('utf8').split('\n').entries()) {
    const [identity, ...aliases] = text.replace(/#.*/, '').split(',').flatMap(keyOf)
    if (identity === undefined) continue
    identities.add(identity)
    for (const alias of aliases) {
      const other = found.get(alias)
      if (other !== undefined && other !== identity)
        throw refuse(
          index + 1,
          `"${alias}" is an alias of "${other}" already; one alias is one identity's`,
        )
      if (alias !== identity) found.set(alias, identity)
    }
    const chained = [identity, ...aliases].find((key) => found.has(key) && identities.has(key))
    if (chained !== undefined)
      throw refuse(index + 1, `"${chained}" is both an identity and an alias; name it once`)
  }
  return found
}

function keyOf(cell: string): readonly string[] {
  const key = cell.trim().toLowerCase()
  if (key === '') return []
  return [/^[a-z]+:/.test(key) ? key : `user:${key}`]
}
