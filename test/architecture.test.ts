import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { findBreaches, type Room } from './floors.ts'
import { readSources } from './modules.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const server = 'packages/server/src'
const web = 'packages/web/src'
const webFeatures = [
  'alerts',
  'detections',
  'entities',
  'explore',
  'live',
  'overview',
  'quality',
  'queue',
  'session',
  'try',
]

/** The house, from the ground up. The first line that fits a file says where it lives. */
const rooms: readonly Room[] = [
  { name: 'schema', at: 'packages/schema/src/', knows: [], libraries: ['zod'], node: 'none' },
  {
    name: 'engine',
    at: 'packages/engine/src/',
    knows: ['schema'],
    libraries: [],
    node: 'none',
    clock: 'arguments',
  },
  // Two families of worlds, written apart: all that they share is the dice, the truth and the types of a world.
  { name: 'dice', at: 'packages/simulator/src/random', knows: [], libraries: [], node: 'none' },
  {
    name: 'truth',
    at: 'packages/simulator/src/truth.ts',
    knows: [],
    knowsTypes: ['schema'],
    libraries: [],
    node: 'none',
  },
  {
    name: 'crews',
    at: 'packages/simulator/src/crews/',
    knows: ['dice', 'truth'],
    knowsTypes: ['schema', 'simulator'],
    libraries: [],
    node: 'none',
    clock: 'arguments',
  },
  {
    name: 'simulator',
    at: 'packages/simulator/src/',
    knows: ['dice', 'truth', 'crews'],
    knowsTypes: ['schema'],
    libraries: [],
    node: 'none',
    clock: 'arguments',
  },
  {
    name: 'ports',
    at: `${server}/ports/`,
    knows: ['schema', 'engine', 'foundation'],
    libraries: [],
  },
  {
    name: 'adapters',
    at: `${server}/adapters/`,
    knows: ['schema', 'engine', 'ports', 'foundation'],
  },
  { name: 'connectors', at: `${server}/connectors/`, knows: ['schema', 'ports', 'foundation'] },
  {
    name: 'pipeline',
    at: `${server}/pipeline/`,
    knows: ['schema', 'engine', 'ports', 'foundation'],
  },
  {
    name: 'api',
    at: `${server}/api/`,
    knows: ['schema', 'engine', 'ports', 'connectors', 'pipeline', 'foundation'],
  },
  {
    name: 'demo',
    at: `${server}/demo/`,
    knows: ['schema', 'engine', 'simulator', 'ports', 'pipeline', 'foundation'],
  },
  {
    name: 'evaluate',
    at: `${server}/evaluate/`,
    knows: ['schema', 'engine', 'simulator', 'ports', 'connectors', 'pipeline', 'foundation'],
  },
  {
    name: 'cli',
    at: `${server}/cli/`,
    knows: [
      'schema',
      'engine',
      'simulator',
      'ports',
      'adapters',
      'connectors',
      'pipeline',
      'demo',
      'evaluate',
      'foundation',
      'roof',
    ],
  },
  {
    // app.ts and, beside it, app-database.ts and app-intake.ts
    name: 'roof',
    at: `${server}/app`,
    knows: [
      'schema',
      'engine',
      'simulator',
      'ports',
      'adapters',
      'connectors',
      'pipeline',
      'demo',
      'api',
      'foundation',
    ],
  },
  // Single files beside the rooms of the server: config.ts, errors.ts and their like.
  { name: 'foundation', at: `${server}/`, knows: ['schema', 'engine'] },
  // The dashboard points one way: what is shared, then features that do not know each other, then the app that joins them.
  { name: 'web door', at: `${web}/main.tsx`, knows: ['web', 'web app'], node: 'none' },
  {
    name: 'web app',
    at: `${web}/app/`,
    knows: ['schema', 'web', ...webFeatures.map((feature) => `web ${feature}`)],
    node: 'none',
  },
  ...webFeatures.map(
    (feature): Room => ({
      name: `web ${feature}`,
      at: `${web}/features/${feature}/`,
      knows: ['schema', 'web'],
      node: 'none',
    }),
  ),
  { name: 'web', at: `${web}/`, knows: ['schema'], node: 'none' },
]

