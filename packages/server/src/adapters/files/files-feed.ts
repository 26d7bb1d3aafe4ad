import type { Stats } from 'node:fs'
import { constants, type FileHandle, lstat, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FeedOf } from '@gatewatch/schema'
import type { Feed, FeedParts } from '../../ports/feed.ts'
import { BEGINNING, type FilePlaces, readPlaces, writePlaces } from './place.ts'
import { readOn } from './read-on.ts'

/** How often (ms) it is looked what was appended. */
const LOOK_MS = 1_000
/** Most files of a folder that are followed, and entries that are looked at. */
const MOST_FILES = 1_000
const MOST_ENTRIES = 20_000
/** Files that are held open, those written last: what is written before one is deleted is not lost. */
const MOST_OPEN = 100
const LOG = 'files'
const PACKED = /\.(gz|bz2|xz|zst|zip|lz4|Z)$/

/** A file that is held open. */
interface Held {
  readonly file: FileHandle
  readonly written: number
}

/**
 * Lines as they are appended to the files of a folder. A file is known by device and inode, so it is followed under whatever name it is moved to; one that
 * begins otherwise than before, or has become shorter, is another, and read from its beginning. A line is taken once its end is written, or its file is
 * moved away or gone. Packed copies, links and what is no file are left out.
 */
export function filesFeed({ folder, name }: FeedOf<'files'>): Feed {
  const fits = patternOf(name)
  return {
    byOne: true,
    async follow(parts) {
      const kept = parts.places.get(LOG)
      const places = readPlaces(kept)
      const held = new Map<string, Held>()
      const seen = new Map<string, number>()
      try {
        for (let isFirst = kept === undefined; !parts.signal.aborted; isFirst = false) {
          await look({ folder, fits, parts, places, held, seen, isFirst })
          await parts.caughtUp()
          await sleep(LOOK_MS, undefined, { signal: parts.signal }).catch(() => {})
        }
      } finally {
        for (const { file } of held.values()) await file.close().catch(() => {})
      }
    },
  }
}

interface Looking {
  readonly folder: string
  readonly fits: (name: string) => boolean
  readonly parts: FeedParts
  readonly places: FilePlaces
  readonly held: Map<string, Held>
  /** When each was last written, as it was last looked at. */
  readonly seen: Map<string, number>
  readonly isFirst: boolean
}

async function look(looking: Looking): Promise<void> {
  const { folder, fits, parts, places, held, seen, isFirst } = looking
  const found = await filesIn(folder, (id, file) => fits(file) || places.has(id))
  if (found.length > MOST_FILES)
    throw new Error(
      `${folder} has more than ${MOST_FILES} such files: name fewer, or clear away old ones`,
    )
  // Clocks of file systems tick every few ms: what was moved away comes before what took its place.
  const isNew = (one: Found) => Number(!places.has(one.id))
  found.sort((a, b) => a.stats.mtimeMs - b.stats.mtimeMs || isNew(a) - isNew(b))
  const save = () => parts.keep(LOG, writePlaces(places))
  const there = new Set(found.map(({ id }) => id))
  let isChanged = isFirst
  for (const { id, path, file: name, stats } of found) {
    if (parts.signal.aborted) return
    const place = places.get(id)
    if (place === undefined && isFirst && stats.mtimeMs < parts.from) {
      // Older than the first reading goes back: what is appended from now on counts.
      places.set(id, { ...BEGINNING, offset: stats.size })
      continue
    }
    // After a restart it is looked at once, even where it is as long as before.
    if (place?.offset === stats.size && seen.get(id) === stats.mtimeMs) continue
    const file = held.get(id)?.file ?? (await openFile(path, id))
    if (file === null) continue
    held.set(id, { file, written: stats.mtimeMs })
    seen.set(id, stats.mtimeMs)
    await readOn({ file, id, places, parts, save, isWhole: !fits(name) })
  }
  for (const id of [...places.keys()].filter((id) => !there.has(id))) {
    const gone = held.get(id)
    if (gone !== undefined)
      await readOn({ file: gone.file, id, places, parts, save, isWhole: true })
    if (parts.signal.aborted) return
    places.delete(id)
    seen.delete(id)
    isChanged = true
  }
  await letGo(held, places)
  if (isChanged) await save()
}

/** Closes what is gone, and of the rest all but those written last. */
async function letGo(held: Map<string, Held>, places: FilePlaces): Promise<void> {
  const byAge = [...held].sort(([, a], [, b]) => b.written - a.written)
  for (const [at, [id, { file }]] of byAge.entries()) {
    if (at < MOST_OPEN && places.has(id)) continue
    held.delete(id)
    await file.close().catch(() => {})
  }
}

interface Found {
  readonly id: string
  readonly path: string
  readonly file: string
  readonly stats: Stats
}

/** The wanted files of a folder. */
async function filesIn(
  folder: string,
  isWanted: (id: string, file: string) => boolean,
): Promise<Found[]> {
  const names = await readdir(folder)
  if (names.length > MOST_ENTRIES)
    throw new Error(`${folder} has more than ${MOST_ENTRIES} entries: clear away old ones`)
  const found: Found[] = []
  for (const file of names) {
    if (PACKED.test(file)) continue
    const path = join(folder, file)
    // It may be gone again.
    const stats = await lstat(path).catch(() => null)
    if (stats === null || !stats.isFile()) continue
    const id = `${stats.dev}:${stats.ino}`
    if (isWanted(id, file)) found.push({ id, path, file, stats })
  }
  return found
}

/** The file as it was found; null where another has its name by now. */
async function openFile(path: string, id: string): Promise<FileHandle | null> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
  let file: FileHandle
  try {
    file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
  const { dev, ino } = await file.stat()
  if (`${dev}:${ino}` === id) return file
  await file.close()
  return null
}

function patternOf(name: string): (file: string) => boolean {
  const escaped = name.replace(/[.+^${}()|[\]\\]/g, '\\$&')
  const pattern = new RegExp(`^${escaped.replace(/\*+/g, '.*').replaceAll('?', '.')}$`, 's')
  return (file) => pattern.test(file)
}
