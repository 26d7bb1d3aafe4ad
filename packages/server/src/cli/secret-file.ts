import { readFile, stat } from 'node:fs/promises'
import { parse } from 'yaml'
import { userError } from './exit-codes.ts'

/** What a YAML or JSON file that holds secrets says. Rejects where others may read it, or it is neither; messages quote nothing of it. */
export async function readSecretFile(path: string): Promise<unknown> {
  const content = await readFile(path, 'utf8').catch(() => {
    throw userError(`${path}: the file cannot be read`)
  })
  const { mode } = await stat(path)
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    throw userError(`${path}: others may read it, and it holds secrets; run chmod 600 ${path}`)
  try {
    return parse(content)
  } catch {
    // The parser's message may quote a line that holds a secret.
    throw userError(`${path}: neither YAML nor JSON`)
  }
}
