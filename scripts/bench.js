// npm run bench: runs each bench/*.bench.ts in a process of its own, or only those whose name
// contains one of the arguments.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ensureInstalled, root, runNode } from './workspace.js'

const wanted = process.argv.slice(2)
const files = readdirSync(join(root, 'bench'))
  .filter((name) => name.endsWith('.bench.ts'))
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)))
  .sort()
if (files.length === 0) {
  console.error(`No bench/*.bench.ts matches ${wanted.join(' ')}.`)
  process.exitCode = 1
}

await ensureInstalled()
for (const file of files) {
  console.log(`\nbench/${file}`)
  const code = await runNode(join('bench', file), [])
  if (code !== 0) process.exitCode = code
}
