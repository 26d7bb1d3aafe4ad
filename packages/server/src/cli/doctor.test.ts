import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterEach, expect, test, vi } from 'vitest'
import { startTestRedis } from '../adapters/redis/test-redis.ts'
import { doctorCommand } from './doctor.ts'

const program = process.env.REDIS_SERVER
if (program === undefined) console.log('Left out: doctor --fix, as there is no redis-server')

afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = undefined
})

test.skipIf(program === undefined)(
  '--fix mends what needs no decision, and says what it did',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gatewatch-doctor-'))
    const redis = await startTestRedis(program ?? '')
    const client = new Redis(redis.url)
    await client.config('SET', 'appendfsync', 'no')
    client.disconnect()
    const dataDir = join(folder, 'data')
    const doctor = async (...args: readonly string[]) => {
      const printed: string[] = []
      vi.spyOn(console, 'log').mockImplementation((text) => void printed.push(String(text)))
      await doctorCommand()
        .exitOverride()
        .parseAsync(['--data-dir', dataDir, '--stream-url', redis.url, ...args], { from: 'user' })
      return printed.join('\n')
    }
    const found = await doctor()
    expect(found).toMatch(/warn {2}stream: Redis answers/)
    expect(existsSync(dataDir)).toBe(false)
    const mended = await doctor('--fix')
    expect(mended).toContain(`done  data folder: ${dataDir} is made.`)
    expect(mended).toMatch(/done {2}stream: Redis answers from now on/)
    expect(mended).toMatch(/ok {4}stream: Redis answers, and its disk has/)
    expect(existsSync(dataDir)).toBe(true)
    expect(await doctor('--fix')).not.toContain('done')
    await redis.stop()
    await rm(folder, { recursive: true })
  },
  90_000,
)
