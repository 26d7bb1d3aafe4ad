// npm run build: the type check of every package, then the dashboard.
import { checkTypes } from './check-types.js'
import { ensureDashboard } from './dashboard.js'
import { ensureInstalled } from './workspace.js'

await ensureInstalled()
process.exitCode = (await checkTypes()) || (await ensureDashboard())
