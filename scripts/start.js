// npm start: from a fresh clone to a running Gatewatch. Arguments go to `gatewatch serve`;
// the demo organisation plays unless --no-demo is among them.
import { ensureDashboard } from './dashboard.js'
import { ensureInstalled, runNode } from './workspace.js'

const args = process.argv.slice(2)
const rest = args.filter((arg) => arg !== '--demo' && arg !== '--no-demo')
if (!args.includes('--no-demo')) rest.unshift('--demo')

await ensureInstalled()
process.exitCode =
  (await ensureDashboard()) ||
  (await runNode('packages/server/src/cli/main.ts', ['serve', ...rest]))
