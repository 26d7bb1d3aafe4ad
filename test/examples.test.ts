import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MODEL_CARDS } from '../packages/engine/src/lab/index.ts'
import { memoryStorage } from '../packages/server/src/adapters/memory/memory.ts'
import { createVault } from '../packages/server/src/adapters/vault.ts'
import { type Assembled, assemble } from '../packages/server/src/app.ts'
import { createLog } from '../packages/server/src/app-database.ts'
import { createIntake, openLookups } from '../packages/server/src/app-intake.ts'
import { readConfig } from '../packages/server/src/config.ts'

const examples = fileURLToPath(new URL('../examples/', import.meta.url))
const config = readConfig({}, {})
const log = createLog('error')

let assembled: Assembled
let environment: Record<string, string>

beforeAll(async () => {
  const storage = memoryStorage(Date.now)
  const intake = createIntake(await openLookups(config, log))
  assembled = await assemble(
    config,
    { storage, ping: async () => Date.now(), vault: createVault(Buffer.alloc(32)) },
    intake,
    log,
    null,
  )
  const { id } = await storage.accounts.ensureTenant('main', false)
  const { secret } = await storage.accounts.createKey(id, 'examples', 'admin')
  const url = await assembled.api.listen({ host: '127.0.0.1', port: 0 })
  environment = { GATEWATCH_URL: url, GATEWATCH_KEY: secret }
})
afterAll(() => assembled?.close())

describe('the examples', () => {
  test('the TypeScript client asks for a verdict', async () => {
    const { code, printed } = await run(process.execPath, [join(examples, 'client.ts')])
    expect(code, printed).toBe(0)
    expect(printed).toMatch(/^(allow|challenge|deny), risk [\d.]+\n/)
  })

  test('the lab as a library fits every model and tells how well it does', async () => {
    const { code, printed } = await run(process.execPath, [join(examples, 'lab.ts')])
    expect(code, printed).toBe(0)
    for (const { title } of Object.values(MODEL_CARDS)) expect(printed).toContain(title)
    const told = [...printed.matchAll(/AUC (0\.\d+)/g)].map(([, auc]) => Number(auc))
    expect(told).toHaveLength(7)
    for (const auc of told) expect(auc).toBeGreaterThan(0.5)
    const [, loss, chance] = printed.match(/([\d.]+) nats a token, ([\d.]+)/) ?? []
    expect(Number(loss)).toBeLessThan(Number(chance))
  }, 120_000)

  test('the tour with curl goes through', async (context) => {
    const tools = await run('sh', ['-c', 'command -v curl && command -v gzip'])
    if (tools.code !== 0) context.skip('sh, curl or gzip is absent')
    const { code, printed } = await run('sh', [join(examples, 'tour.sh')])
    expect(code, printed).toBe(0)
    expect(printed).toContain('"accepted":2')
    expect(printed).toContain('"prediction":"Normal"')
  })

  test('the notebook runs from top to bottom', async (context) => {
    if ((await run('python3', ['--version'])).code !== 0) context.skip('python3 is absent')
    const notebook: { cells: { cell_type: string; source: string[] }[] } = JSON.parse(
      readFileSync(join(examples, 'gatewatch.ipynb'), 'utf8'),
    )
    const code = notebook.cells.filter((cell) => cell.cell_type === 'code')
    const program = code.map((cell) => cell.source.join('')).join('\n\n')
    const ran = await run('python3', ['-c', program])
    expect(ran.code, ran.printed).toBe(0)
    expect(ran.printed).toMatch(/(allow|challenge|deny) risk/)
    expect(ran.printed).toMatch(/^(Normal|Anomaly) 0\.\d+/m)
  })
})

/** Runs a program with the address and key of the server under test. */
function run(program: string, args: string[]): Promise<{ code: number | null; printed: string }> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env: { ...process.env, ...environment } })
    let printed = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        printed += String(chunk)
      })
    }
    child.on('error', () => resolve({ code: 127, printed: `${program} is absent` }))
    child.on('close', (code) => resolve({ code, printed }))
  })
}
