import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const main = join(import.meta.dirname, 'main.ts')
const run = promisify(execFile)

test('the policy is previewed, changed with a reason, shown and rolled back from the command line', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gatewatch-tuning-'))
  // PostgreSQL does not run as root, and its user must be able to enter.
  await chmod(folder, 0o755)
  const dataDir = join(folder, 'data')
  const tuning = async (...args: string[]) => {
    const done = await run(process.execPath, [
      main,
      'tuning',
      ...args,
      '--data-dir',
      dataDir,
    ]).catch((error: { stdout: string; stderr: string }) => error)
    return `${done.stdout}${done.stderr}`
  }
  try {
    const file = join(folder, 'policy.json')
    await writeFile(file, '{"challenge_at": 70, "deny_at": 99, "alert_at": 80}')
    expect(await tuning('policy', file)).toContain('--why')
    const previewed = await tuning('policy', file, '--why', 'fewer', '--preview')
    expect(previewed).toContain('Alerts told: 0 as things are, 0 with the change')
    expect(previewed).toContain('Exact on stored scores')
    expect(await tuning('policy', file, '--why', 'fewer')).toContain('Version 1: policy: challenge')
    const rule = ['suppress', '--rule', 'impossible_travel', '--days', '9', '--why', 'a VPN']
    expect(await tuning(...rule)).toContain('Version 2: suppressed alerts of impossible_travel')
    const shown = await tuning('show')
    expect(shown).toContain('challenge from risk 70')
    expect(shown).toMatch(/alerts of impossible_travel +the command line +a VPN/)
    expect(await tuning('roll-back', '0', '--why', 'enough')).toContain('Version 3')
    expect(await tuning('history')).toMatch(/1 +\S+ \S+ +the command line +policy.* fewer/)
    expect(await tuning('suppress', '--days', '9', '--why', 'x')).toContain('say what to hide')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}, 240_000)
