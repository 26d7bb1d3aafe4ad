import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { type Comment, parseSync } from 'oxc-parser'

/** One `import`, `export from`, `import()` or `import type`, as written. */
export interface Import {
  /** What stands between the quotes; null where it is computed, so that nobody can tell. */
  readonly target: string | null
  /** Erased before the program runs. */
  readonly typeOnly: boolean
}

/** A name a module declares and exports. */
export interface Export {
  readonly name: string
  /**
   * A block comment beginning with two asterisks ends right before it. A list, its schema and its
   * type on lines that follow one another share the comment of the first.
   */
  readonly documented: boolean
}

/** What a source file says about itself, as far as the house rules ask. */
export interface Module {
  readonly imports: readonly Import[]
  readonly exports: readonly Export[]
  /** Mentions the process environment. */
  readonly readsEnvironment: boolean
  /** Uses of the language's own clock and dice: `Date.now`, `new Date()`, `Math.random`. */
  readonly clocksAndDice: readonly string[]
}

interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [field: string]: unknown
}

/**
 * Reads a TypeScript or JavaScript source; throws where it does not parse. `path` only tells the
 * dialect.
 */
export function readModule(path: string, text: string): Module {
  const { program, comments, errors } = parseSync(path, text)
  if (errors[0] !== undefined) throw new Error(`${path}: ${errors[0].message}`)
  const imports: Import[] = []
  const clocksAndDice: string[] = []
  let readsEnvironment = false
  for (const node of nodesOf(program)) {
    const found = importOf(node)
    if (found !== null) imports.push(found)
    if (isEnvironment(node)) readsEnvironment = true
    const use = clockOrDice(node)
    if (use !== null) clocksAndDice.push(use)
  }
  const statements: readonly unknown[] = program.body
  const body = statements.filter(isNode)
  return { imports, exports: exportsOf(body, comments, text), readsEnvironment, clocksAndDice }
}

/** Every TypeScript and JavaScript file under `folder`: path from `root` with slashes -> text. */
export function readSources(root: string, folder: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true, recursive: true })) {
    const path = relative(root, join(entry.parentPath, entry.name)).split(sep).join('/')
    if (!entry.isFile() || !/\.(ts|tsx|js|mjs)$/.test(entry.name)) continue
    if (/(^|\/)(node_modules|dist)\//.test(path)) continue
    found.set(path, readFileSync(join(root, path), 'utf8'))
  }
  return found
}

function* nodesOf(value: unknown): Generator<Node> {
  if (Array.isArray(value)) {
    for (const item of value) yield* nodesOf(item)
  } else if (typeof value === 'object' && value !== null) {
    if (isNode(value)) yield value
    for (const field of Object.values(value)) yield* nodesOf(field)
  }
}

function isNode(value: unknown): value is Node {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    'start' in value &&
    'end' in value
  )
}

function importOf(node: Node): Import | null {
  switch (node.type) {
    case 'ImportDeclaration':
      return { target: literal(node.source), typeOnly: isTypeOnly(node, 'importKind') }
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      if (!isNode(node.source)) return null
      return { target: literal(node.source), typeOnly: isTypeOnly(node, 'exportKind') }
    case 'ImportExpression':
      return { target: literal(node.source), typeOnly: false }
    case 'TSImportType':
      return { target: literal(node.source), typeOnly: true }
    default:
      return null
  }
}

function literal(node: unknown): string | null {
  return isNode(node) && typeof node.value === 'string' ? node.value : null
}

function isTypeOnly(node: Node, kind: 'importKind' | 'exportKind'): boolean {
  if (node[kind] === 'type') return true
  const { specifiers } = node
  return (
    Array.isArray(specifiers) &&
    specifiers.length > 0 &&
    specifiers.every((one: unknown) => isNode(one) && one[kind] === 'type')
  )
}

function isEnvironment(node: Node): boolean {
  if (node.type === 'MemberExpression') {
    return nameOf(node.object) === 'process' && nameOf(node.property) === 'env'
  }
  if (node.type === 'VariableDeclarator') {
    return nameOf(node.init) === 'process' && keysOf(node.id).includes('env')
  }
  return (
    node.type === 'ImportDeclaration' &&
    /^(node:)?process$/.test(literal(node.source) ?? '') &&
    Array.isArray(node.specifiers) &&
    node.specifiers.some((one: unknown) => isNode(one) && nameOf(one.imported) === 'env')
  )
}

function clockOrDice(node: Node): string | null {
  if (node.type === 'MemberExpression') {
    const use = `${nameOf(node.object)}.${nameOf(node.property)}`
    return use === 'Date.now' || use === 'Math.random' ? use : null
  }
  const isNow =
    /^(New|Call)Expression$/.test(node.type) &&
    nameOf(node.callee) === 'Date' &&
    Array.isArray(node.arguments) &&
    (node.arguments.length === 0 || node.type === 'CallExpression')
  return isNow ? 'the current Date' : null
}

/** The last name of `process`, `globalThis.process` or `globalThis['process']`. */
function nameOf(node: unknown): string | null {
  if (!isNode(node)) return null
  if (node.type === 'Identifier') return typeof node.name === 'string' ? node.name : null
  if (node.type === 'MemberExpression') return nameOf(node.property)
  return literal(node)
}

function keysOf(pattern: unknown): (string | null)[] {
  if (!isNode(pattern) || !Array.isArray(pattern.properties)) return []
  return pattern.properties.map((one: unknown) => (isNode(one) ? nameOf(one.key) : null))
}

/** Names declared here: `export { a }` counts for the declaration of `a`, re-exports do not. */
function exportsOf(body: readonly Node[], comments: readonly Comment[], text: string): Export[] {
  const documented = (node: Node) =>
    comments.some(
      ({ type, value, end }) =>
        type === 'Block' &&
        value.startsWith('*') &&
        end <= node.start &&
        text.slice(end, node.start).trim() === '',
    )
  let group = { end: -1, documented: false }
  const declared = new Map<string, boolean>()
  const exported = new Set<string>()
  for (const node of body) {
    const isExport = node.type.startsWith('Export')
    const names = declaredNames(isExport ? node.declaration : node)
    const isValueOrType = /^(VariableDeclaration|TSTypeAliasDeclaration)$/.test(kindOf(node))
    const follows = isValueOrType && text.slice(group.end, node.start) === '\n'
    const isDocumented = documented(node) || (follows && group.documented)
    group = { end: isValueOrType ? node.end : -1, documented: isDocumented }
    for (const name of names) {
      declared.set(name, declared.get(name) === true || isDocumented)
      if (isExport) exported.add(name)
    }
    if (isExport && !isNode(node.source) && Array.isArray(node.specifiers)) {
      for (const one of node.specifiers) {
        const name = isNode(one) ? nameOf(one.local) : null
        if (name !== null) exported.add(name)
      }
    }
  }
  // A name that is exported but not declared here was imported: its own file documents it.
  return [...exported].flatMap((name) => {
    const isDocumented = declared.get(name)
    return isDocumented === undefined ? [] : [{ name, documented: isDocumented }]
  })
}

function kindOf(statement: Node): string {
  return isNode(statement.declaration) ? statement.declaration.type : statement.type
}

function declaredNames(node: unknown): string[] {
  if (!isNode(node)) return []
  const targets = Array.isArray(node.declarations) ? node.declarations : [node]
  return targets.flatMap((target: unknown) => {
    const name = isNode(target) ? nameOf(target.id) : null
    return name === null ? [] : [name]
  })
}
