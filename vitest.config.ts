import { configDefaults, defineConfig } from 'vitest/config'
import { findTools } from './scripts/tools.js'

const tools = findTools().filter((tool) => tool.path !== undefined)
const hasBrowser = tools.some((tool) => tool.variable === 'CHROMIUM')

export default defineConfig({
  test: {
    include: ['packages/**/*.test.{ts,tsx}', 'test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(hasBrowser ? [] : ['test/browser/**'])],
    env: Object.fromEntries(tools.map((tool) => [tool.variable, tool.path])),
    // Two slow cores, a PostgreSQL per file: generous limits, few workers.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 90_000,
  },
})
