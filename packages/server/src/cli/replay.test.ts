import { spawn } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { MAIN, withAccounts } from '../app-database.ts'
import { attackedHistory } from '../pipeline/history.contract.ts'
import { createPipeline } from '../pipeline/pipeline.ts'
import { NOON } from '../ports/samples.contract.ts'
import { configOf } from './configuration.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))

async function gatewatch(...args: string[]): Promise<{ code: number | null; printed: string }> {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      printed += String(chunk)
    })
  }
  const code = await new Promise<number | null>((resolve) => child.on('exit', resolve))
  return { code, printed }
}

test('an alert is judged again from the command line, and its identity erased', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'gatewatch-replay-'))
  await chmod(dataDir, 0o755)
  try {
    const [id, entity] = await withAccounts(configOf({ dataDir }), MAIN.tenant, async (at) => {
      const pipeline = createPipeline({ ...at.storage, clock: () => NOON })
      await pipeline.publish(at.id, attackedHistory())
      await pipeline.close()
      const { alerts } = await at.storage.reader.alerts(at.id, { limit: 10 })
      return [alerts[0]?.id ?? '', alerts[0]?.entity ?? '']
    })
    const replayed = await gatewatch('replay', id, '--data-dir', dataDir)
    expect(replayed).toMatchObject({ code: 0 })
    expect(replayed.printed).toContain('Equal to the bit.')
    const asked = await gatewatch('erase', entity, '--data-dir', dataDir)
    expect(asked).toMatchObject({ code: 2 })
    const erased = await gatewatch('erase', entity, '--yes', '--data-dir', dataDir)
    expect(erased).toMatchObject({ code: 0 })
    expect(erased.printed).toContain('65 events')
    const again = await gatewatch('replay', id, '--data-dir', dataDir)
    expect(again).toMatchObject({ code: 1 })
    expect(again.printed).toContain('There is no alert')
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}, 120_000)
