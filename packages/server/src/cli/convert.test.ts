import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { ecs } from '../connectors/ecs/normalise.ts'
import { ocsf } from '../connectors/ocsf/normalise.ts'

const main = join(import.meta.dirname, 'main.ts')
const samples = join(import.meta.dirname, '../connectors/okta/samples')
const run = promisify(execFile)

test.each([
  ['ocsf', ocsf],
  ['ecs', ecs],
])(
  'gatewatch convert writes what it reads as %s, a line each, and says how much',
  async (to, connector) => {
    const { stdout, stderr } = await run(process.execPath, [main, 'convert', samples, '--to', to])
    const records: unknown[] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(records.length).toBeGreaterThan(2)
    for (const record of records) expect(connector.recognise(record)).toBeGreaterThan(0.5)
    expect(stderr).toContain(`${records.length} events written, 0 records left out, 0 refused`)
  },
)

test('gatewatch convert says what is wrong with a path', async () => {
  const error = await run(process.execPath, [main, 'convert', '/nowhere']).catch(
    (one: { code: number; stderr: string }) => one,
  )
  expect(error).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('/nowhere: there is no such file'),
  })
})
