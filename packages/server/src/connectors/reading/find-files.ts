import { readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'

const readable =
  /(\.(json|jsonl|ndjson|csv|tsv|log|txt|xml)(\.\d+)?|\/(secure|messages|syslog)(-\d+)?|\/\d{4}(-\d\d){5}-[0-9A-F]{16})(\.gz)?$/i

/** Files to read, how large they are on disk (bytes; 0 for standard input), and when they were last written (ms UTC). */
export interface FoundFile {
  readonly path: string
  readonly size: number
  readonly written?: number
}

/**
 * The files that paths stand for: a file for itself, `-` for standard input, a folder for the logs in it and below (by
 * ending: .json, .jsonl, .ndjson, .csv, .tsv, .log, .txt, .xml, each also .gz; files of syslog and of S3's access logs by their names), in order of their names. A file that is named twice
 * is read once. `passed` are the files of folders that have other endings. Rejects with a message for a path that does
 * not exist and a folder without logs.
 */
export async function findFiles(
  paths: readonly string[],
): Promise<{ files: FoundFile[]; passed: string[] }> {
  const files: FoundFile[] = []
  const passed: string[] = []
  const seen = new Set<string>()

  async function add(path: string): Promise<void> {
    const real = await realpath(path)
    if (seen.has(real)) return
    seen.add(real)
    const { size, mtimeMs } = await stat(real)
    files.push({ path, size, written: mtimeMs })
  }
  for (const path of paths) {
    if (path === '-') {
      files.push({ path, size: 0 })
      continue
    }
    const about = await stat(path).catch(() => null)
    if (about === null) throw new Error(`${path}: there is no such file or folder`)
    if (!about.isDirectory()) {
      await add(path)
      continue
    }
    const before = files.length
    for (const entry of await below(path)) {
      if (readable.test(entry)) await add(entry)
      else passed.push(entry)
    }
    if (files.length === before)
      throw new Error(
        `${path}: there are no logs in this folder (.json, .ndjson, .csv, .log, .txt, also .gz)`,
      )
  }
  return { files, passed }
}

async function below(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const found: string[] = []
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) found.push(...(await below(path)))
    else if (entry.isFile()) found.push(path)
  }
  return found
}
