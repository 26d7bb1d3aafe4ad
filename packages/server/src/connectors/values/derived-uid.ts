import { type AccessEvent, UNREADABLE_TIME } from '@gatewatch/schema'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { stableJson } from '../../stable-json.ts'
import { known } from './fields.ts'
import { cleanText } from './text.ts'

/** Everything of an event but its identity; what is undefined will be left out. */
export type Anonymous = Omit<AccessEvent, 'uid' | 'uid_kind'>

/**
 * The event under the record's own id, or, where the record has none, under a hash of its content (SHA-256, 128 bits,
 * hex; when it was observed does not count), so that the same record read twice is the same event.
 */
export function identified(event: Anonymous, native: unknown): AccessEvent {
  const own = nativeUid(native)
  if (own === undefined) {
    const kept = known(event)
    return { uid: derivedUid(kept), uid_kind: 'derived', ...kept }
  }
  // This is on the way of every record: what every event has is laid out at once, the rest is added in one pass.
  const { v, revision, time, observed_time, source, class_uid, activity_id, activity } = event
  const { status_id, actor, src } = event
  const whole: Partial<AccessEvent> & Record<string, unknown> = {
    uid: own,
    uid_kind: 'native',
    v,
    revision,
    time,
    observed_time,
    source,
    class_uid,
    activity_id,
    activity,
    status_id,
    actor,
    src,
  }
  for (const key in event) {
    const value = event[key as keyof Anonymous]
    if (value !== undefined) whole[key] = value
  }
  return whole as AccessEvent
}

function nativeUid(native: unknown): string | undefined {
  if (typeof native === 'number' && Number.isFinite(native)) return String(native)
  if (typeof native !== 'string') return undefined
  const uid = cleanText(native, 2_000)
  if (uid === '' || uid === '-' || uid === 'null') return undefined
  return uid.length <= 512 ? uid : `sha256:${hash(uid)}`
}

function derivedUid(event: Anonymous): string {
  const { observed_time: _, time, source, ...content } = event
  const timeless = event.warnings?.includes(UNREADABLE_TIME) === true
  const { connector: _route, ...log } = source
  return hash(stableJson({ ...content, source: log, time: timeless ? null : time }))
}

function hash(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)).subarray(0, 16))
}
