import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Who runs on a data directory. `url` null: it is still starting. */
export interface Running {
  readonly pid: number
  readonly url: string | null
  readonly tenant: string
  /** ms since 1970, UTC. */
  readonly started: number
}

/** A data directory held by this process. */
export interface Claimed {
  /** Tells others where this process listens. */
  announce(url: string): Promise<void>
  release(): Promise<void>
}

const file = 'running.json'
const startingMs = 600_000

/** Who runs on the data directory; null where nobody does, or whoever did is gone. */
export async function whoRuns(dataDir: string): Promise<Running | null> {
  const text = await readFile(join(dataDir, file), 'utf8').catch(() => null)
  const running = text === null ? null : parse(text)
  if (running === null || !isAlive(running.pid)) return null
  return (await answers(running)) ? running : null
}

/**
 * Takes the data directory (made where missing) for this process, or says who has it. What a killed process left is
 * taken over.
 */
export async function claimDataDir(
  dataDir: string,
  tenant: string,
): Promise<{ claimed: Claimed } | { taken: Running }> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const path = join(dataDir, file)
  const draft = `${path}.${process.pid}`
  const mine: Running = { pid: process.pid, url: null, tenant, started: Date.now() }
  await writeFile(draft, JSON.stringify(mine), { mode: 0o600 })
  try {
    // A hard link appears at once and whole, or not at all where there is one already.
    while (!(await linked(draft, path))) {
      const taken = await whoRuns(dataDir)
      if (taken !== null) return { taken }
      await rm(path, { force: true })
    }
  } finally {
    await rm(draft, { force: true })
  }
  return {
    claimed: {
      announce: (url) => writeFile(path, JSON.stringify({ ...mine, url })),
      release: () => rm(path, { force: true }),
    },
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

function parse(text: string): Running | null {
  try {
    const { pid, url, tenant, started } = JSON.parse(text)
    if (!Number.isInteger(pid) || typeof tenant !== 'string') return null
    return { pid, url: typeof url === 'string' ? url : null, tenant, started: Number(started) }
  } catch {
    return null
  }
}

/** In a container every start has the same process number, so one's own means an earlier life. */
function isAlive(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** After a reboot another program may have the process number; then nobody listens at the address. */
async function answers({ url, started }: Running): Promise<boolean> {
  if (url === null) return Date.now() - started < startingMs
  try {
    await fetch(new URL('/livez', url), { signal: AbortSignal.timeout(5_000) })
    return true
  } catch (error) {
    return error instanceof Error && error.name === 'TimeoutError'
  }
}
