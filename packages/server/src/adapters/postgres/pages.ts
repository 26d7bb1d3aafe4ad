import { sql } from 'kysely'
import { fault } from '../../errors.ts'
import { type Cursor, readCursor, writeCursor } from '../../ports/cursor.ts'
import { jsonText } from '../../ports/queue-order.ts'
import { plainText } from './arrays.ts'

/** An id as callers know it: 32 hexadecimal digits. */
export function hex(column: 'id' | 'key') {
  return sql<string>`replace(${sql.ref(column)}::text, '-', '')`
}

/** Where a page begins, null for the first; a cursor that no page gave is a fault. */
export function cursorOf(text: string | undefined): Cursor | null {
  if (text === undefined) return null
  const cursor = readCursor(text)
  if (cursor === null) {
    throw fault(
      'invalid_request',
      'cursor is not one that a page before gave; leave it out for the first page',
    )
  }
  return cursor
}

/** Where the page after these rows begins, of which one more was asked for than `limit`. */
export function nextCursor(rows: readonly Cursor[], limit: number): { next_cursor?: string } {
  const last = rows[limit - 1]
  return rows.length > limit && last !== undefined ? { next_cursor: writeCursor(last) } : {}
}

/** The pattern of what holds this text. */
export function like(search: string): string {
  return `%${plainText(search).replace(/[\\%_]/g, '\\$&')}%`
}

/** The pattern of JSON that holds this text. */
export function likeText(search: string): string {
  return like(jsonText(search))
}
