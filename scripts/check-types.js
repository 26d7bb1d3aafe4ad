import { join } from 'node:path'
import { root, runNode } from './workspace.js'

/** Each compiles alone, for the world it lives in; engine and simulator a second time with tests. */
const projects = [
  'packages/schema',
  'packages/engine',
  'packages/engine/tsconfig.test.json',
  'packages/simulator',
  'packages/simulator/tsconfig.test.json',
  'packages/server',
  'packages/web',
  'tsconfig.json',
]

/**
 * Type-checks every package, all of them even if one fails.
 * @returns {Promise<number>} 0 if all compile
 */
export async function checkTypes() {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  let failed = 0
  for (const project of projects) {
    const code = await runNode(tsc, ['--noEmit', '-p', project])
    if (code === 0) continue
    console.error(`Types: ${project} does not compile.`)
    failed = 1
  }
  return failed
}
