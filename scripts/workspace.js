// What every command needs first: the installed workspace and a Node that runs the sources.
// Plain JavaScript without dependencies, because it runs before anything is installed.
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findNode, run } from '../packages/server/bin/runtime.js'

/** The workspace's root folder, absolute. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/**
 * Installs what package-lock.json lists and node_modules lacks; returns at once if nothing is
 * missing. Ends the process with a message if npm fails.
 */
export async function ensureInstalled() {
  const missing = missingPackages()
  if (missing === 0) return
  // npm ci would delete the running Node, which Windows refuses: only a first install uses it.
  const first = !existsSync(join(root, 'node_modules'))
  console.log(
    first
      ? 'Installing dependencies: the first time takes a minute or two.'
      : `Installing what package-lock.json lists and node_modules lacks (${missing} packages).`,
  )
  const npm = findNpm()
  const args = [first ? 'ci' : 'install', '--loglevel=error']
  if (!first) args.push('--no-save')
  const code = await run(npm.program, [...npm.args, ...args], { cwd: root })
  if (code === 0 && missingPackages() === 0) return
  console.error(
    'npm could not install the dependencies. Look above for the reason, then try again.',
  )
  process.exit(code || 1)
}

/** How many packages of the lockfile are absent or of another version; optional ones may be absent. */
function missingPackages() {
  const wanted = lockedPackages(join(root, 'package-lock.json'))
  const present = lockedPackages(join(root, 'node_modules', '.package-lock.json'))
  let missing = 0
  for (const [path, entry] of Object.entries(wanted)) {
    if (!path.startsWith('node_modules/') && !path.includes('/node_modules/')) continue
    const found = present[path]
    if (found === undefined ? !entry.optional : found.version !== entry.version) missing++
  }
  return missing
}

/**
 * @param {string} path of a lockfile; one that is absent holds nothing
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function lockedPackages(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : {}
}

/** npm as a program of the Node it came with: `npm.cmd` cannot be started without a shell. */
function findNpm() {
  const own = process.env.npm_node_execpath ?? process.execPath
  const folder = dirname(own)
  const cli = [
    process.env.npm_execpath,
    join(folder, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(folder, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ].find((path) => path?.endsWith('.js') && existsSync(path))
  return cli === undefined ? { program: 'npm', args: [] } : { program: own, args: [cli] }
}

/** The Node that runs the sources, or the end of the process with a message. */
function requireNode() {
  const node = findNode()
  if (node !== undefined) return node
  console.error(
    `Gatewatch needs Node 22.18 or newer. This is ${process.versions.node}, and npm installs none ` +
      `for ${process.platform} ${process.arch}: get one from https://nodejs.org`,
  )
  return process.exit(1)
}

/**
 * Runs a file under the workspace's Node, which is also first on the PATH of what it starts.
 * @param {string} file relative to the root, or an option such as `--test`
 * @param {readonly string[]} args
 * @param {Record<string, string>} [extra] environment variables to add
 * @returns {Promise<number>} its exit code
 */
export function runNode(file, args, extra = {}) {
  const node = requireNode()
  const env = { ...process.env, ...extra }
  // Windows names it Path; two spellings in one environment would hide one another.
  const key = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH'
  env[key] = [dirname(node), env[key]].filter(Boolean).join(delimiter)
  return run(node, [file, ...args], { cwd: root, env })
}
