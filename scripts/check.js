// npm run check: types, lint and format, dead code, architecture. Says everything that is wrong,
// not only the first thing.
import { join } from 'node:path'
import { checkTypes } from './check-types.js'
import { ensureInstalled, root, runNode } from './workspace.js'

const module = (/** @type {string} */ path) => join(root, 'node_modules', path)

await ensureInstalled()
const codes = {
  types: await checkTypes(),
  style: await runNode(module('@biomejs/biome/bin/biome'), ['check', '--error-on-warnings']),
  'dead code': await runNode(module('knip/bin/knip.js'), []),
  architecture: await runNode(module('vitest/vitest.mjs'), [
    'run',
    'test/architecture.test.ts',
    'test/docstrings.test.ts',
  ]),
}
const failed = Object.entries(codes).flatMap(([name, code]) => (code === 0 ? [] : [name]))
console.log(failed.length === 0 ? 'All checks pass.' : `Failed: ${failed.join(', ')}.`)
process.exitCode = failed.length === 0 ? 0 : 1
