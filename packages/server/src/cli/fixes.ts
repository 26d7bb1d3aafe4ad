import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { mendStream } from '../app-stream.ts'
import type { Config } from '../config.ts'

/** Mends what needs nobody's decision; gives what was done, in words. What cannot be mended is left to the checks to tell. */
export async function* fixes(config: Config): AsyncGenerator<string> {
  const folder = resolve(config.dataDir)
  if (config.databaseUrl === undefined && !existsSync(folder)) {
    const made = await mkdir(folder, { recursive: true }).catch(() => null)
    if (made !== null) yield `data folder: ${folder} is made.`
  }
  const stream = await mendStream(config).catch(() => null)
  if (stream !== null) yield `stream: ${stream}`
}
