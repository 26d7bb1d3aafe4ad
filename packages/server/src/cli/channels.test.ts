import { spawn } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))

async function gatewatch(input: string, ...args: string[]) {
  const child = spawn(process.execPath, [main, 'channels', ...args])
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      printed += String(chunk)
    })
  }
  child.stdin.end(input)
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, printed }
}

test('channels are added, tested, switched off and removed from the command line', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'gatewatch-channels-'))
  await chmod(dataDir, 0o755)
  const signatures: unknown[] = []
  const receiver = createServer((request, response) => {
    signatures.push(request.headers['webhook-signature'])
    response.end()
  })
  await new Promise<void>((listening) => receiver.listen(0, '127.0.0.1', listening))
  try {
    const at = ['--data-dir', dataDir]
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`
    const settings = { kind: 'webhook', url }
    const added = await gatewatch(JSON.stringify({ name: 'desk', settings }), 'add', ...at)
    expect(added).toMatchObject({
      code: 0,
      printed: expect.stringMatching(/^[0-9a-f-]{36}\nwhsec_/),
    })
    const [id = ''] = added.printed.split('\n')
    const refused = await gatewatch('', 'test', id, ...at)
    expect(refused).toMatchObject({
      code: 1,
      printed: expect.stringContaining('GATEWATCH_ALLOW_HOSTS'),
    })
    const tested = await gatewatch('', 'test', id, ...at, '--allow-hosts', '127.0.0.1')
    expect(tested).toEqual({ code: 0, printed: 'The test message was delivered.\n' })
    expect(signatures).toEqual([expect.stringMatching(/^v1,/)])
    expect((await gatewatch('', 'disable', id, ...at)).code).toBe(0)
    expect((await gatewatch('', 'list', ...at)).printed).toMatch(/desk +webhook +off/)
    expect((await gatewatch('{"name": "x"}', 'add', ...at)).printed).toContain('settings')
    expect(await gatewatch('', 'remove', id, ...at)).toMatchObject({ code: 0 })
    expect(await gatewatch('', 'remove', id, ...at)).toMatchObject({ code: 1 })
  } finally {
    receiver.close()
    await rm(dataDir, { recursive: true, force: true })
  }
}, 240_000)
