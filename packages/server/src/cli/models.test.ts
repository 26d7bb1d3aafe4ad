import { spawn } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defaultModels, encodeModels } from '@gatewatch/engine'
import { expect, test } from 'vitest'
import { MAIN, withAccounts } from '../app-database.ts'
import { activate } from '../ports/model-log.contract.ts'
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

test('versions are listed, compared, rolled back, promoted and explained from the command line', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'gatewatch-models-'))
  await chmod(dataDir, 0o755)
  try {
    await withAccounts(configOf({ dataDir }), MAIN.tenant, async ({ storage, id }) => {
      for (const version of [4_000, 9_000]) {
        const body = encodeModels({ ...defaultModels, version })
        await activate(storage.modelLog, id, { version, body })
      }
    })
    const models = (...args: string[]) => gatewatch('models', ...args, '--data-dir', dataDir)
    const listed = await models('list')
    expect(listed.code).toBe(0)
    expect(listed.printed).toMatch(/9000 +active.*\n4000 +retired/)
    const compared = await models('compare', '4000')
    expect(compared.code).toBe(0)
    expect(compared.printed).toContain('Version 4000 beside version 9000')
    expect(compared.printed).toContain('pass  agreement: ')
    expect(await models('rollback')).toMatchObject({ code: 2 })
    const undone = await models('rollback', '--reason', 'too many challenges')
    expect(undone).toMatchObject({
      code: 0,
      printed: 'Version 9000 is refused; version 4000 is active again.\n',
    })
    const again = await models('promote', '9000', '--reason', 'it was the network')
    expect(again.code).toBe(0)
    expect(again.printed).toContain('Version 9000 is active, in place of version 4000.')
    const explained = await models('explain', '9000')
    expect(explained.printed).toContain('Version 9000: active, by the command line')
    expect(explained.printed).toMatch(
      /rolled_back by the command line: too many challenges\n.*promoted by the command line: it was the network/,
    )
    const drift = await models('drift')
    expect(drift.printed).toContain('Nothing that an operator should know of.')
    expect(await models('explain', '5')).toMatchObject({ code: 1 })
    expect(await models('explain', 'newest')).toMatchObject({ code: 2 })
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}, 240_000)
