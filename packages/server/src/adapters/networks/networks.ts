import { readdir } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { NETWORK_CLASSES, type Network, type NetworkClass } from '@gatewatch/schema'
import { lru } from 'tiny-lru'
import { type CidrTable, cidrTable, readNetwork } from '../../cidr-table.ts'
import type { NetworkLookup } from '../../ports/lookup.ts'
import { type WatchedFile, watchedFile } from '../watched-file.ts'
import { shippedClasses } from './shipped.ts'

const day = 86_400_000

/** What is known of networks, following the operator's files. */
export interface Networks extends NetworkLookup {
  /** The reputation lists in use, with number of networks and age. */
  lists(): readonly { name: string; networks: number; age_days: number }[]
  /** Reads every file again now. */
  reload(): Promise<void>
  close(): void
}

interface Own {
  readonly byNumber: ReadonlyMap<number, NetworkClass>
  readonly byPrefix: CidrTable<NetworkClass>
}

interface Named {
  readonly name: string
  readonly file: WatchedFile<CidrTable<true>>
}

/**
 * Class of a network by the operator's own file first (`AS64500,hosting` or `203.0.113.0/24,vpn`, one a line), then by
 * the shipped table; and the reputation lists (text files in `listsDir`, an address or network a line) that name an
 * address, with their age. Lists are evidence: nothing is refused for being on one. Rejects, naming file and line, where a
 * line cannot be read; files that change are read again, faulty ones told to `onProblem`. `now` in ms.
 */
export async function openNetworks(
  files: { readonly networksFile?: string | undefined; readonly listsDir?: string | undefined },
  now: () => number,
  onProblem: (problem: Error) => void,
): Promise<Networks> {
  const { networksFile, listsDir } = files
  const own =
    networksFile === undefined
      ? null
      : await watchedFile(networksFile, (content) => readOwn(networksFile, content), onProblem)
  const named: Named[] = []
  for (const path of await listFiles(listsDir)) {
    const file = await watchedFile(path, (content) => readList(path, content), onProblem)
    named.push({ name: basename(path, extname(path)), file })
  }
  const recent = lru<{ version: number; known: Network['class']; on: readonly Named[] }>(50_000)

  function lookUp(
    ip: string,
    asn: number | undefined,
  ): { known: Network['class']; on: readonly Named[] } {
    const mine = own?.current()
    const byNumber =
      asn === undefined ? undefined : (mine?.byNumber.get(asn) ?? shippedClasses.get(asn))
    return {
      known: mine?.byPrefix.find(ip) ?? byNumber ?? 'unknown',
      on: named.filter((one) => one.file.current().find(ip) === true),
    }
  }
  return {
    find(ip, asn) {
      const version = named.reduce((sum, one) => sum + one.file.version(), own?.version() ?? 0)
      const key = `${ip} ${asn}`
      let found = recent.get(key)
      if (found?.version !== version) {
        found = { version, ...lookUp(ip, asn) }
        recent.set(key, found)
      }
      if (found.on.length === 0) return { class: found.known }
      const listed = found.on.map((one) => ({ list: one.name, age_days: ageOf(one, now()) }))
      return { class: found.known, listed }
    },
    lists: () =>
      named.map((one) => ({
        name: one.name,
        networks: one.file.current().size,
        age_days: ageOf(one, now()),
      })),
    async reload() {
      await Promise.all([own?.reload(), ...named.map((one) => one.file.reload())])
    },
    close() {
      own?.close()
      for (const one of named) one.file.close()
    },
  }
}

function ageOf({ file }: Named, now: number): number {
  return Math.max(0, Math.floor((now - file.changed()) / day))
}

async function listFiles(folder: string | undefined): Promise<string[]> {
  if (folder === undefined) return []
  const entries = await readdir(folder, { withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => join(folder, entry.name))
    .sort()
}

function* linesOf(content: Buffer): Generator<readonly [number, string]> {
  const lines = content
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
  for (const [i, line] of lines.entries()) {
    const bare = line.replace(/[#;].*$/, '').trim()
    if (bare !== '') yield [i + 1, bare]
  }
}

function readOwn(path: string, content: Buffer): Own {
  const byNumber = new Map<number, NetworkClass>()
  const prefixes: [string, number, NetworkClass][] = []
  for (const [line, text] of linesOf(content)) {
    const [network = '', kind = ''] = text.split(',').map((cell) => cell.trim())
    const known = NETWORK_CLASSES.find((one) => one === kind.toLowerCase())
    const asn = /^AS(\d{1,10})$/i.exec(network)?.[1]
    const prefix = readNetwork(network)
    if (known === undefined && line === 1) continue
    if (known === undefined || (asn === undefined && prefix === null)) {
      throw new Error(
        `${path}, line ${line}: write a network and its class, e.g. AS64500,hosting or 203.0.113.0/24,vpn (classes: ${NETWORK_CLASSES.join(', ')})`,
      )
    }
    if (asn !== undefined) byNumber.set(Number(asn), known)
    else if (prefix !== null) prefixes.push([prefix.key, prefix.length, known])
  }
  return { byNumber, byPrefix: cidrTable(prefixes) }
}

function readList(path: string, content: Buffer): CidrTable<true> {
  const prefixes: [string, number, true][] = []
  for (const [line, text] of linesOf(content)) {
    // Lists come with further columns: when an address was seen, how often.
    const prefix = readNetwork(text.split(/[\s,]/)[0] ?? '')
    if (prefix === null && line === 1) continue
    if (prefix === null)
      throw new Error(`${path}, line ${line}: no address or network: ${text.slice(0, 80)}`)
    prefixes.push([prefix.key, prefix.length, true])
  }
  return cidrTable(prefixes)
}
