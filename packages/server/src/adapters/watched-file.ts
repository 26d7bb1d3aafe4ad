import { unwatchFile, watchFile } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'

/** A file in memory that follows the file on disk. */
export interface WatchedFile<T> {
  /** What the file held when it was last read without fault. */
  current(): T
  /** How often it has been read without fault: what was worked out of a former version is out of date. */
  version(): number
  /** When that file was last changed, ms UTC. */
  changed(): number
  /** Reads the file again now; keeps what it held where the new content is faulty, and tells `onProblem`. */
  reload(): Promise<void>
  close(): void
}

/**
 * Reads a file and follows it, however it is replaced (looked at every `everyMs`, default 5,000). Rejects where the file
 * cannot be read at first; a later fault goes to `onProblem`, and the old content stays in use.
 */
export async function watchedFile<T>(
  path: string,
  parse: (content: Buffer) => T,
  onProblem: (problem: Error) => void,
  everyMs = 5_000,
): Promise<WatchedFile<T>> {
  let { value, changed } = await load()
  let version = 1
  const look = (now: { mtimeMs: number }, before: { mtimeMs: number }) => {
    if (now.mtimeMs !== 0 && now.mtimeMs !== before.mtimeMs) void reload()
  }
  watchFile(path, { interval: everyMs, persistent: false }, look)

  async function load(): Promise<{ value: T; changed: number }> {
    const [content, { mtimeMs }] = await Promise.all([readFile(path), stat(path)])
    return { value: parse(content), changed: mtimeMs }
  }
  async function reload(): Promise<void> {
    try {
      ;({ value, changed } = await load())
      version++
    } catch (error) {
      onProblem(new Error(`${path}: ${String(error)}; the former content stays in use`))
    }
  }
  return {
    current: () => value,
    version: () => version,
    changed: () => changed,
    reload,
    close: () => unwatchFile(path, look),
  }
}
