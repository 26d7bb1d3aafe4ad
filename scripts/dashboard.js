import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { root, runNode } from './workspace.js'

const sources = [
  'packages/web/src',
  'packages/web/public',
  'packages/web/index.html',
  'packages/web/vite.config.ts',
  'packages/web/package.json',
  'packages/schema/src',
  'package-lock.json',
]
const built = join(root, 'packages/web/dist')
const stamp = join(built, 'sources.sha256')

/**
 * Builds the dashboard into packages/web/dist unless what is there was built from these very
 * sources (compared by content).
 * @returns {Promise<number>} 0, or the exit code of the failed build
 */
export async function ensureDashboard() {
  const now = fingerprint()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === now) return 0
  console.log('Building the dashboard.')
  const vite = join(root, 'node_modules/vite/bin/vite.js')
  const code = await runNode(vite, ['build', 'packages/web', '--logLevel', 'warn'], {
    // Also where a test run, whose NODE_ENV is another, is what builds it.
    NODE_ENV: 'production',
  })
  if (code === 0) writeFileSync(stamp, now)
  else console.error('The dashboard does not build: the reason stands above.')
  return code
}

function fingerprint() {
  const hash = createHash('sha256')
  for (const path of sources.flatMap((source) => filesIn(join(root, source)))) {
    hash.update(relative(root, path).split(sep).join('/')).update('\0')
    hash.update(readFileSync(path)).update('\0')
  }
  return hash.digest('hex')
}

/**
 * @param {string} path a file, a folder or nothing
 * @returns {string[]}
 */
function filesIn(path) {
  if (!existsSync(path)) return []
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesIn(join(path, name)))
}
