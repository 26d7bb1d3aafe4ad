import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { version } from '../version.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))

it('says nothing where whoever reads its output has seen enough', async () => {
  const child = spawn(process.execPath, [main, 'serve', '--help'])
  child.stdout.destroy()
  const [errors, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  expect({ errors, code }).toEqual({ errors: '', code: 0 })
})

it('keeps what it compiled for the next command', () => {
  const said = execFileSync(process.execPath, [main, '--version'], { encoding: 'utf8' })
  expect(said).toContain(version)
  const kept = fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url))
  expect(readdirSync(kept, { recursive: true }).length).toBeGreaterThan(1)
})
