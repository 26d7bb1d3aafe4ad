import type { FileHandle } from 'node:fs/promises'
import type { FeedParts } from '../../ports/feed.ts'
import { BEGINNING, type FilePlace, type FilePlaces, headOf } from './place.ts'

/** Bytes read at a time: a line is no longer. */
const CHUNK = 1024 * 1024
const NEWLINE = 0x0a

/** A file that is open, and what is known of it. */
export interface ReadingOn {
  readonly file: FileHandle
  readonly id: string
  readonly places: FilePlaces
  readonly parts: FeedParts
  /** Keeps all places. */
  readonly save: () => Promise<void>
  /** Nothing more comes: a last line without end is taken. */
  readonly isWhole: boolean
}

/** Takes what the file has beyond its place, and moves the place each time something was taken for good. */
export async function readOn(reading: ReadingOn): Promise<void> {
  const { file, id, places, parts, save, isWhole } = reading
  let place = await placeIn(file, places.get(id))
  const chunk = Buffer.alloc(CHUNK)
  while (!parts.signal.aborted) {
    const { bytesRead } = await file.read(chunk, 0, CHUNK, place.offset)
    const bytes = chunk.subarray(0, bytesRead)
    const step = await takeLines(bytes, place.skips, isWhole, parts)
    if (step === null) break
    const offset = place.offset + step.taken
    const head = place.headLength < offset ? await headOf(file, offset) : place
    place = { ...head, offset, skips: step.skips }
    places.set(id, place)
    await save()
  }
  places.set(id, place)
}

/** The place, or the beginning where the file is another than it was, or was cut. */
async function placeIn(file: FileHandle, place: FilePlace = BEGINNING): Promise<FilePlace> {
  const { size } = await file.stat()
  if (size < place.offset) return BEGINNING
  const { head } = await headOf(file, place.headLength)
  return place.headLength === 0 || head === place.head ? place : BEGINNING
}

/** How many bytes were taken, and whether a line goes on that is too long; null: nothing was. */
async function takeLines(
  bytes: Buffer,
  skips: boolean,
  isWhole: boolean,
  { take, refuse }: FeedParts,
): Promise<{ readonly taken: number; readonly skips: boolean } | null> {
  if (bytes.length === 0) return null
  if (skips) {
    const end = bytes.indexOf(NEWLINE)
    return end === -1 ? { taken: bytes.length, skips: true } : { taken: end + 1, skips: false }
  }
  const last = bytes.lastIndexOf(NEWLINE)
  if (last === -1 && bytes.length === CHUNK) {
    await refuse('the line is longer than 1 MB', bytes)
    return { taken: bytes.length, skips: true }
  }
  if (last === -1 && !isWhole) return null
  const taken = last === -1 ? bytes.length : last + 1
  await take(bytes.subarray(0, taken))
  return { taken, skips: false }
}
