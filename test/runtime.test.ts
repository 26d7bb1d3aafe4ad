import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { findNode, run, runsTypeScript } from '../packages/server/bin/runtime.js'

test.each([
  ['18.20.8', false],
  ['20.20.2', false],
  ['22.17.1', false],
  ['22.18.0', true],
  ['23.5.0', false],
  ['23.6.0', true],
  ['24.0.0', true],
  ['26.1.0', true],
])('Node %s runs TypeScript sources: %s', (version, runs) => {
  expect(runsTypeScript(version)).toBe(runs)
})

test('the Node that is found runs TypeScript sources', () => {
  const node = findNode()
  if (node === undefined) throw new Error('no Node was found')
  const version = execFileSync(node, ['--print', 'process.versions.node'], { encoding: 'utf8' })
  expect(runsTypeScript(version)).toBe(true)
})

test("a program's exit code is passed on", async () => {
  expect(await run(process.execPath, ['--eval', 'process.exit(7)'])).toBe(7)
})

test('a program that a signal ends counts as 128 and the number of the signal', async () => {
  expect(await run(process.execPath, ['--eval', 'process.kill(process.pid, "SIGTERM")'])).toBe(143)
})

test('a program that cannot be started is an error', async () => {
  await expect(run('/no/such/program', [])).rejects.toThrow('/no/such/program')
})
