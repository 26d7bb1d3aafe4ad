// npm test: installs what is missing, says what this computer lacks and what that leaves out, and
// runs every test there is. With CI=true nothing may be left out. Arguments go to Vitest.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureDashboard } from './dashboard.js'
import { findTools } from './tools.js'
import { ensureInstalled, root, runNode } from './workspace.js'

await ensureInstalled()
const tools = findTools()
const absent = tools.filter((tool) => tool.path === undefined)
for (const tool of absent) {
  console.log(
    `${tool.name} is absent: left out are ${tool.leftOut}. ` +
      `To run them: ${tool.install}, or set ${tool.variable} to where it is.`,
  )
}

if (process.env.CI === 'true' && absent.length > 0) {
  console.error('CI=true: a run that leaves tests out is a failed run.')
  process.exitCode = 1
} else {
  process.exitCode = await runTests(await ensureDashboard())
}

/**
 * @param {number} built exit code of the dashboard's build: a failed one is a failure of the run
 * @returns {Promise<number>}
 */
async function runTests(built) {
  const folder = mkdtempSync(join(tmpdir(), 'gatewatch-test-'))
  const report = join(folder, 'report.json')
  try {
    const code = await runNode(join(root, 'node_modules/vitest/vitest.mjs'), [
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...process.argv.slice(2),
    ])
    return printTotals(JSON.parse(readFileSync(report, 'utf8')), built || code)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * Prints `N passed, N failed` on a line of its own. A file that fails before its tests run counts
 * as one failure, and so does a run that fails for another reason.
 * @param {{ numPassedTests: number, numFailedTests: number, numPendingTests: number,
 *   testResults: { status: string, assertionResults: { status: string }[] }[] }} report
 * @param {number} code not 0 where the build or Vitest failed
 * @returns {number} 0 if everything passed
 */
function printTotals(report, code) {
  const broken = report.testResults.filter(
    (file) =>
      file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
  )
  const failures = report.numFailedTests + broken.length
  const failed = failures === 0 && code !== 0 ? 1 : failures
  if (report.numPendingTests > 0) console.log(`${report.numPendingTests} skipped`)
  console.log(`${report.numPassedTests} passed, ${failed} failed`)
  return failed === 0 ? 0 : code || 1
}
