import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const main = join(import.meta.dirname, 'main.ts')
const run = promisify(execFile)

test('what is backed up from one data folder is restored into another, and into none that is in use', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gatewatch-backup-'))
  await chmod(folder, 0o755)
  const [file, from, into] = [join(folder, 'all.gz'), join(folder, 'from'), join(folder, 'into')]
  const gatewatch = async (dataDir: string, ...args: string[]) => {
    const whole = [main, ...args, '--data-dir', dataDir]
    const done = await run(process.execPath, whole).catch(
      (error: { stdout: string; stderr: string }) => error,
    )
    return `${done.stdout}${done.stderr}`
  }
  try {
    await gatewatch(from, 'keys', 'create', '--name', 'shop', '--role', 'ingest')
    expect(await gatewatch(from, 'backup', file)).toContain('0 alerts of 1 tenants')
    expect(await gatewatch(from, 'backup', file)).toContain('The file is there already')
    expect(await gatewatch(from, 'restore', file)).toContain('not empty')
    expect(await gatewatch(into, 'restore', file)).toContain('Restored 0 events')
    expect(await gatewatch(into, 'keys', 'list')).toContain('shop')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}, 120_000)
