/** One record of a file, or a stretch of it that is none, with the reason; `line` counts from 1. */
export type Piece =
  | {
      readonly line: number
      readonly raw: Uint8Array
      readonly value: unknown
      readonly reason?: never
    }
  | { readonly line: number; readonly raw: Uint8Array; readonly reason: string }

/** Takes a file apart, chunk by chunk. */
export interface Splitter {
  /** Takes the next bytes; the pieces that are complete now. A piece's `raw` is only good until the next call. */
  push(chunk: Uint8Array): readonly Piece[]
  /** What is left when the file ends. */
  end(): readonly Piece[]
}

/** Largest record that is read, in bytes: CloudTrail's own limit is a quarter of a megabyte. */
export const MAX_RECORD = 4 * 1024 * 1024

/** How much of an oversized stretch is kept to show. */
export const MAX_RAW = 64 * 1024

/** `10.0 MB`. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}
