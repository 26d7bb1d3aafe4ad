import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'

/** How far (bytes) a file was taken, and how it began, which tells it from another that got its number. */
export interface FilePlace {
  readonly offset: number
  /** Bytes that `head` is of. */
  readonly headLength: number
  /** First 64 bits of their SHA-256, hex. */
  readonly head: string
  /** In the middle of a line that is too long to be taken. */
  readonly skips: boolean
}

/** Files by device and inode. */
export type FilePlaces = Map<string, FilePlace>

/** How many bytes at a file's beginning are remembered, by their hash. */
const HEAD = 1_024

/** Nothing of the file was taken. */
export const BEGINNING: FilePlace = { offset: 0, headLength: 0, head: '', skips: false }

/** As one text, and back; what cannot be read back is nothing. */
export function writePlaces(places: ReadonlyMap<string, FilePlace>): string {
  return JSON.stringify(
    [...places].map(([id, { offset, headLength, head, skips }]) => [
      id,
      offset,
      headLength,
      head,
      skips ? 1 : 0,
    ]),
  )
}

/** The places in such a text. */
export function readPlaces(text: string | undefined): FilePlaces {
  const places: FilePlaces = new Map()
  if (text === undefined || text === '') return places
  // Written above.
  const rows = JSON.parse(text) as [string, number, number, string, number][]
  for (const [id, offset, headLength, head, skips] of rows)
    places.set(id, { offset, headLength, head, skips: skips === 1 })
  return places
}

/** The file's beginning, of so many bytes at most, as a place remembers it. */
export async function headOf(
  file: FileHandle,
  length: number,
): Promise<Pick<FilePlace, 'headLength' | 'head'>> {
  const bytes = Buffer.alloc(Math.min(HEAD, length))
  const { bytesRead } = await file.read(bytes, 0, bytes.length, 0)
  const hash = createHash('sha256').update(bytes.subarray(0, bytesRead)).digest('hex')
  return { headLength: bytesRead, head: hash.slice(0, 16) }
}
