import { builtinModules } from 'node:module'
import { posix } from 'node:path'
import { type Import, type Module, readModule } from './modules.ts'

/** A room of the house: which files it holds, and what they may know. */
export interface Room {
  readonly name: string
  /** Path prefix of its files; the first room of the table that fits a file is its room. */
  readonly at: string
  /** Rooms it may import from, besides itself. */
  readonly knows: readonly string[]
  /** Rooms it may name in types only, so that nothing of them runs in it. */
  readonly knowsTypes?: readonly string[]
  /** Packages from npm it may import; absent: any that its package.json declares. */
  readonly libraries?: readonly string[]
  /** `none`: it runs anywhere, so Node's own modules do not exist. */
  readonly node?: 'none'
  /** `arguments`: times and seeds are passed in, so the same input gives the same output. */
  readonly clock?: 'arguments'
}

/** The entrances of a workspace package: `@gatewatch/engine/lab` -> path of the source. */
export type Entrances = ReadonlyMap<string, string>

const builtins = new Set(builtinModules)
const scope = '@gatewatch/'

/**
 * Every breach of the floors in `sources` (path -> text), each as a sentence that begins with the
 * file; empty if the house stands.
 */
export function findBreaches(
  sources: ReadonlyMap<string, string>,
  rooms: readonly Room[],
  entrances: Entrances,
): string[] {
  const modules = new Map([...sources].map(([path, text]) => [path, readModule(path, text)]))
  return [...modules].flatMap(([path, module]) => [
    ...nameBreaches(path),
    ...environmentBreaches(path, module),
    ...clockBreaches(path, module, rooms),
    ...importBreaches(path, module, modules, rooms, entrances),
    ...purityBreaches(path, modules),
  ])
}

function nameBreaches(path: string): string[] {
  const vague = path
    .split('/')
    .find((part) => /(^|-)(utils?|helpers?|managers?|misc|common)(\.|$)/.test(part))
  return vague === undefined ? [] : [`${path}: "${vague}" says nothing of what is inside`]
}

function environmentBreaches(path: string, module: Module): string[] {
  const allowed = path === 'packages/server/src/config.ts' || isTest(path)
  return !module.readsEnvironment || allowed
    ? []
    : [`${path}: reads the environment, which only server/src/config.ts does`]
}

function clockBreaches(path: string, module: Module, rooms: readonly Room[]): string[] {
  if (isTest(path) || roomOf(path, rooms)?.clock !== 'arguments') return []
  return module.clocksAndDice.map(
    (use) => `${path}: uses ${use} where time and seeds are arguments`,
  )
}

function importBreaches(
  path: string,
  module: Module,
  modules: ReadonlyMap<string, Module>,
  rooms: readonly Room[],
  entrances: Entrances,
): string[] {
  const room = roomOf(path, rooms)
  if (room === undefined) return [`${path}: is in no room of the table`]
  return module.imports.flatMap((one) => {
    const breach = breachOf(path, one, room)
    return breach === null ? [] : [`${path}: ${breach}`]
  })

  function breachOf(from: string, { target, typeOnly }: Import, own: Room): string | null {
    if (target === null) return 'imports something computed, which nobody can check'
    if (isBuiltin(target)) {
      const open = own.node !== 'none' || isTest(from)
      return open ? null : `${own.name} runs anywhere, without ${target}`
    }
    if (!target.startsWith('.') && !target.startsWith(scope))
      return libraryBreach(from, target, own)
    const resolved = target.startsWith('.')
      ? posix.join(posix.dirname(from), target)
      : entrances.get(target)
    if (resolved === undefined) return `${target} is not exported by its package`
    if (target.startsWith('.')) {
      if (packageOf(resolved) !== packageOf(from)) return `reaches into ${resolved}: say its name`
      if (!modules.has(resolved)) return isAsset(resolved) ? null : `${target} is no file`
    }
    return roomBreach(from, typeOnly, own, roomOf(resolved, rooms), target, rooms)
  }
}

function libraryBreach(from: string, target: string, own: Room): string | null {
  if (own.libraries === undefined || isTest(from)) return null
  const [first, second] = target.split('/')
  const library = target.startsWith('@') ? `${first}/${second}` : `${first}`
  return own.libraries.includes(library) ? null : `${own.name} does not know the library ${library}`
}

function roomBreach(
  from: string,
  typeOnly: boolean,
  own: Room,
  other: Room | undefined,
  target: string,
  rooms: readonly Room[],
): string | null {
  if (other === undefined) return `${target} is in no room of the table`
  if (other.name === own.name || own.knows.includes(other.name)) return null
  if (own.knowsTypes?.includes(other.name)) {
    return typeOnly || isTest(from) ? null : `${own.name} knows only the types of ${other.name}`
  }
  // A test may set up what it needs of its own package, and of those its package already knows.
  const building = packageOf(`${own.at}x`)
  const isKnownThere =
    building === packageOf(`${other.at}x`) ||
    rooms.some(({ at, knows }) => packageOf(`${at}x`) === building && knows.includes(other.name))
  if (isTest(from) && isKnownThere) return null
  return `${own.name} does not know ${other.name} (${target})`
}

/** A connector's normalise.ts, with everything it runs, is a pure function of the record. */
function purityBreaches(path: string, modules: ReadonlyMap<string, Module>): string[] {
  if (!/\/connectors\/[^/]+\/normalise\.ts$/.test(path)) return []
  const reached = new Set([path])
  const breaches: string[] = []
  for (const at of reached) {
    for (const { target, typeOnly } of modules.get(at)?.imports ?? []) {
      if (target === null || typeOnly) continue
      if (isBuiltin(target)) breaches.push(`${path}: is not pure, ${at} imports ${target}`)
      if (target.startsWith('.')) reached.add(posix.join(posix.dirname(at), target))
    }
  }
  return breaches
}

function roomOf(path: string, rooms: readonly Room[]): Room | undefined {
  return rooms.find((room) => path.startsWith(room.at))
}

function packageOf(path: string): string {
  return path.split('/').slice(0, 2).join('/')
}

function isBuiltin(target: string): boolean {
  return target.startsWith('node:') || builtins.has(target)
}

function isAsset(path: string): boolean {
  return /\.(css|svg|png|json|woff2)$/.test(path)
}

/** Tests and contract suites: they may use Node and test libraries wherever they stand. */
function isTest(path: string): boolean {
  return /\.(test|contract)\.tsx?$/.test(path)
}
