import type { ArrivingEvent } from '../ports/store.ts'

/**
 * The same event with an identity that a database can hold: NUL and lone surrogates become U+FFFD in its key and name.
 * Everything else is stored as JSON, which escapes them.
 */
export function storable(arriving: ArrivingEvent): ArrivingEvent {
  const { key, name } = arriving.entity
  const entity = { ...arriving.entity, key: plain(key), name: plain(name) }
  return entity.key === key && entity.name === name ? arriving : { ...arriving, entity }
}

/** Which of `lanes` handles an identity: always the same one, so that its events stay in order. FNV-1a, 32 bits. */
export function laneOf(entity: string, lanes: number): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < entity.length; index += 1) {
    hash = Math.imul(hash ^ entity.charCodeAt(index), 0x01000193)
  }
  return (hash >>> 0) % lanes
}

function plain(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD')
}
