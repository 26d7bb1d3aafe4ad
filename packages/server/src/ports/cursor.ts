/** A place in a list sorted by time, then id, both descending: the last row of the page before. */
export interface Cursor {
  readonly time: number
  readonly id: string
}

/** The cursor as the opaque text that callers send back. */
export function writeCursor({ time, id }: Cursor): string {
  return Buffer.from(`${time} ${id}`).toString('base64url')
}

/** The cursor that `writeCursor` wrote; null for any other text. `id` is hexadecimal, up to 32 digits. */
export function readCursor(text: string): Cursor | null {
  const match = /^(-?\d{1,16}) ([0-9a-f]{1,32})$/.exec(Buffer.from(text, 'base64url').toString())
  return match?.[1] === undefined || match[2] === undefined
    ? null
    : { time: Number(match[1]), id: match[2] }
}
