import type { AccessEvent } from '@gatewatch/schema'
import { contentHash } from '../keys.ts'
import { nameOf } from './replay.ts'

/** What a record is that comes again under one id: the same once more, or with other content. */
export type Again = 'duplicate' | 'revision'

/**
 * Events in order of time, those under one id of one log and instant only once: the last that came, since a record that comes again with
 * other content amends it. Each further copy is told to `again`. Holds the events of one instant.
 */
export async function* latest(
  batches: AsyncIterable<readonly AccessEvent[]>,
  again: (what: Again) => void,
): AsyncGenerator<readonly AccessEvent[]> {
  let group: AccessEvent[] = []
  // Most instants hold one event, so names are made from the second on.
  let places: Map<string, number> | null = null
  for await (const batch of batches) {
    const done: AccessEvent[] = []
    for (const event of batch) {
      const [first] = group
      if (first === undefined || first.time !== event.time) {
        done.push(...group)
        group = [event]
        places = null
        continue
      }
      places ??= new Map([[nameOf(first), 0]])
      const name = nameOf(event)
      const at = places.get(name)
      const before = at === undefined ? undefined : group[at]
      if (at === undefined || before === undefined) {
        places.set(name, group.length)
        group.push(event)
        continue
      }
      const isSame = contentHash(before) === contentHash(event)
      again(isSame ? 'duplicate' : 'revision')
      if (!isSame) group[at] = event
    }
    yield done
  }
  yield group
}