const sources = readSources(root, 'packages')
for (const path of sources.keys()) if (!/^packages\/[^/]+\/src\//.test(path)) sources.delete(path)
const entrances = readEntrances()

describe('the house', () => {
  test('keeps its floors: every import, relative ones too, stays in the rooms it may know', () => {
    expect(sources.size).toBeGreaterThan(0)
    expect(findBreaches(sources, rooms, entrances)).toEqual([])
  })

  test('opens every door that a package.json promises', () => {
    expect([...entrances.values()].filter((path) => !sources.has(path))).toEqual([])
  })

  test('has no folder in the server that the table does not name', () => {
    const folders = readdirSync(join(root, server), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => `${server}/${entry.name}/`)
    expect(folders.filter((folder) => !rooms.some((room) => room.at === folder))).toEqual([])
  })
})

describe('the checker of the floors', () => {
  test.each([
    ['packages/engine/src/a.ts', "import '@gatewatch/simulator'", 'does not know simulator'],
    ['packages/simulator/src/a.ts', "import '@gatewatch/engine'", 'does not know engine'],
    ['packages/simulator/src/crews/a.ts', "import '../it.ts'", 'only the types of simulator'],
    ['packages/engine/src/a.test.ts', "import '@gatewatch/simulator'", 'does not know simulator'],
    ['packages/engine/src/a.ts', "import { readFileSync } from 'node:fs'", 'without node:fs'],
    ['packages/engine/src/a.ts', "export * from 'fs'", 'without fs'],
    ['packages/simulator/src/a.ts', "await import('node:crypto')", 'without node:crypto'],
    ['packages/simulator/src/a.ts', "import { Port } from '@gatewatch/schema'", 'only the types'],
    ['packages/engine/src/a.ts', 'const now = Date.now()', 'uses Date.now'],
    ['packages/engine/src/a.ts', 'const now = new Date()', 'uses the current Date'],
    ['packages/simulator/src/a.ts', 'const dice = Math.random', 'uses Math.random'],
    ['packages/schema/src/a.ts', "import 'kysely'", 'does not know the library kysely'],
    ['packages/schema/src/a.ts', "import '@gatewatch/engine'", 'does not know engine'],
    ['packages/engine/src/a.ts', "import '../../schema/src/index.ts'", 'say its name'],
    ['packages/engine/src/a.ts', "import '@gatewatch/schema/deep'", 'is not exported'],
    ['packages/engine/src/a.ts', "import './absent.ts'", 'is no file'],
    [`${server}/pipeline/a.ts`, "import '../adapters/it.ts'", 'does not know adapters'],
    [`${server}/pipeline/a.ts`, "type A = import('../adapters/it.ts').A", 'not know adapters'],
    [`${server}/pipeline/a.ts`, "export { a } from '../connectors/it.ts'", 'not know connectors'],
    [`${server}/pipeline/deep/a.ts`, "import '../../api/it.ts'", 'does not know api'],
    [`${server}/ports/a.ts`, "import 'pg'", 'does not know the library pg'],
    [`${server}/connectors/x/a.ts`, "import '../../adapters/it.ts'", 'does not know adapters'],
    [`${server}/errors.ts`, "import './app.ts'", 'does not know roof'],
    [`${server}/api/a.ts`, 'await import(name)', 'imports something computed'],
    [`${server}/connectors/x/normalise.ts`, "import 'node:path'", 'is not pure'],
    [`${server}/connectors/x/normalise.ts`, "import '../impure.ts'", 'impure.ts imports node:fs'],
    ['packages/web/src/a.tsx', "import '@gatewatch/engine'", 'does not know engine'],
    ['packages/web/src/a.tsx', "import type { A } from '@gatewatch/server'", 'is not exported'],
    [`${server}/api/a.ts`, 'export const port = process.env.PORT', 'reads the environment'],
    [`${server}/api/a.ts`, 'const { env } = process', 'reads the environment'],
    [`${server}/api/a.ts`, "import { env } from 'node:process'", 'reads the environment'],
    [`${server}/api/a.ts`, 'globalThis.process?.env', 'reads the environment'],
    [`${server}/api/utils/a.ts`, '', '"utils" says nothing'],
    [`${server}/api/date-helpers.ts`, '', '"date-helpers.ts" says nothing'],
    ['packages/elsewhere/src/a.ts', '', 'is in no room'],
  ])('refuses, in %s: %s', (path, text, reason) => {
    const breaches = findBreaches(house([path, text]), rooms, entrances)
    expect(breaches.filter((breach) => breach.startsWith(`${path}: `)).join('\n')).toContain(reason)
  })

  test.each([
    ['packages/schema/src/a.ts', "import { z } from 'zod'"],
    ['packages/engine/src/a.ts', "import type { Verdict } from '@gatewatch/schema'"],
    ['packages/engine/src/a.ts', 'export default new Date(0).toISOString()'],
    [`${server}/api/a.ts`, 'const now = Date.now()'],
    ['packages/engine/src/a.test.ts', "import { readFileSync } from 'node:fs'; import 'vitest'"],
    ['packages/simulator/src/a.ts', "import { type Verdict } from '@gatewatch/schema'"],
    [`${server}/pipeline/a.ts`, "import '../ports/it.ts'; import '@gatewatch/engine'"],
    [`${server}/pipeline/a.test.ts`, "import '../adapters/it.ts'"],
    [`${server}/ports/a.contract.ts`, "import { test } from 'vitest'"],
    [`${server}/pipeline/a.contract.ts`, "import '@gatewatch/simulator'"],
    [`${server}/connectors/x/source.ts`, "import 'node:fs'; import './normalise.ts'"],
    [`${server}/config.ts`, 'export const port = process.env.PORT'],
    [`${server}/app.ts`, "import './adapters/it.ts'; import './api/it.ts'"],
    [`${server}/cli/a.ts`, "await import('../app.ts')"],
    ['packages/web/src/a.tsx', "import './style.css'; import 'react'"],
    [`${server}/api/a.ts`, "// import '../adapters/it.ts'\nconst text = 'process.env'"],
  ])('allows, in %s: %s', (path, text) => {
    expect(findBreaches(house([path, text]), rooms, entrances)).toEqual([])
  })

  test('says where a source does not parse instead of passing over it', () => {
    expect(() =>
      findBreaches(house(['packages/web/src/a.tsx', 'import {']), rooms, entrances),
    ).toThrow('packages/web/src/a.tsx')
  })
})

/** One made-up file, in a small house for it to import from. */
function house([path, text]: readonly [string, string]): Map<string, string> {
  const furniture = ['adapters', 'api', 'ports', 'pipeline'].map(
    (room) => `${server}/${room}/it.ts`,
  )
  const files = new Map([...furniture, `${server}/app.ts`].map((file) => [file, '']))
  files.set(`${server}/connectors/it.ts`, '')
  files.set('packages/simulator/src/it.ts', '')
  files.set(`${server}/connectors/x/normalise.ts`, '')
  files.set(`${server}/connectors/impure.ts`, "import 'node:fs'")
  return files.set(path, text)
}

/** What the packages export, from their package.json. */
function readEntrances(): Map<string, string> {
  const found = new Map<string, string>()
  for (const folder of readdirSync(join(root, 'packages'))) {
    const manifest: { name: string; exports?: Record<string, string> } = JSON.parse(
      readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8'),
    )
    for (const [entrance, file] of Object.entries(manifest.exports ?? {})) {
      found.set(manifest.name + entrance.slice(1), `packages/${folder}${file.slice(1)}`)
    }
  }
  return found
}
