// npm run faults: what a Gatewatch under load does while things go wrong. Arguments go to test/faults/faults.ts.
import { join } from 'node:path'
import { ensureInstalled, runNode } from './workspace.js'

await ensureInstalled()
process.exitCode = await runNode(join('test', 'faults', 'faults.ts'), process.argv.slice(2))
