import { type ChildProcess, spawn } from 'node:child_process'
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Health, SessionInfo } from '@gatewatch/schema'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))

/** A command of ours as a process of its own, with what it has printed. */
interface Running {
  readonly child: ChildProcess
  readonly printed: () => string
  readonly ended: Promise<number | null>
}

let dataDir: string
const running: Running[] = []

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'gatewatch-serve-'))
  await chmod(dataDir, 0o755)
})
afterEach(async () => {
  for (const { child } of running) child.kill('SIGTERM')
  await Promise.all(running.splice(0).map(({ ended }) => ended))
  await rm(dataDir, { recursive: true, force: true })
})

function gatewatch(...args: string[]): Running {
  const child = spawn(process.execPath, [main, ...args, '--data-dir', dataDir], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      text += String(chunk)
    })
  }
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve))
  const one = { child, printed: () => text, ended }
  running.push(one)
  return one
}

async function address(server: Running): Promise<{ url: string; link: string }> {
  await expect.poll(server.printed, { timeout: 60_000 }).toContain('/signin?token=')
  const link = /http:\S+signin\?token=\S+/.exec(server.printed())?.[0] ?? ''
  return { link, url: new URL(link).origin }
}

async function run(...args: string[]): Promise<{ code: number | null; printed: string }> {
  const one = gatewatch(...args)
  const code = await one.ended
  return { code, printed: one.printed() }
}

describe('gatewatch serve', () => {
  it('starts, signs its administrator in once, keeps everything over a restart, and tells a second start where it is', async () => {
    const first = gatewatch('serve', '--port', '0')
    const { url, link } = await address(first)

    const signedIn = await fetch(link, { redirect: 'manual' })
    expect(signedIn.status).toBe(302)
    const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? ''
    const me = await fetch(`${url}/v1/session`, { headers: { cookie } })
    expect(SessionInfo.parse(await me.json())).toMatchObject({ user: 'admin', role: 'admin' })
    expect((await fetch(link, { redirect: 'manual' })).status).toBe(401)

    const second = await run('serve', '--port', '0')
    expect(second.code).toBe(3)
    expect(second.printed).toContain(url)

    const created = await run('keys', 'create', '--name', 'test', '--role', 'admin')
    const key = /gw_\S+/.exec(created.printed)?.[0] ?? ''
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const event = { uid: 'kept-1', actor: { name: 'ada@example.com' } }
    const body = JSON.stringify([event])
    const sent = await fetch(`${url}/v1/events`, { method: 'POST', headers, body })
    expect(await sent.json()).toMatchObject({ accepted: 1 })

    first.child.kill('SIGINT')
    expect(await first.ended).toBe(0)

    const third = gatewatch('serve', '--port', '0')
    const again = await address(third)
    const kept = await fetch(`${again.url}/v1/events/kept-1`, { headers })
    expect(await kept.json()).toMatchObject({ event: { uid: 'kept-1' } })
    expect(again.link).not.toBe(link)
    const link2 = await run('users', 'link', 'admin')
    expect(link2.printed.trim()).toMatch(/^http:\S+\/signin\?token=gw_\S+$/)
  }, 120_000)

  it('takes the next free port, and says so', async () => {
    const { server, port } = await occupied()
    try {
      const { url } = await address(gatewatch('serve', '--port', String(port)))
      expect(Number(new URL(url).port)).toBeGreaterThan(port)
      expect(Health.parse(await (await fetch(`${url}/health`)).json()).status).toBe('healthy')
      expect(running.at(-1)?.printed()).toContain(`Port ${port} is taken`)
    } finally {
      server.close()
    }
  }, 120_000)

  it('says what is wrong with the configuration, and ends with code 2', async () => {
    const { code, printed } = await run('serve', '--port', 'many')
    expect(code).toBe(2)
    expect(printed).toContain('GATEWATCH_PORT')
  })
})

describe('gatewatch doctor', () => {
  it('looks at everything and makes nothing', async () => {
    const { code, printed } = await run('doctor', '--port', '0')
    expect(code, printed).toBe(0)
    for (const name of ['Node', 'disk', 'fsync', 'database', 'port'])
      expect(printed).toContain(name)
    expect(await readdir(dataDir)).toEqual([])
  })
})

function occupied(): Promise<{ server: Server; port: number }> {
  const server = createServer()
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const at = server.address()
      resolve({ server, port: typeof at === 'object' && at !== null ? at.port : 0 })
    })
  })
}
