import { plainBytes } from '../reading/bytes.ts'
import type { Piece } from '../reading/piece.ts'
import { splitBytes } from '../reading/split-file.ts'

/** Where the records of a file go. */
export interface FileTaker {
  take(body: Uint8Array): Promise<void>
  refuse(reason: string, raw: Uint8Array): Promise<void>
}

/** Takes a file apart, plain or gzip, and hands on its records a few hundred kilobytes at a time. Rejects with what the bytes reject with. */
export async function takeFile(bytes: AsyncIterable<Uint8Array>, to: FileTaker): Promise<void> {
  for await (const pieces of splitBytes(plainBytes(bytes))) await takePieces(pieces, to)
}

async function takePieces(pieces: readonly Piece[], { take, refuse }: FileTaker): Promise<void> {
  const lines: string[] = []
  for (const piece of pieces) {
    if (piece.reason !== undefined) await refuse(piece.reason, piece.raw)
    else lines.push(lineOf(piece.value))
  }
  if (lines.length > 0) await take(Buffer.from(lines.join('\n')))
}

/** Events in XML go over several lines; so do records of an audit log, which are put together again. */
function lineOf(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value)
  return value.startsWith('<') ? value.replace(/[\r\n]+/g, ' ') : value
}
